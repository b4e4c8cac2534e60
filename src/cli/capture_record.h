#pragma once
// The record of a capture as it lies beside the dump: dump.bin.json.
#include "flash/capture_record.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace photopsy {

/// Looks for a record beside the dump at `path` and takes it into `capture` where its hash fits. One that does not fit leaves a remark; bytes it calls
/// unstable become a capture problem (CaptureDefect::Noisy).
void attach_record(const std::string& path, Capture& capture);

/// The text of a file that may be a record; nothing where there is none of that name, "" where it cannot be read or is too large for one.
using RecordText = std::function<std::optional<std::string>(const std::string& name)>;
/// The same of a dump that lies elsewhere, in an archive: `names` are those that its record may have, best first.
void attach_record(const std::vector<std::string>& names, const RecordText& text_of, Capture& capture);

inline constexpr std::size_t largest_record = 1u << 20;

/// True for X.json where X, or X packed, is there too: what `capture` wrote down about it, if its text begins as one.
bool is_named_as_record(const std::string& name, const std::function<bool(const std::string&)>& is_there);
bool begins_as_record(std::string_view text);

}  // namespace photopsy
