#include "dfu/dct_writer.h"

#include "base/digest.h"

#include <algorithm>
#include <array>

namespace photopsy::test {
namespace {

constexpr std::uint32_t first = 0x4000, second = 0x8000, sector = 0x4000, header_size = 388, version_at = 0x3FF0;
constexpr std::uint32_t part1 = 0x20000, part2 = 0x60000;

using Sector = std::vector<std::uint8_t>;

void put32(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

Sector sector_at(const NorFlash& flash, std::uint32_t at) { return {flash.bytes.begin() + at, flash.bytes.begin() + at + sector}; }

std::uint32_t dct_crc(Sector bytes) {
    const auto raw = [&](std::uint32_t begin, std::uint32_t end) { return crc32(ByteView(bytes).subspan(begin, end - begin)) ^ 0xFFFFFFFFu; };
    bytes[8] = 0;
    std::uint32_t crc = raw(0, header_size) ^ 0xFFFFFFFFu;
    for (std::uint32_t at = header_size; at < version_at; at += 32) crc ^= raw(at, std::min(at + 32, version_at));
    put32(bytes, version_at + 8, 0);
    bytes[version_at + 12] = 0;
    return crc ^ raw(version_at, sector);
}

/// The vendor's writer programs byte by byte: so many moments for the power to fail.
bool put(NorFlash& flash, std::uint32_t at, ByteView bytes) { return flash.program(at, bytes, NorFlash::Unit::Byte); }

bool has_magic(const NorFlash& flash, std::uint32_t at) { return flash.word(at + 12) == 0x4D435242; }

bool valid_by_old_rule(const NorFlash& flash, std::uint32_t at) { return flash.bytes[at + 8] == 0 && flash.bytes[at + 9] == 1 && has_magic(flash, at); }

struct Rank {
    bool known = false;
    int version = 0, initial = 0, sequence = 0;
};

Rank rank(const NorFlash& flash, std::uint32_t at, DctCode code) {
    const std::uint8_t* bytes = flash.bytes.data() + at;
    if (flash.word(at + 4) > flash.word(at) || !has_magic(flash, at) || bytes[8] != 0) return {};
    const std::uint32_t version = flash.word(at + version_at + 4) >> 16;
    if (flash.word(at + version_at) != 0xDC0200CD || version == 0 || version > 0x370) return {true, 0x330, 0, 0};
    if (bytes[version_at + 12] == 1 && flash.word(at + version_at + 8) == 0) return {true, 0x370, 1, bytes[version_at + 13]};
    if (dct_crc(sector_at(flash, at)) == flash.word(at + version_at + 8)) return {true, 0x370, 0, bytes[version_at + 13]};
    return code == DctCode::G4 ? Rank{true, 0x370, 0, 0} : Rank{true, 0x370, 255, -1};
}

/// 0 where neither sector is valid.
std::uint32_t pick_new(const NorFlash& flash, DctCode code) {
    const Rank one = rank(flash, first, code), two = rank(flash, second, code);
    if (!one.known && !two.known) return 0;
    if (!one.known || !two.known) return one.known ? first : second;
    if (one.version != two.version) return one.version < two.version ? second : first;
    if (two.initial != 0 && two.initial != 255) return second;
    if (one.initial != 0 && one.initial != 255) return first;
    if (one.sequence != two.sequence) return one.sequence < two.sequence ? second : first;
    if (code == DctCode::G4 || one.sequence != -1) return first;
    return flash.bytes[first + 9] != 0 ? first : second;
}

std::vector<std::uint8_t> plain_header() {
    std::vector<std::uint8_t> header(header_size, 0);
    header[9] = 1;
    put32(header, 12, 0x4D435242);
    return header;
}

void reinitialise_old(NorFlash& flash) {
    flash.erase(first, sector);
    auto header = plain_header();
    header[10] = 1;
    (void)put(flash, first, header);
}

void reinitialise_new(NorFlash& flash) {
    flash.erase(first, sector);
    auto header = plain_header();
    header[52] = 1;
    for (std::uint32_t i = 0; i < 8; ++i) {
        header[96 + 36 * i] = 2;
        put32(header, 100 + 36 * i, 34 * i);
    }
    (void)put(flash, first, header);
    constexpr std::array<std::uint8_t, 16> version{0xCD, 0, 2, 0xDC, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0};
    (void)put(flash, first + version_at, version);
    flash.erase(second, sector);
}

bool write_old(NorFlash& flash, DctCode code, std::uint32_t current, std::uint32_t offset, ByteView data) {
    const std::uint32_t target = current + dct_application + offset;
    const auto equal = [&] { return std::equal(data.begin(), data.end(), flash.bytes.begin() + target); };
    if (code == DctCode::G3 && equal()) return true;
    if (code >= DctCode::G2 && put(flash, target, data)) return true;
    const std::uint32_t other = current == first ? second : first;
    Sector body = sector_at(flash, current);
    std::copy(data.begin(), data.end(), body.begin() + dct_application + offset);
    if (code == DctCode::G0 ? flash.word(other + 12) != 0xFFFFFFFF : !all_erased(sector_at(flash, other))) flash.erase(other, sector);
    if (!put(flash, other + header_size, ByteView(body).subspan(header_size))) return false;
    std::vector<std::uint8_t> header(body.begin(), body.begin() + header_size);
    std::fill_n(header.begin(), 8, std::uint8_t{0});
    header[8] = 0;
    header[9] = header[10] = 1;
    put32(header, 384, 0);
    if (!put(flash, other, header)) return false;
    flash.erase(current, sector);
    return true;
}

bool write_new(NorFlash& flash, std::uint32_t current, std::uint32_t offset, ByteView data) {
    const std::uint32_t other = current == first ? second : first;
    const bool numbered = flash.word(current + version_at) == 0xDC0200CD;
    Sector next = sector_at(flash, current);
    std::copy(data.begin(), data.end(), next.begin() + dct_application + offset);
    next[8] = next[9] = next[10] = 1;  // app_valid too, also after a re-initialisation, which clears it
    const std::array<std::uint8_t, 16> version{
        0xCD, 0, 2, 0xDC, 0, 0, 0x70, 3, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(numbered ? next[version_at + 13] + 1 : 1), 0, 0};
    std::copy(version.begin(), version.end(), next.begin() + version_at);
    put32(next, version_at + 8, dct_crc(next));
    constexpr std::array<std::uint8_t, 1> zero{0};
    flash.erase(other, sector);
    if (!put(flash, other + header_size, ByteView(next).subspan(header_size, version_at - header_size))) return false;
    if (!put(flash, other, ByteView(next).first(header_size)) || !put(flash, other + version_at, ByteView(next).subspan(version_at))) return false;
    return put(flash, other + 8, zero) && put(flash, current + 9, zero) && put(flash, current + version_at + 12, zero);
}

struct ModuleHead {
    bool sound = false;
    std::uint16_t version = 0, needs_version = 0;
    std::uint8_t needs_function = 0, needs_index = 0;
};

/// A module at `at`, its header behind a vector table if there is one; sound where its CRC-32 (big endian behind the end) fits.
ModuleHead module_at(const NorFlash& flash, std::uint32_t at) {
    const std::uint32_t head = (flash.word(at) & 0x2FF10000) == 0x20000000 ? at + 0x184 : at;
    const std::uint32_t start = flash.word(head), end = flash.word(head + 4);
    if (start != 0x08000000 + at || end <= start + 24 || end > 0x08000000 + at + 0x40000 - 4) return {};
    const std::uint32_t length = end - start;
    const ByteView bytes = ByteView(flash.bytes).subspan(at, length + 4);
    const std::uint32_t version = flash.word(head + 8) >> 16, needs = flash.word(head + 16);
    return {crc32(bytes.first(length)) == big_endian<std::uint32_t>(bytes.subspan(length)), static_cast<std::uint16_t>(version),
            static_cast<std::uint16_t>(needs >> 16), static_cast<std::uint8_t>(needs), static_cast<std::uint8_t>(needs >> 8)};
}

}  // namespace

bool has_header(const NorFlash& flash, std::uint32_t at) {
    const std::uint32_t head = (flash.word(at) & 0x2FF10000) == 0x20000000 ? at + 0x184 : at;
    return flash.word(head) == 0x08000000 + at && flash.word(head + 4) > flash.word(head) && flash.word(head + 4) <= 0x08100000;
}

bool is_sound_module(const NorFlash& flash, std::uint32_t at) { return module_at(flash, at).sound; }

std::uint16_t bootloader_version(const NorFlash& flash) { return static_cast<std::uint16_t>(flash.word(0x184 + 8) >> 16); }

std::optional<DctCode> dct_code_for_dfu(const NorFlash& flash) {
    const std::uint16_t bootloader = bootloader_version(flash);
    if (bootloader <= 2) return DctCode::G0;
    if (bootloader == 3) return DctCode::G1;  // one of its two builds; the number does not tell them apart
    if (bootloader <= 4) return DctCode::G2;
    if (bootloader < 100) return DctCode::G3;
    const ModuleHead two = module_at(flash, part2), one = module_at(flash, part1);
    if (!two.sound || two.version < 200 || !one.sound) return std::nullopt;
    if (two.needs_function == 4 && two.needs_index == 1 && one.version < two.needs_version) return std::nullopt;
    return (two.version <= 205 || two.version == 300) ? DctCode::G4 : DctCode::G5;
}

std::uint32_t current_dct(NorFlash& flash, DctCode code) {
    if (code >= DctCode::G4) {
        if (const std::uint32_t picked = pick_new(flash, code)) return picked;
        reinitialise_new(flash);
        return first;
    }
    if (valid_by_old_rule(flash, first)) return first;
    if (valid_by_old_rule(flash, second)) return second;
    reinitialise_old(flash);
    return first;
}

bool write_dct(NorFlash& flash, DctCode code, std::uint32_t application_offset, ByteView data) {
    const std::uint32_t current = current_dct(flash, code);
    if (application_offset > sector - dct_application || data.size() > sector - dct_application - application_offset) return false;
    return code >= DctCode::G4 ? write_new(flash, current, application_offset, data) : write_old(flash, code, current, application_offset, data);
}

}  // namespace photopsy::test
