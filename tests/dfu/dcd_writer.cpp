#include "dfu/dcd_writer.h"

#include "support/sample/dcd.h"

#include <algorithm>

namespace photopsy::test {
namespace {

using sample::DcdWriter;

constexpr std::uint32_t base = 0x08000000, header_size = 8;
constexpr Range first{0x08004000, 0x08008000}, second{0x08008000, 0x0800C000};

DcdWriter writer_in(const NorFlash& flash) {
    const auto version = bootloader_version(flash);
    if (version == 0xFFFF || version >= 201) return DcdWriter::D3;
    return version >= 100 ? DcdWriter::D2 : DcdWriter::D1;
}

/// The store on a chip of its own; take() brings what became of it back.
struct StoreOnChip {
    explicit StoreOnChip(const NorFlash& flash) : writer(writer_in(flash)) {
        chip.set(first.begin, ByteView(flash.bytes).subspan(first.begin - base, first.size() + second.size()));
    }
    void take(NorFlash& flash) const {
        const auto bytes = chip.bytes({first.begin, second.end});
        std::copy(bytes.begin(), bytes.end(), flash.bytes.begin() + (first.begin - base));
    }

    DcdWriter writer;
    sample::Chip chip{Range{first.begin, second.end}};
    sample::Dcd store{chip, {first, second}};
};

}  // namespace

std::uint32_t current_dcd(NorFlash& flash) {
    StoreOnChip on(flash);
    if (on.store.current(on.writer) == 0) {
        on.store.reinitialize(on.writer);
        on.take(flash);
    }
    return (on.store.current(on.writer) == 1 ? first : second).begin - base + header_size;
}

bool write_dcd(NorFlash& flash, std::uint32_t offset, ByteView data) {
    const std::uint32_t end = sample::dcd_end_of_table - header_size;
    if (offset > end || data.size() > end - offset) return false;
    StoreOnChip on(flash);
    on.store.write(on.writer, header_size + offset, data);
    on.take(flash);
    return true;
}

}  // namespace photopsy::test
