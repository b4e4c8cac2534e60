#include "support/sample/table.h"

#include "base/digest.h"
#include "support/sample/published.h"

#include <algorithm>
#include <array>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::uint32_t brcm = 0x4D435242, trailer_magic = 0xDC0200CD, trailer_version = 0x0370;

void put32(Bytes& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

/// CRC-32 without the final inversion, as Particle's wrapper hands it to WICED.
std::uint32_t raw_crc(ByteView bytes) { return crc32(bytes) ^ 0xFFFFFFFFu; }

Bytes default_header() {
    Bytes header(table_header, 0);
    header[9] = header[10] = 1;
    put32(header, 12, brcm);
    return header;
}

Bytes trailer(std::uint16_t version, std::uint32_t crc, std::uint8_t initial_write, std::uint8_t sequence) {
    Bytes bytes(16, 0);
    put32(bytes, 0, trailer_magic);
    bytes[6] = static_cast<std::uint8_t>(version);
    bytes[7] = static_cast<std::uint8_t>(version >> 8);
    put32(bytes, 8, crc);
    bytes[12] = initial_write;
    bytes[13] = sequence;
    return bytes;
}

bool plain_valid(ByteView copy) { return copy[8] == 0 && copy[9] == 1 && little_endian<std::uint32_t>(copy.subspan(12)) == brcm; }

/// What G4/G5 think of one copy: (version, initial write, sequence). docs/formats/dct.md, validity.
struct Standing {
    int version = 0x7FFF, initial = 0, sequence = 0;
};

Standing standing(ByteView copy, Writer writer) {
    if (little_endian<std::uint32_t>(copy.subspan(4)) > little_endian<std::uint32_t>(copy) || little_endian<std::uint32_t>(copy.subspan(12)) != brcm ||
        copy[8] != 0)
        return {};
    const auto end = copy.subspan(table_trailer);
    const auto version = little_endian<std::uint16_t>(end.subspan(6));
    if (little_endian<std::uint32_t>(end) != trailer_magic || version == 0 || version > trailer_version) return {0x330, 0, 0};
    const auto stored = little_endian<std::uint32_t>(end.subspan(8));
    if (end[12] == 1 && stored == 0) return {trailer_version, 1, end[13]};
    if (table_crc(copy) == stored) return {trailer_version, 0, end[13]};
    return writer == Writer::G4 ? Standing{trailer_version, 0, 0} : Standing{trailer_version, 255, -1};
}

int sealed_choice(ByteView one, ByteView two, Writer writer) {
    const auto a = standing(one, writer), b = standing(two, writer);
    if (a.version == 0x7FFF) return b.version == 0x7FFF ? 0 : 2;
    if (b.version == 0x7FFF) return 1;
    if (a.version != b.version) return a.version < b.version ? 2 : 1;
    if (b.initial != 0 && b.initial != 255) return 2;
    if (a.initial != 0 && a.initial != 255) return 1;
    if (a.sequence != b.sequence) return a.sequence < b.sequence ? 2 : 1;
    if (writer == Writer::G4 || a.sequence != -1) return 1;
    return one[9] != 0 ? 1 : 2;
}

}  // namespace

Writer writer_of(std::uint16_t version) {
    if (version <= 1) return Writer::G0;
    if (version == 2) return Writer::G1;
    if (version <= 6) return Writer::G2;
    if (version < 200) return Writer::G3;
    return version <= 205 || version == 300 ? Writer::G4 : Writer::G5;
}

std::uint32_t table_crc(ByteView copy) {
    Bytes header(copy.begin(), copy.begin() + table_header), end(copy.begin() + table_trailer, copy.end());
    header[8] = 0;
    std::fill_n(end.begin() + 8, 5, std::uint8_t{0});
    std::uint32_t crc = raw_crc(header) ^ 0xFFFFFFFFu;
    for (std::uint32_t at = table_header; at < table_trailer; at += 32) crc ^= raw_crc(copy.subspan(at, std::min(32u, table_trailer - at)));
    return crc ^ raw_crc(end);
}

Writer dcd_writer_of_system(std::uint16_t version) { return version < 200 ? Writer::D1 : version <= 300 ? Writer::D2 : Writer::D3; }
Writer dcd_writer_of_bootloader(std::uint16_t version) { return version < 100 ? Writer::D1 : version < 200 ? Writer::D2 : Writer::D3; }

static DcdWriter dcd_writer(Writer writer) { return writer == Writer::D1 ? DcdWriter::D1 : writer == Writer::D2 ? DcdWriter::D2 : DcdWriter::D3; }

std::array<Range, 2> Table::sectors_of(const Layout& layout) {
    if (layout.dct.copies.size() != 2) return {};
    return {layout.dct.copies[0], layout.dct.copies[1]};
}

int Table::current(Writer writer) const {
    if (is_dcd()) return dcd_.current(dcd_writer(writer));
    const auto one = chip_.bytes(copy(1)), two = chip_.bytes(copy(2));
    if (writer >= Writer::G4) return sealed_choice(one, two, writer);
    return plain_valid(one) ? 1 : plain_valid(two) ? 2 : 0;
}

