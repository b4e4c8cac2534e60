// What a copy changed, by field and area. Nothing of the original's content, and no checksum over it: that would confirm a guess at what was overwritten.
#include "base/digest.h"
#include "base/hex.h"
#include "mend/redaction.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

struct ChangedPlace {
    Range at;  ///< from the first changed byte to the last
    std::uint32_t bytes = 0;
    std::string what;
};

/// The field of a table or the area of the flash that an address lies in.
struct NamedPlace {
    Range at;
    std::string title;
};

std::vector<NamedPlace> named_places(const Layout& layout) {
    std::vector<NamedPlace> places;
    for (std::size_t i = 0; i < layout.dct.copies.size(); ++i) {
        const auto copy = layout.dct.copies[i];
        const auto number = layout.dct.copies.size() > 1 ? fmt::format("DCT copy {}, ", i + 1) : std::string();
        for (const auto* list : {&layout.dct.fields, &layout.dct.system_fields})
            for (const auto& field : *list) {
                const auto base = copy.begin + (list == &layout.dct.fields ? layout.dct.application_offset : 0);
                places.push_back({range_of(base + field.offset, field.size), number + field.title});
            }
    }
    for (const auto& region : layout.regions) places.push_back({region.at, region.title});
    if (layout.external)
        for (const auto& region : layout.external->regions) places.push_back({region.at, region.title});
    return places;
}

std::vector<ChangedPlace> changes_of(const DumpRedaction& redaction) {
    const auto places = named_places(*redaction.original.layout);
    std::vector<ChangedPlace> changed(places.size());
    for (auto present : redaction.image().present()) {
        const auto before = redaction.image().bytes(present), after = redaction.copy.view(present);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto inside = intersection(places[i].at, present);
            for (auto at = inside.begin; at < inside.end; ++at) {
                if (before[at - present.begin] == after[at - present.begin]) continue;
                auto& place = changed[i];
                if (place.bytes++ == 0) place.at.begin = at, place.what = places[i].title;
                place.at.end = at + 1;
            }
        }
    }
    std::erase_if(changed, [](const ChangedPlace& place) { return place.bytes == 0; });
    std::stable_sort(changed.begin(), changed.end(), [](const ChangedPlace& a, const ChangedPlace& b) { return a.at.begin < b.at.begin; });
    return changed;
}

}  // namespace

std::string manifest_of(const DumpRedaction& redaction, const RedactedDump& dump, const RedactWish& wish) {
    const auto& capture = redaction.original.capture;
    const auto file = [](std::span<const std::uint8_t> bytes) { return fmt::format("{{\"size\": {}, \"sha256\": \"{}\"}}", bytes.size(), hex(sha256(bytes))); };
    auto text = fmt::format("{{\n  \"schema\": \"photopsy-redaction/1\",\n  \"tool\": {{\"name\": \"photopsy\", \"version\": \"{}\"}},\n", version);
    text += fmt::format("  \"original\": {{\"size\": {}}},\n  \"redacted\": {},\n", capture.size, file(dump.bytes));
    if (!dump.external.empty()) text += fmt::format("  \"redacted_external\": {},\n", file(dump.external));
    text += fmt::format("  \"kept\": {{\"eeprom\": {}, \"application\": {}}},\n  \"same_findings\": {},\n  \"changes\": [", wish.keep_eeprom,
                        wish.keep_application, dump.same_findings);
    const auto changes = changes_of(redaction);
    for (std::size_t i = 0; i < changes.size(); ++i)
        text += fmt::format("{}\n    {{\"address\": \"{}\", \"length\": {}, \"changed\": {}, \"what\": \"{}\"}}", i ? "," : "",
                            hex_address(changes[i].at.begin), changes[i].at.size(), changes[i].bytes, changes[i].what);
    return text + "\n  ]\n}\n";
}

}  // namespace photopsy
