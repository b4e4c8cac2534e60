#include "facts/coverage.h"

#include "base/runs.h"
#include "facts/facts.h"
#include "facts/headerless.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// Ranges without a label yet. The first label that is painted on a byte stays.
class Canvas {
public:
    explicit Canvas(Range whole) : bare_{whole} {}

    void paint(Range at, const std::string& label, State state) {
        std::vector<Range> left;
        for (const auto bare : bare_) {
            const auto hit = intersection(bare, at);
            if (hit.empty()) {
                left.push_back(bare);
                continue;
            }
            painted_.push_back({label, hit, state});
            if (bare.begin < hit.begin) left.push_back({bare.begin, hit.begin});
            if (hit.end < bare.end) left.push_back({hit.end, bare.end});
        }
        bare_ = std::move(left);
    }
    std::vector<Range> bare(Range inside) const {
        std::vector<Range> parts;
        for (const auto range : bare_)
            if (const auto part = intersection(range, inside); !part.empty()) parts.push_back(part);
        return parts;
    }
    std::vector<Labelled> finish() {
        std::sort(painted_.begin(), painted_.end(), [](const Labelled& a, const Labelled& b) { return a.at.begin < b.at.begin; });
        return std::move(painted_);
    }

private:
    std::vector<Range> bare_;
    std::vector<Labelled> painted_;
};

std::string slot_title(const Layout& layout, const std::string& name) {
    const auto* slot = layout.slot(name);
    return slot && !slot->title.empty() ? slot->title : name;
}

/// "system-part2 1.5.2", "bootloader 502 (1.5.2)", "user application 6".
std::string name_of_module(const Layout& layout, const Module& module) {
    const auto* kind = slot_for(layout, module.function.value, module.index.value);
    const auto what = kind ? kind->name == "user" ? "user application" : kind->name == "monolithic" ? "firmware" : kind->name : slot_title(layout, module.slot);
    if (module.function.value == FunctionBootloader)
        return fmt::format("{} {}{}", what, module.version.value, module.releases.empty() ? "" : fmt::format(" ({})", module.releases.front()));
    const auto releases = module.function.value == FunctionSystemPart ? releases_with_system_version(module.version.value) : std::vector<std::string_view>{};
    if (!module.releases.empty()) return fmt::format("{} {}", what, module.releases.front());
    if (!releases.empty()) return fmt::format("{} {}", what, releases.front());
    return module.function.value == FunctionUserPart ? what : fmt::format("{} (version {})", what, module.version.value);
}

std::string label_of(const Layout& layout, const Module& module) {
    if (module.slot == "factory" && module.function.value == FunctionUserPart) return "factory application";
    const auto name = name_of_module(layout, module);
    if (!runs_in_place(module) && module.function.value == FunctionMonolithic) return fmt::format("{}: {}", slot_title(layout, module.slot), name);
    return module.slot == "ota" ? "OTA area: " + name : name;
}

State state_of(const Module& module) {
    switch (module.integrity) {
        case Integrity::Good:
        case Integrity::Placeholder:
            return State::Good;
        case Integrity::Bad:
            return State::Damaged;
        case Integrity::NotChecked:
            break;
    }
    return State::NotChecked;
}

void paint_modules(Canvas& canvas, const std::vector<Module>& modules, const Layout& layout) {
    // The factory application before the OTA image: the shorter claim is the surer one where both overlap.
    for (const char* first : {"factory", ""})
        for (const auto& module : modules)
            if (module.present() && (*first == '\0' || module.slot == first))
                canvas.paint({module.at.begin, module.at.end + 4}, label_of(layout, module), state_of(module));
}

struct CopyWord {
    std::string_view word;
    State state;
};

CopyWord describe(const DctCopy& copy) {
    switch (copy.state) {
        case DctCopyState::NotInFile:
            return {"not in the file", State::NotChecked};
        case DctCopyState::Erased:
            return {"erased", State::Empty};
        case DctCopyState::NearlyErased:
            return {"erase interrupted", State::Damaged};
        case DctCopyState::Current:
            return {"current", copy.has_version_struct && !copy.fresh_default && copy.computed_crc && !copy.crc_good() ? State::Damaged : State::Good};
        case DctCopyState::Superseded:
            return {"superseded", State::Good};
        case DctCopyState::SupersededDamaged:
            return {"superseded, damaged", State::Damaged};
        case DctCopyState::OlderFormat:
            return {"older format", State::Good};
        case DctCopyState::Incomplete:
            return {"incomplete write", State::Damaged};
        case DctCopyState::ValidTwin:
            return {"valid twin", State::Good};
        case DctCopyState::Rejected:
            return {"rejected, damaged", State::Damaged};
        case DctCopyState::Unreadable:
            return {"unreadable", State::Damaged};
    }
    return {"", State::NotChecked};
}

void paint_dct(Canvas& canvas, const Dct& dct) {
    for (const auto& copy : dct.copies) {
        const auto [word, state] = describe(copy);
        canvas.paint(copy.at, fmt::format("DCT copy {} ({})", copy.number, word), state);
    }
}

