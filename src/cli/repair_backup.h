#pragma once
// The backup of a repair as files: the flash as it was before the first write, a second one beside it where the device keeps its keys there, and the record of
// how it was read. For the owner's eyes only.
#include "base/result.h"
#include "cli/device_reading.h"
#include "photopsy.h"
#include "repair/backup.h"

namespace photopsy {

/// A backup that was opened again.
struct KeptBackup {
    Analysis before;  ///< the device as it was
    ProvedBackup proved;
};

/// Writes the bytes and their record with mode 0600 and reads them back; one sentence where they are not there.
Result<ProvedBackup> write_backup(const std::string& path, const DeviceReading&);
/// The backup of an earlier run, whole and with the record that belongs to it, judged as asked; else one sentence.
Result<KeptBackup> read_backup(const std::string& path, const AnalyzeOptions& = {});

}  // namespace photopsy
