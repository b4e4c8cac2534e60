#pragma once
// The record of a capture as a JSON file beside the dump: dump.bin.json. Format: docs/capture.md.
#include "flash/capture.h"

#include <optional>
#include <string>
#include <string_view>

namespace photopsy {

/// Two-space indented JSON with a line end; the same record gives the same bytes.
std::string record_text(const CaptureRecord& record);
/// Nothing where the text is no such record. Unknown fields are passed over; numbers out of range, and ranges that run backwards, make it none.
std::optional<CaptureRecord> parse_record(std::string_view text);

/// Takes a record into `capture` where its hash fits. One that does not fit leaves a remark; bytes it calls unstable become a capture problem
/// (CaptureDefect::Noisy).
void attach_record(CaptureRecord record, Capture& capture);
/// Holds the second flash's file against what the capture's record says of it: another file leaves a remark, unstable bytes become capture problems.
/// Nothing happens where there is no such file, or the record tells of none.
void attach_external_record(const Layout&, Capture& capture);

}  // namespace photopsy
