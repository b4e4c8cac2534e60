#include "facts/dcd_writing.h"

#include "facts/dcd_format.h"

namespace photopsy {

namespace {

/// The header and footer that the bootloader's code gives the new copy (dcd.h@v0.7.0:487-580; code up to 0.6.4 carries footer and checksum along).
DcdHead renewed(DcdHead head, DcdGeneration writer) {
    head.watermark = true;
    head.seal = DcdSeal::Valid;
    head.sum_good = writer != DcdGeneration::D1;
    if (writer == DcdGeneration::D1) return head;
    const bool first_footer = writer == DcdGeneration::D3 && !head.footer_watermark;
    head.counter = first_footer ? std::uint8_t{0} : static_cast<std::uint8_t>((head.counter + 1) & dcd_format::counter_mask);
    head.footer_watermark = head.footer_watermark || first_footer;
    return head;
}

}  // namespace

bool write_reaches_system(const Dct& dct) {
    if (!dct.dcd || !dct.dcd->generations_differ()) return true;
    const auto& dcd = *dct.dcd;
    const int base = dcd.read_by_bootloader;
    if (base != dct.selected.value_or(0)) return false;
    if (base == 0) return true;  // both copies are then the bootloader's own
    auto heads = dcd.heads;
    auto &old = heads[static_cast<std::size_t>(base - 1)], &next = heads[static_cast<std::size_t>(2 - base)];
    next = renewed(old, dcd.bootloader);
    old.seal = dcd.bootloader == DcdGeneration::D1 ? DcdSeal::Retired : DcdSeal::Superseded;
    return select_dcd(heads[0], heads[1], dcd.system) == 3 - base;
}

}  // namespace photopsy
