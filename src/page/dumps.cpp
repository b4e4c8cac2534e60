// Files in, judged together, reports out: what `photopsy analyze` does with files, without files.
#include "base/digest.h"
#include "base/hex.h"
#include "flash/archive_members.h"
#include "flash/capture_record.h"
#include "flash/dump.h"
#include "flash/external.h"
#include "page/state.h"
#include "report/difference.h"
#include "report/report.h"

#include <utility>

using namespace photopsy;
using namespace photopsy::page;

namespace photopsy::page {

namespace {

constexpr std::size_t most_files = 64, most_bytes = std::size_t{128} << 20;
constexpr std::size_t largest_record = std::size_t{1} << 20;

bool is_record(const TakenFile& file) {
    return file.name.ends_with(".json") && file.bytes.size() <= largest_record &&
           parse_record({reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()}).has_value();
}

/// The record of the dump that is called so, if one was taken with it.
void attach_taken_record(const std::string& name, Capture& capture) {
    for (const auto& file : state().files) {
        if (!is_record(file) || (file.name != name + ".json" && file.name != capture.name + ".json")) continue;
        attach_record(*parse_record({reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()}), capture);
        return;
    }
}

/// Both files as one dump; nothing where they are not the two flashes of one device.
std::optional<Dump> pair_of(const TakenFile& first, const TakenFile& second) {
    auto first_file = unpack(first.bytes, first.name), second_file = unpack(second.bytes, second.name);
    if (!first_file || !second_file) return {};
    auto pair = sort_pair({std::move(*first_file), first.name}, {std::move(*second_file), second.name}, nullptr);
    if (!pair) return {};
    Dump dump{recognize(std::move(pair->internal.bytes), pair->internal.name, pair->internal.container, *pair->layout), pair->layout};
    attach_taken_record(pair->swapped ? second.name : first.name, dump.capture);
    put_external(dump.capture, pair->external.bytes, pair->external.name, pair->external.container, *pair->layout);
    attach_external_record(*pair->layout, dump.capture);
    dump.capture.typed = pair->swapped ? second.name : first.name;
    dump.capture.external->typed = pair->swapped ? first.name : second.name;
    return dump;
}

/// True where `other` is what the half lacks: its device's other flash, or a file of that flash's size that says nothing of itself (a blank one).
bool completes(const Dump& half, const Dump& other) {
    const auto kind = half_of(half);
    if (kind == HalfDump::No) return false;
    const auto other_kind = half_of(other);
    if (other_kind != HalfDump::No) return other_kind != kind;
    const Range missing = kind == HalfDump::Internal && half.layout->external ? half.layout->external->at : half.layout->flash;
    return other.capture.size == missing.size() && other.capture.has(CaptureDefect::Blank);
}

/// The dump in a file, or in it and the one behind it, which is then passed over as well.
Result<Dump> next_dump(const std::vector<const TakenFile*>& files, std::size_t& next) {
    const TakenFile& file = *files[next++];
    auto dump = recognize_dump(file.bytes, file.name, nullptr);
    if (!dump) return dump;
    if (next < files.size()) {
        const auto other = recognize_dump(files[next]->bytes, files[next]->name, nullptr);
        const bool fits = other && (completes(*dump, *other) || completes(*other, *dump));
        if (auto both = fits ? pair_of(file, *files[next]) : std::nullopt) {
            ++next;
            return std::move(*both);
        }
    }
    attach_taken_record(file.name, dump->capture);
    dump->capture.typed = file.name;
    return dump;
}

/// What a line for `triage` calls a member of an archive (docs/fleet.md): the archive and the member; "" for a file by itself.
std::string name_of_member(const TakenFile& file, const Capture& capture) {
    const auto archive = ArchiveMembers::may_be(file.bytes) ? ArchiveMembers::open_bytes(file.bytes) : nullptr;
    while (const auto member = archive ? archive->next() : std::nullopt) {
        const auto base = member->name.substr(member->name.rfind('/') + 1);
        if (base == capture.name || sha256(member->bytes) == capture.sha256) return file.name + ":" + member->name;
    }
    return "";
}

}  // namespace

}  // namespace photopsy::page

int page_take_file(const std::uint8_t* bytes, std::uint32_t size, const char* name) {
    auto& files = state().files;
    state().taken.reset();
    if (files.size() >= page::most_files) return fail("No more than " + std::to_string(page::most_files) + " files are looked at together.");
    std::size_t held = size;
    for (const auto& file : files) held += file.bytes.size();
    if (size > max_unpacked_size || held > page::most_bytes)
        return fail(std::string(name) + " is too large for a dump (more than 64 MiB, or 128 MiB together).");
    files.push_back({name, {bytes, bytes + size}});
    return answer("");
}

int page_set_light(const char* text) {
    auto& led = state().options.led;
    led.reset();
    if (*text == '\0') return answer("");
    const auto symptom = parse_led(text);
    if (!symptom) return fail("That is not clear. Say it like \"1 red\", \"3 orange\", \"breathing magenta\", \"SOS 10\", \"two blinks\" or \"no light\".");
    led = *symptom;
    return answer("");
}

int page_set_public_key(std::uint32_t which, const std::uint8_t* bytes, std::uint32_t size, const char* name) {
    auto key = public_key_in({bytes, size}, name);
    if (!key) return fail(key.error().message);
    (which == 0 ? state().options.registered_spki : state().options.server_spki) = std::move(*key);
    return answer("");
}

int page_judge() {
    auto& held = state();
    held.analyses.clear();
    held.given.clear();
    held.member.clear();
    held.copy.reset();
    held.keys.clear();
    if (held.taken) {
        auto dump = page::dump_of(*held.taken, held.taken_name);
        held.analyses.push_back(analyze(std::move(dump.capture), *dump.layout, held.options));
        return answer("");
    }
    std::vector<const page::TakenFile*> dumps;
    for (const auto& file : held.files)
        if (!page::is_record(file)) dumps.push_back(&file);
    std::string failures;
    for (std::size_t next = 0; next < dumps.size();) {
        auto dump = page::next_dump(dumps, next);
        if (dump)
            held.analyses.push_back(analyze(std::move(dump->capture), *dump->layout, held.options));
        else
            failures += page::cell(dump.error().message) + "\n";
    }
    if (dumps.size() == 1) held.given = dumps.front()->name;
    if (dumps.size() == 1 && !held.analyses.empty()) held.member = page::name_of_member(*dumps.front(), held.analyses.front().capture);
    if (held.analyses.empty()) return fail(failures.empty() ? "No dump was given." : failures);
    return answer(failures);
}

std::uint32_t page_judged() { return static_cast<std::uint32_t>(state().analyses.size()); }

int page_report(const char* format) {
    const auto known = parse_format(format);
    if (!known) return fail("There is no such format.");
    auto& held = state();
    if (held.analyses.empty()) return fail("No dump was judged yet.");
    ReportStyle style;
    style.names_member = *known == Format::Ndjson && !held.member.empty();  // of an archive a line names the member
    style.given = style.names_member ? held.member : held.given;
    return answer(render(held.analyses, *known, style));
}

int page_difference(const char* format) {
    const auto& analyses = state().analyses;
    if (analyses.size() < 2) return fail("Two dumps are needed to compare them.");
    const auto difference = compare(analyses[0], analyses[1], {});
    return answer(std::string_view(format) == "json" ? difference_json(difference) : difference_text(difference));
}