void paint_eeprom(Canvas& canvas, const Eeprom& eeprom) {
    for (const auto& page : eeprom.pages) {
        const bool erased = page.state == EepromPageState::Erased, used = page.state == EepromPageState::Active || page.state == EepromPageState::Inactive;
        const auto state = page.state == EepromPageState::NotInFile ? State::NotChecked : erased ? State::Empty : used ? State::Good : State::Damaged;
        canvas.paint(page.at, fmt::format("EEPROM page {}{}", page.number, erased ? " (erased)" : ""), state);
    }
}

/// The slot that speaks for a byte that no module claimed: the one that begins last before it, as factory does inside the OTA area.
const ModuleSlot* slot_at(const Layout& layout, Address at) {
    const ModuleSlot* best = nullptr;
    for (const auto& slot : layout.slots)
        if (slot.at.contains(at) && (slot.name != "monolithic" || layout.boot == BootKind::Monolithic) && (!best || slot.at.begin > best->at.begin))
            best = &slot;
    return best;
}

bool slot_has_module(const Facts& facts, const ModuleSlot& slot) {
    const auto* module = facts.module(slot.name);
    if (module && module->present()) return true;
    const auto* monolithic = facts.module("monolithic");
    return monolithic && monolithic->at.overlaps(slot.at);
}

/// State of bytes that are no module: leftovers behind a module and images that are not taken for one prove nothing either way.
State state_of_rest(const Facts& facts, const ModuleSlot& slot) {
    const auto* module = facts.module(slot.name);
    const bool belongs_here = slot.name != "ota" && slot.name != "factory";
    return belongs_here && module && module->presence == Presence::NoHeader && !may_lack_header(*module) ? State::Damaged : State::NotChecked;
}

void paint_rest_of_slot(Canvas& canvas, const Facts& facts, const Image& image, const Layout& layout, const ModuleSlot& slot, Range rest) {
    const auto title = slot_title(layout, slot.name);
    const bool behind = slot_has_module(facts, slot) && rest.begin != slot.at.begin;
    const auto bytes = image.bytes(rest);
    const auto used = static_cast<std::uint32_t>(bytes.size() - trailing_run(bytes, 0xFF));
    const Range content{rest.begin, rest.begin + used};
    if (!content.empty())
        canvas.paint(content, behind ? fmt::format("behind the {}, leftover", title) : fmt::format("{}: no valid module", title),
                     behind ? State::NotChecked : state_of_rest(facts, slot));
    canvas.paint(rest, behind ? fmt::format("behind the {}, erased", title) : fmt::format("{}, erased", title), State::Empty);
}

void paint_rest(Canvas& canvas, const Facts& facts, const Image& image, const Layout& layout, const std::vector<LayoutRegion>& regions) {
    for (const auto& region : regions) {
        for (const auto rest : canvas.bare(region.at)) {
            if (const auto* slot = slot_at(layout, rest.begin)) {
                paint_rest_of_slot(canvas, facts, image, layout, *slot, intersection(rest, slot->at));
                continue;
            }
            const bool erased = image.erased(rest);
            canvas.paint(rest, region.title + (erased ? ", erased" : ""), erased ? State::Empty : State::NotChecked);
        }
    }
}

void paint_missing(Canvas& canvas, const Image& image, Range flash) {
    Address known_to = flash.begin;
    for (const auto& present : image.present()) {
        const Range inside = intersection(present, flash);
        if (inside.empty()) continue;
        canvas.paint({known_to, std::max(known_to, inside.begin)}, "not in the file", State::NotChecked);
        known_to = inside.end;
    }
    canvas.paint({known_to, flash.end}, "not in the file", State::NotChecked);
}

/// One flash of the device: what lies in it, under exactly one label each.
std::vector<Labelled> cover_flash(const Facts& facts, const Image& image, const Layout& layout, Range flash, const std::vector<LayoutRegion>& regions) {
    Canvas canvas(flash);
    paint_missing(canvas, image, flash);
    paint_modules(canvas, facts.modules, layout);
    paint_dct(canvas, facts.dct);
    paint_eeprom(canvas, facts.eeprom);
    // Slots may end inside a region (and the other way round), so go over the bare parts until none is left.
    for (int round = 0; round < 3 && !canvas.bare(flash).empty(); ++round) paint_rest(canvas, facts, image, layout, regions);
    for (const auto rest : canvas.bare(flash)) canvas.paint(rest, "outside every region of the layout", image.erased(rest) ? State::Empty : State::NotChecked);
    return canvas.finish();
}

}  // namespace

std::vector<Labelled> cover(const Facts& facts, const Image& image, const Layout& layout) {
    auto labels = cover_flash(facts, image, layout, layout.flash, layout.regions);
    if (!facts.has_external_flash) return labels;
    const auto external = cover_flash(facts, image, layout, layout.external->at, layout.external->regions);
    labels.insert(labels.end(), external.begin(), external.end());
    return labels;
}

}  // namespace photopsy
