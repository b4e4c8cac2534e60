#pragma once
// The files of one capture: the dump, its record, the second flash's file, and what an interrupted run left of them. Nothing is ever overwritten.
#include "cli/device_reading.h"
#include "cli/output_file.h"

#include <optional>
#include <string>

namespace photopsy {

/// What a run wants to write, before the device is known.
struct CaptureNames {
    std::string dump = "dump.bin";  ///< "-": standard output
    std::string external;           ///< "": beside the dump, where the device keeps its keys in its second flash
    bool resume = false;

    bool to_stdout() const { return dump == "-"; }
    /// "core-external.bin" for "core.bin"; the asked name where there is one.
    std::string external_name() const;
};

/// What an earlier run left of one flash, and whose bytes they are.
struct EarlierPart {
    std::vector<std::uint8_t> bytes;
    CaptureRecord record;
    bool whole = false;  ///< the dump itself, not a part of it: only the second flash is missing
};

std::string partial_of(const std::string& path);

/// Why nothing can be written there, before the device is read for nothing.
std::optional<std::string> obstacle(const CaptureNames&);
/// The same for the file of the second flash.
std::optional<std::string> external_obstacle(const CaptureNames&);

/// What --resume goes on from; nothing where a run begins anew.
Result<std::optional<EarlierPart>> read_earlier(const CaptureNames&);
Result<std::optional<EarlierPart>> read_earlier_external(const CaptureNames&);

/// File and record, or a part and its record: both or none. The sentence where they could not be written.
std::optional<std::string> save_with_record(const std::string& path, ByteView bytes, const CaptureRecord&, Overwrite);

/// Keeps the bytes that were read as `path`.partial, or as many of them as the disk takes, and says how to go on.
void keep_part(const CaptureNames&, const std::string& path, std::vector<std::uint8_t> bytes, CaptureRecord record, Session&);

void remove_part(const std::string& path);

}  // namespace photopsy