void Table::put_factory_image(bool wifi_zeroed) {
    if (is_dcd()) return dcd_.put_factory_image();
    Bytes image(2 * table_size, 0xFF);
    const auto header = default_header();
    std::copy(header.begin(), header.end(), image.begin());
    if (wifi_zeroed) std::fill(image.begin() + 0x1A30, image.begin() + 0x1C8E, std::uint8_t{0});
    const std::size_t application = layout_.dct.application_offset;
    image[application] = 0xC0;
    const auto key = published_server_key();
    std::copy(key.begin(), key.end(), image.begin() + static_cast<std::ptrdiff_t>(application + 2082));
    constexpr std::string_view address(
        "\x01\x0F"
        "device.spark.io\0",
        18);
    std::copy(address.begin(), address.end(), image.begin() + static_cast<std::ptrdiff_t>(application + 2466));
    chip_.set(copy(1).begin, image);
}

void Table::reinitialize(Writer writer) {
    if (is_dcd()) return dcd_.reinitialize(dcd_writer(writer));
    auto header = default_header();
    chip_.step("erase-first");
    chip_.erase(copy(1));
    chip_.step("defaults");
    if (writer < Writer::G4) return chip_.program(copy(1).begin, header);
    header[10] = 0;
    header[52] = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        header[96 + 36 * i] = 2;
        put32(header, 100 + 36 * i, static_cast<std::uint32_t>(34 * i));
    }
    chip_.program(copy(1).begin, header);
    chip_.program(copy(1).begin + table_trailer, trailer(0, 0, 1, 1));
    chip_.step("erase-second");
    chip_.erase(copy(2));
}

bool Table::programmed_in_place(Writer writer, int number, std::uint32_t offset, ByteView value) {
    if (writer != Writer::G2 && writer != Writer::G3) return false;
    if (offset < layout_.dct.application_offset) return false;
    const Range at = range_of(copy(number).begin + offset, static_cast<std::uint32_t>(value.size()));
    chip_.step("in-place");
    chip_.program(at.begin, value);
    const auto now = chip_.bytes(at);
    return !chip_.powered() || std::equal(now.begin(), now.end(), value.begin(), value.end());
}

void Table::write(Writer writer, std::uint32_t offset, ByteView value) {
    if (is_dcd()) return dcd_.write(dcd_writer(writer), offset, value);
    int old = current(writer);
    if (old == 0) {
        reinitialize(writer);
        old = 1;
    }
    if (offset > table_size || value.size() > table_size - offset) return;
    const auto before = chip_.bytes(copy(old));
    Bytes wanted(before.begin(), before.end());
    if (writer >= Writer::G3 && writer < Writer::G4 && std::equal(value.begin(), value.end(), wanted.begin() + offset)) return;
    std::copy(value.begin(), value.end(), wanted.begin() + offset);
    if (programmed_in_place(writer, old, offset, value)) return;
    if (writer >= Writer::G4) return rewrite_sealed(old, std::move(wanted));
    rewrite_plain(writer, old, wanted);
}

void Table::rewrite_plain(Writer writer, int old, const Bytes& wanted) {
    const Range other = copy(3 - old);
    const auto spare = chip_.bytes(other);
    chip_.step("erase-other");
    if (writer != Writer::G0 || little_endian<std::uint32_t>(spare.subspan(12)) != 0xFFFFFFFFu) chip_.erase(other);
    chip_.step("body");
    chip_.program(other.begin + table_header, ByteView(wanted).subspan(table_header));
    Bytes header(wanted.begin(), wanted.begin() + table_header);
    std::fill_n(header.begin(), 9, std::uint8_t{0});
    header[9] = header[10] = 1;
    put32(header, 12, brcm);
    put32(header, 384, 0);
    chip_.step("header");
    chip_.program(other.begin, header);
    chip_.step("erase-old");
    chip_.erase(copy(old));
}

void Table::rewrite_sealed(int old, Bytes wanted) {
    const Range before = copy(old), after = copy(3 - old);
    const auto old_trailer = chip_.bytes(before).subspan(table_trailer);
    const bool sealed = little_endian<std::uint32_t>(old_trailer) == trailer_magic;
    const auto sequence = static_cast<std::uint8_t>(sealed ? old_trailer[13] + 1 : 1);
    chip_.step("erase-other");
    chip_.erase(after);
    chip_.step("body");
    chip_.program(after.begin + table_header, ByteView(wanted).subspan(table_header, table_trailer - table_header));
    std::fill_n(wanted.begin(), 8, std::uint8_t{0});
    wanted[8] = wanted[9] = wanted[10] = 1;
    chip_.step("header");
    chip_.program(after.begin, ByteView(wanted).first(table_header));
    const auto blank = trailer(trailer_version, 0, 0, sequence);
    std::copy(blank.begin(), blank.end(), wanted.begin() + table_trailer);
    chip_.step("trailer");
    chip_.program(after.begin + table_trailer, trailer(trailer_version, table_crc(wanted), 0, sequence));
    const std::array<std::uint8_t, 1> zero{0};
    chip_.step("complete-mark");
    chip_.program(after.begin + 8, zero);
    chip_.step("retire-old");
    chip_.program(before.begin + 9, zero);
    chip_.step("retire-trailer");
    chip_.program(before.begin + 0x3FFC, zero);
}

void Table::reseal(int number) {
    if (is_dcd()) return dcd_.reseal(number);
    const auto now = chip_.bytes(copy(number));
    Bytes in_use(now.begin(), now.end());
    in_use[9] = 1;  // a superseded copy was sealed when it was the current one
    Bytes crc(4);
    put32(crc, 0, table_crc(in_use));
    chip_.set(copy(number).begin + table_trailer + 8, crc);
}

}  // namespace photopsy::sample
