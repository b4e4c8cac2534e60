#pragma once
// What is kept before anything is written to a device: its flash, read at least twice, on a medium that outlasts its power, and read back from there. A run
// asks for one, and only what is whole becomes one: without a backup no repair can be begun.
#include "base/bytes.h"
#include "flash/capture.h"
#include "flash/layout.h"

#include <optional>
#include <string>

namespace photopsy {

class ProvedBackup {
public:
    /// `record`: what was read, hashed when it came from the device. `kept` and `kept_second`: the bytes of both flashes as their medium gives them back; the
    /// second is empty for a device that has none. Nothing where a flash was read once only, or the medium gives back other bytes.
    static std::optional<ProvedBackup> of(const CaptureRecord& record, ByteView kept, ByteView kept_second);
    /// Of a backup that was opened again: its bytes with the record that belongs to them. Nothing where it has none.
    static std::optional<ProvedBackup> of(const Capture& capture, const Layout& layout);

    /// backup_digest() of the flash that it holds.
    const std::string& sha256() const { return sha256_; }

private:
    explicit ProvedBackup(std::string sha256) : sha256_(std::move(sha256)) {}
    std::string sha256_;
};

}  // namespace photopsy
