#include "cli/repair_backup.h"

#include "cli/capture_files.h"
#include "cli/capture_record.h"
#include "cli/dump_pair.h"
#include "cli/file_system.h"
#include "cli/input.h"
#include "cli/input_file.h"
#include "cli/output_file.h"

namespace photopsy {

namespace {

/// The file of the second flash beside a backup, as `capture` names it.
std::string second_backup(const std::string& path) { return CaptureNames{.dump = path, .external = {}}.external_name(); }

/// Empty where it cannot be read.
std::vector<std::uint8_t> read_back(const std::string& path) {
    auto bytes = read_file(path, largest_dump_file);
    return bytes ? std::move(*bytes) : std::vector<std::uint8_t>();
}

}  // namespace

Result<ProvedBackup> write_backup(const std::string& path, const DeviceReading& reading) {
    const auto record = record_text(reading.record);
    const bool both = !reading.external.empty();
    std::vector<OutputFile> files = {{path + ".json", record, mode_private}, {path, as_text(reading.bytes), mode_private}};
    if (both) files.push_back({second_backup(path), as_text(reading.external), mode_private});
    const bool left_behind = kind_of(path) == PlaceKind::Nothing;  // a record alone is what a run that was killed has left
    if (auto failure = write_together(files, left_behind ? Overwrite::Renew : Overwrite::No)) return Error{*failure};
    const auto proved = ProvedBackup::of(reading.record, read_back(path), both ? read_back(second_backup(path)) : std::vector<std::uint8_t>());
    if (!proved) return Error{path + " does not read back as it was written"};
    return *proved;
}

Result<KeptBackup> read_backup(const std::string& path, const AnalyzeOptions& judging) {
    const auto beside = second_backup(path);
    auto dump = kind_of(beside) == PlaceKind::Nothing ? read_dump(path, nullptr) : read_dump_pair(path, beside, nullptr);
    if (!dump) return dump.error();
    if (!dump->capture.record) return Error{path + " has lost its record " + path + ".json, or is not the file that it was"};
    const auto proved = ProvedBackup::of(dump->capture, *dump->layout);
    if (!proved) return Error{path + " is no backup to go by: the device was read once only, or its second flash is missing"};
    return KeptBackup{analyze(std::move(dump->capture), *dump->layout, judging), *proved};
}

}  // namespace photopsy
