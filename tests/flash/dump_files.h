#pragma once
// Dump files as people have them, from the bytes of a flash: pieces of it, joined, and in the formats that name addresses.
#include "catch.h"
#include "flash/capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace photopsy::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
inline Capture read(const Bytes& file) { return recognize(file, "dump.bin", "", layout_for(file)); }

inline Bytes cut(const Bytes& flash, std::size_t begin, std::size_t end) {
    return {flash.begin() + static_cast<std::ptrdiff_t>(begin), flash.begin() + static_cast<std::ptrdiff_t>(end)};
}
inline Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
inline Bytes repeated(const Bytes& block, std::size_t times) {
    Bytes all;
    for (std::size_t i = 0; i < times; ++i) all = std::move(all) + block;
    return all;
}

/// All that a capture says of its file, a line each.
inline std::string said(const Capture& capture) {
    std::string all;
    for (const auto& problem : capture.problems) all += problem.detail + "\n";
    for (const auto& remark : capture.remarks) all += remark + "\n";
    return all;
}

inline std::set<CaptureDefect> defects(const Capture& capture) {
    std::set<CaptureDefect> found;
    for (const auto& problem : capture.problems) {
        INFO(problem.detail);
        CHECK_FALSE(problem.detail.empty());
        CHECK(problem.where.begin <= problem.where.end);
        found.insert(problem.defect);
    }
    return found;
}

inline void expect(const char* what, const Bytes& file, std::set<CaptureDefect> wanted) {
    INFO(what);
    const auto capture = read(file);
    for (const auto& problem : capture.problems) UNSCOPED_INFO(problem.detail);
    CHECK(defects(capture) == wanted);
}

/// Every byte that the capture holds stands where the flash has it.
inline void check_in_place(const Capture& capture, const Bytes& flash) {
    for (const auto part : capture.image.present()) {
        const auto bytes = capture.image.bytes(part);
        INFO(fmt::format("0x{:08x} to 0x{:08x}", part.begin, part.end));
        CHECK(std::equal(bytes.begin(), bytes.end(), flash.begin() + (part.begin - 0x08000000)));
    }
}

inline void append_u32(Bytes& bytes, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// With the 16 bytes of a DFU suffix behind it.
inline Bytes with_suffix(Bytes file, std::uint8_t version_low = 0x00) {
    const std::uint8_t fields[] = {0xFF, 0xFF, 0x06, 0xD0, 0x04, 0x2B, version_low, 0x01, 'U', 'F', 'D', 16};
    file.insert(file.end(), fields, fields + 12);
    append_u32(file, crc32(file) ^ 0xFFFFFFFFu);
    return file;
}

/// A DfuSe file of one target, without its suffix.
inline Bytes dfuse_body(const std::vector<std::pair<Address, Bytes>>& elements, std::uint8_t alternate = 0) {
    Bytes target;
    for (const auto& [address, bytes] : elements) {
        append_u32(target, address);
        append_u32(target, static_cast<std::uint32_t>(bytes.size()));
        target.insert(target.end(), bytes.begin(), bytes.end());
    }
    auto file = bytes_of("DfuSe\1");
    append_u32(file, static_cast<std::uint32_t>(11 + 274 + target.size()));
    file.push_back(1);
    for (char c : {'T', 'a', 'r', 'g', 'e', 't'}) file.push_back(static_cast<std::uint8_t>(c));
    file.push_back(alternate);
    append_u32(file, 0);
    file.resize(file.size() + 255);
    append_u32(file, static_cast<std::uint32_t>(target.size()));
    append_u32(file, static_cast<std::uint32_t>(elements.size()));
    file.insert(file.end(), target.begin(), target.end());
    return file;
}
inline Bytes dfuse(const std::vector<std::pair<Address, Bytes>>& elements, std::uint8_t alternate = 0) {
    return with_suffix(dfuse_body(elements, alternate), 0x1A);
}

/// One line of Intel HEX.
inline std::string hex_record(std::uint16_t offset, std::uint8_t type, ByteView data) {
    auto line = fmt::format(":{:02X}{:04X}{:02X}", data.size(), offset, type);
    unsigned sum = static_cast<unsigned>(data.size()) + offset / 256u + offset % 256u + type;
    for (auto byte : data) {
        line += fmt::format("{:02X}", byte);
        sum += byte;
    }
    return line + fmt::format("{:02X}\r\n", (256u - sum % 256u) % 256u);
}

enum class ErasedRows { Written, LeftOut };
inline constexpr std::string_view end_record = ":00000001FF\n";

/// The bytes from `base` on as Intel HEX, without the end record.
inline std::string hex_rows(const Bytes& flash, std::uint32_t base, ErasedRows rows = ErasedRows::Written) {
    std::string text;
    for (std::uint32_t at = 0; at < flash.size(); at += 32) {
        const std::uint32_t address = base + at;
        if (at == 0 || address % 0x10000 == 0) {
            const std::uint8_t upper[] = {static_cast<std::uint8_t>(address >> 24), static_cast<std::uint8_t>(address >> 16)};
            text += hex_record(0, 4, upper);
        }
        const auto row = ByteView(flash).subspan(at, std::min<std::size_t>(32, flash.size() - at));
        if (rows == ErasedRows::Written || !all_erased(row)) text += hex_record(static_cast<std::uint16_t>(address), 0, row);
    }
    return text;
}
inline std::string intel_hex(const Bytes& flash, std::uint32_t base, ErasedRows rows = ErasedRows::Written) {
    return hex_rows(flash, base, rows) + std::string(end_record);
}

}  // namespace photopsy::test
