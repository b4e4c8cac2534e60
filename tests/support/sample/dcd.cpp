#include "support/sample/dcd.h"

#include "base/digest.h"
#include "support/sample/published.h"

#include <algorithm>

namespace photopsy::sample {

static constexpr std::uint32_t mark = 0x1E1C279A, seal_of_valid = 0xEDA15E00, seal_of_old = 0x69A00C00;
static constexpr std::uint32_t flags_at = 0x3FF0, size_at = 0x3FF6, mark_at = 0x3FF8, sum_at = 0x3FFC;

static std::vector<std::uint8_t> word_bytes(std::uint32_t value) {
    return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value >> 16),
            static_cast<std::uint8_t>(value >> 24)};
}

static std::uint32_t sum_of(ByteView sector) { return crc32(sector.subspan(8, sum_at - 8)); }

/// isInitialized() of dcd.h: D3 also takes a superseded sector.
bool Dcd::is_initialized(DcdWriter writer, int number) const {
    if (word(number, 0) != mark) return false;
    const auto seal = word(number, 4);
    return seal == seal_of_valid || (writer == DcdWriter::D3 && seal == seal_of_old);
}

/// isCRCValid(): D3 wants the footer's own watermark first.
bool Dcd::is_sound(DcdWriter writer, int number) const {
    if (writer == DcdWriter::D3 && word(number, mark_at) != mark) return false;
    return sum_of(sector(number)) == word(number, sum_at);
}

/// currentSector() and its callees.
int Dcd::current(DcdWriter writer) const {
    if (writer == DcdWriter::D1) {
        for (const int number : {2, 1})
            if (is_initialized(writer, number)) return number;
        return 0;
    }
    const int primary = is_initialized(writer, 1) ? 1 : 2, alternate = primary == 1 ? 2 : 1;
    if (!is_initialized(writer, primary)) return 0;
    const bool primary_sound = is_sound(writer, primary), alternate_sound = is_sound(writer, alternate);
    if (word(alternate, 4) == seal_of_valid) {
        if (primary_sound && alternate_sound) {
            const unsigned following = ((sector(primary)[flags_at] & 3u) + 1) % 4;
            return following == (sector(alternate)[flags_at] & 3u) ? alternate : primary;
        }
        if (primary_sound) return primary;
        return alternate_sound ? alternate : 2;
    }
    if (word(alternate, 4) == seal_of_old && !primary_sound) return alternate;
    return primary;
}

void Dcd::program_word(int number, std::uint32_t offset, std::uint32_t value) { chip_.program(at(number).begin + offset, word_bytes(value)); }

void Dcd::put_header(int number) {
    chip_.step("watermark");
    program_word(number, 0, mark);
    chip_.step("seal");
    program_word(number, 4, seal_of_valid);
}

void Dcd::put_footer(int number, const Bytes& footer) {
    chip_.step("footer");
    chip_.program(at(number).begin + dcd_end_of_table, footer);
    chip_.step("checksum");
    program_word(number, sum_at, sum_of(sector(number)));
}

/// The footer is a variable on the stack of which only counter, size and watermark are set: the rest is whatever lay there.
static std::vector<std::uint8_t> first_footer() {
    std::vector<std::uint8_t> footer(28);
    for (std::size_t i = 0; i < footer.size(); ++i) footer[i] = static_cast<std::uint8_t>(0x31 * i + 0x08);
    footer[flags_at - dcd_end_of_table] &= 0xFC;
    footer[size_at - dcd_end_of_table] = 4;
    footer[size_at - dcd_end_of_table + 1] = 0;
    const auto words = word_bytes(mark);
    std::copy(words.begin(), words.end(), footer.begin() + (mark_at - dcd_end_of_table));
    return footer;
}

void Dcd::reinitialize(DcdWriter writer) {
    const int number = writer == DcdWriter::D1 ? 1 : 2;
    chip_.step("erase-other");
    chip_.erase(at(number));
    if (writer != DcdWriter::D1) put_footer(number, first_footer());
    put_header(number);
}

void Dcd::write(DcdWriter writer, std::uint32_t offset, ByteView value) {
    if (current(writer) == 0) reinitialize(writer);
    const int old = current(writer);
    const auto last = writer == DcdWriter::D1 ? dcd_size : dcd_end_of_table;
    if (old == 0 || offset < 8 || offset > last || value.size() > last - offset) return;
    const int fresh = old == 1 ? 2 : 1;
    const auto before = sector(old);
    Bytes wanted(before.begin(), before.end());
    std::copy(value.begin(), value.end(), wanted.begin() + offset);
    const auto spare = sector(fresh);
    chip_.step("erase-other");
    if (!std::all_of(spare.begin(), spare.end(), [](std::uint8_t byte) { return byte == 0xFF; })) chip_.erase(at(fresh));
    chip_.step("body");
    chip_.program(at(fresh).begin + 8, ByteView(wanted).subspan(8, last - 8));
    if (writer != DcdWriter::D1) {
        Bytes footer(wanted.begin() + dcd_end_of_table, wanted.begin() + sum_at);
        auto& flags = footer[flags_at - dcd_end_of_table];
        flags = static_cast<std::uint8_t>((flags & 0xFC) | ((flags + 1) & 3));
        put_footer(fresh, writer == DcdWriter::D3 && word(old, mark_at) != mark ? first_footer() : footer);
    }
    put_header(fresh);
    chip_.step("retire-old");
    program_word(old, 0, mark);
    program_word(old, 4, writer == DcdWriter::D1 ? 0 : seal_of_old);
}

void Dcd::put_factory_image() {
    Bytes image(dcd_size, 0xFF);
    const auto put = [&](std::uint32_t offset, const Bytes& bytes) { std::copy(bytes.begin(), bytes.end(), image.begin() + offset); };
    constexpr std::string_view address = "\x01\x13$id.udp.particle.io";
    put(0, word_bytes(mark));
    put(4, word_bytes(seal_of_valid));
    image[8] = 0xC0;
    put(8 + 2082, published_server_key());
    put(8 + 3298, published_ec_server_key());
    put(8 + 3490, Bytes(address.begin(), address.end()));
    image[flags_at] = 0xFC;
    put(sum_at, word_bytes(0x9ADC87E0));
    chip_.set(at(1).begin, image);
    put(4, Bytes(4, 0));
    chip_.set(at(2).begin, image);
}

void Dcd::reseal(int number) { chip_.set(at(number).begin + sum_at, word_bytes(sum_of(sector(number)))); }

}  // namespace photopsy::sample
