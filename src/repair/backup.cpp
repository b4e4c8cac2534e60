#include "repair/backup.h"

#include "base/hex.h"

namespace photopsy {

namespace {

constexpr int fewest_reads = 2;

bool is_proved(const CapturedFlash& taken, ByteView kept) { return !kept.empty() && taken.reads >= fewest_reads && taken.sha256 == hex(sha256(kept)); }

}  // namespace

std::optional<ProvedBackup> ProvedBackup::of(const CaptureRecord& record, ByteView kept, ByteView kept_second) {
    if (!is_proved(record, kept)) return {};
    if (record.external ? !is_proved(*record.external, kept_second) : !kept_second.empty()) return {};
    std::vector<std::uint8_t> both(kept.begin(), kept.end());
    both.insert(both.end(), kept_second.begin(), kept_second.end());
    return ProvedBackup(hex(photopsy::sha256(both)));
}

std::optional<ProvedBackup> ProvedBackup::of(const Capture& capture, const Layout& layout) {
    if (!capture.record) return {};
    const bool both = capture.record->external && layout.external;
    return of(*capture.record, capture.image.everything(), both ? capture.image.bytes(layout.external->at) : ByteView{});
}

}  // namespace photopsy
