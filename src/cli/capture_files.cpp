#include "cli/capture_files.h"

#include "base/hex.h"
#include "cli/capture_record.h"
#include "cli/file_system.h"
#include "cli/input.h"
#include "cli/shell.h"

#include <fmt/format.h>

namespace photopsy {
namespace {

bool exists(const std::string& path) { return kind_of(path) != PlaceKind::Nothing; }

std::string record_of(const std::string& path) { return path + ".json"; }

/// The file and the record beside it, which must fit.
Result<EarlierPart> read_with_record(const std::string& path) {
    constexpr std::size_t largest_record = 1u << 20;
    auto bytes = read_file(path, largest_dump_file);
    if (!bytes) return bytes.error();
    const auto text = read_file(record_of(path), largest_record);
    if (!text) return text.error();
    auto record = parse_record({reinterpret_cast<const char*>(text->data()), text->size()});
    if (!record || record->sha256 != hex(sha256(*bytes)))
        return Error{path + " and its .json do not belong together: delete both and capture again without --resume"};
    return EarlierPart{.bytes = std::move(*bytes), .record = std::move(*record)};
}

std::optional<std::string> cannot_write_beside(const std::string& path) {
    const std::string folder = folder_of(path);
    if (can_write_into(folder)) return {};
    return "cannot write into the directory " + (folder.empty() ? "." : folder);
}

/// True where the dump is whole and its run ended before the second flash was read.
bool lacks_external(const CaptureNames& names) {
    if (exists(partial_of(names.dump)) || !exists(names.dump)) return false;
    const auto whole = read_with_record(names.dump);
    return whole && !whole->record.external;
}

}  // namespace

std::string partial_of(const std::string& path) { return path + ".partial"; }

std::string CaptureNames::external_name() const {
    if (!external.empty()) return external;
    const auto dot = dump.rfind('.');
    const bool has_ending = dot != std::string::npos && dot > folder_of(dump).size();
    return has_ending ? dump.substr(0, dot) + "-external" + dump.substr(dot) : dump + "-external";
}

std::optional<std::string> obstacle(const CaptureNames& names) {
    if (names.to_stdout())
        return names.resume ? std::optional<std::string>("--resume needs a file; standard output (-o -) keeps nothing to go on from") : std::nullopt;
    if (names.resume && lacks_external(names)) return cannot_write_beside(names.dump);
    for (const std::string& path : {names.dump, record_of(names.dump)})
        if (exists(path)) return path + " exists already, and a capture never overwrites: give another name with -o";
    const std::string partial = partial_of(names.dump);
    if (!names.resume && exists(partial)) return partial + " is left from a capture that was interrupted: go on with --resume, or delete it";
    if (names.resume && !exists(partial)) return partial + " does not exist: there is nothing to resume";
    return cannot_write_beside(names.dump);
}

std::optional<std::string> external_obstacle(const CaptureNames& names) {
    const std::string path = names.external_name(), partial = partial_of(path);
    if (exists(path)) return path + " exists already, and a capture never overwrites: give another name with --external";
    if (!names.resume && exists(partial)) return partial + " is left from a capture that was interrupted: go on with --resume, or delete it";
    return cannot_write_beside(path);
}

Result<std::optional<EarlierPart>> read_earlier(const CaptureNames& names) {
    if (!names.resume) return std::optional<EarlierPart>();
    const bool whole = !exists(partial_of(names.dump));
    auto earlier = read_with_record(whole ? names.dump : partial_of(names.dump));
    if (!earlier) return earlier.error();
    earlier->whole = whole;
    return std::optional(std::move(*earlier));
}

Result<std::optional<EarlierPart>> read_earlier_external(const CaptureNames& names) {
    const std::string partial = partial_of(names.external_name());
    if (!names.resume || !exists(partial)) return std::optional<EarlierPart>();
    auto earlier = read_with_record(partial);
    if (!earlier) return earlier.error();
    return std::optional(std::move(*earlier));
}

std::optional<std::string> save_with_record(const std::string& path, ByteView bytes, const CaptureRecord& record, Overwrite overwrite) {
    const auto text = record_text(record);
    const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    // The record first: a dump without one is worth less than a record without a dump.
    return write_together({{record_of(path), text, mode_private}, {path, content, mode_private}}, overwrite);
}

void keep_part(const CaptureNames& names, const std::string& path, std::vector<std::uint8_t> bytes, CaptureRecord record, Session& session) {
    constexpr std::size_t block = 4096;
    while (!bytes.empty()) {
        record.size = bytes.size();
        record.sha256 = hex(sha256(bytes));
        const auto failure = save_with_record(partial_of(path), bytes, record, Overwrite::Renew);
        if (!failure)
            return session.say(
                fmt::format("{} bytes are kept in {}: photopsy capture -o {} --resume goes on there.", bytes.size(), partial_of(path), typed_here(names.dump)));
        bytes.resize(bytes.size() / 2 / block * block);
        if (bytes.empty()) return session.fail(*failure);
    }
}

void remove_part(const std::string& path) {
    remove_file(partial_of(path));
    remove_file(record_of(partial_of(path)));
}

}  // namespace photopsy
