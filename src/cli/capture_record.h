#pragma once
// The record of a capture as it lies beside the dump: dump.bin.json.
#include "flash/capture_record.h"

namespace photopsy {

/// Looks for a record beside the dump at `path` and takes it into `capture` where its hash fits. One that does not fit leaves a remark; bytes it calls
/// unstable become a capture problem (CaptureDefect::Noisy).
void attach_record(const std::string& path, Capture& capture);

}  // namespace photopsy
