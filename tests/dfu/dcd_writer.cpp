#include "dfu/dcd_writer.h"

#include "base/digest.h"
#include "support/sample/dcd.h"

#include <algorithm>

namespace photopsy::test {
namespace {

using sample::DcdWriter;

constexpr std::uint32_t base = 0x08000000, header_size = 8, sector = 0x4000, end_of_table = sample::dcd_end_of_table;
constexpr std::uint32_t places[] = {0x4000, 0x8000};
constexpr std::uint32_t mark = 0x1E1C279A, seal_valid = 0xEDA15E00, seal_superseded = 0x69A00C00;
constexpr std::uint32_t flags_at = 0x3FF0, mark_at = 0x3FF8, sum_at = 0x3FFC;

DcdWriter writer_in(const NorFlash& flash) {
    const auto version = bootloader_version(flash);
    if (version == 0xFFFF || version >= 201) return DcdWriter::D3;
    return version >= 100 ? DcdWriter::D2 : DcdWriter::D1;
}

/// 1, 2, or 0 where neither copy is valid: by the sample generator's model of the three generations.
int chosen(const NorFlash& flash) {
    sample::Chip chip{Range{base + places[0], base + places[1] + sector}};
    chip.set(base + places[0], ByteView(flash.bytes).subspan(places[0], 2 * sector));
    return sample::Dcd(chip, {range_of(base + places[0], sector), range_of(base + places[1], sector)}).current(writer_in(flash));
}

std::vector<std::uint8_t> bytes_of_word(std::uint32_t value) {
    return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value >> 16),
            static_cast<std::uint8_t>(value >> 24)};
}

bool put_word(NorFlash& flash, std::uint32_t at, std::uint32_t value) { return flash.program(at, bytes_of_word(value)); }

/// What lies on the stack where only counter, size and watermark are set.
std::vector<std::uint8_t> footer_off_the_stack() {
    std::vector<std::uint8_t> footer(sum_at - end_of_table, 0x24);
    footer[flags_at - end_of_table] = 0x24 & 0xFC;
    footer[0x3FF6 - end_of_table] = 4;
    footer[0x3FF7 - end_of_table] = 0;
    const auto word = bytes_of_word(mark);
    std::copy(word.begin(), word.end(), footer.begin() + (mark_at - end_of_table));
    return footer;
}

bool put_footer(NorFlash& flash, std::uint32_t place, const std::vector<std::uint8_t>& footer) {
    const bool body = flash.program(place + end_of_table, footer);
    return put_word(flash, place + sum_at, crc32(ByteView(flash.bytes).subspan(place + header_size, sum_at - header_size))) && body;
}

bool put_header(NorFlash& flash, std::uint32_t place) { return put_word(flash, place, mark) && put_word(flash, place + 4, seal_valid); }

/// The first read where no copy is valid makes a blank one.
void make_blank(NorFlash& flash, DcdWriter writer) {
    const auto place = places[writer == DcdWriter::D1 ? 0 : 1];
    flash.erase(place, sector);
    if (writer != DcdWriter::D1) (void)put_footer(flash, place, footer_off_the_stack());
    (void)put_header(flash, place);
}

std::uint32_t place_in_force(NorFlash& flash) {
    if (chosen(flash) == 0) make_blank(flash, writer_in(flash));
    return places[chosen(flash) == 1 ? 0 : 1];
}

std::vector<std::uint8_t> next_footer(const NorFlash& flash, std::uint32_t old, DcdWriter writer) {
    if (writer == DcdWriter::D3 && flash.word(old + mark_at) != mark) return footer_off_the_stack();
    std::vector<std::uint8_t> footer(flash.bytes.begin() + old + end_of_table, flash.bytes.begin() + old + sum_at);
    auto& flags = footer[flags_at - end_of_table];
    flags = static_cast<std::uint8_t>((flags & 0xFC) | ((flags + 1) & 3));
    return footer;
}

}  // namespace

std::uint32_t current_dcd(NorFlash& flash) { return place_in_force(flash) + header_size; }

bool write_dcd(NorFlash& flash, std::uint32_t offset, ByteView data) {
    const std::uint32_t end = end_of_table - header_size;
    if (offset > end || data.size() > end - offset) return false;
    const auto writer = writer_in(flash);
    const auto old = place_in_force(flash), fresh = old == places[0] ? places[1] : places[0];
    const auto last = writer == DcdWriter::D1 ? sector : end_of_table;
    std::vector<std::uint8_t> body(flash.bytes.begin() + old, flash.bytes.begin() + old + last);
    std::copy(data.begin(), data.end(), body.begin() + header_size + offset);
    if (!all_erased(ByteView(flash.bytes).subspan(fresh, sector))) flash.erase(fresh, sector);
    if (!flash.program(fresh + header_size, ByteView(body).subspan(header_size))) return false;
    if (writer != DcdWriter::D1 && !put_footer(flash, fresh, next_footer(flash, old, writer))) return false;
    if (!put_header(flash, fresh)) return false;
    return put_word(flash, old, mark) && put_word(flash, old + 4, writer == DcdWriter::D1 ? 0 : seal_superseded);
}

}  // namespace photopsy::test
