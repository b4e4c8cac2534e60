#include "flash/container_checks.h"

#include <algorithm>
#include <array>

namespace photopsy {

namespace {

constexpr std::uint32_t zstd_magic = 0xFD2FB528, skippable_magic = 0x184D2A50;

/// Size of a zstd frame's header behind its magic number, by the descriptor byte.
std::size_t header_size(std::uint8_t descriptor) {
    static constexpr std::array<std::size_t, 4> of_dictionary = {0, 1, 2, 4}, of_content = {0, 2, 4, 8};
    const bool single_segment = (descriptor & 0x20) != 0;
    const std::size_t content = descriptor >> 6 ? of_content[descriptor >> 6] : single_segment ? 1 : 0;
    return 1 + (single_segment ? 0 : 1) + of_dictionary[descriptor & 3] + content;
}

/// The whole frame that begins `file`; 0 where it cannot be followed.
std::size_t frame_size(ByteView file) {
    std::size_t at = 4 + header_size(file[4]);
    constexpr std::uint32_t run = 1;
    for (bool last = false; !last;) {
        if (at + 3 > file.size()) return 0;
        const std::uint32_t head = file[at] | static_cast<std::uint32_t>(file[at + 1]) << 8 | static_cast<std::uint32_t>(file[at + 2]) << 16;
        last = (head & 1) != 0;
        at += 3 + ((head >> 1 & 3) == run ? 1 : head >> 3);
    }
    return at + 4;
}

bool zstd_carries_checksum(ByteView file) {
    while (file.size() >= 8) {
        std::size_t size = 0;
        if ((little_endian<std::uint32_t>(file) & 0xFFFFFFF0) == skippable_magic) {
            size = 8 + std::size_t{little_endian<std::uint32_t>(file.subspan(4))};
        } else {
            const bool checked = little_endian<std::uint32_t>(file) == zstd_magic && (file[4] & 4) != 0;
            size = checked ? frame_size(file) : 0;
        }
        if (size == 0 || size > file.size()) return false;
        file = file.subspan(size);
    }
    return file.empty();
}

template <std::size_t length>
bool has_magic(ByteView file, const std::array<std::uint8_t, length>& magic) {
    return file.size() >= length && std::equal(magic.begin(), magic.end(), file.begin());
}

constexpr std::string_view bytes_follow = "is damaged: bytes follow that belong to it no more";

/// The end of the directory is the last thing in a zip, but for a comment whose length it knows.
std::string_view stray_in_zip(ByteView file) {
    constexpr std::array<std::uint8_t, 4> end_of_directory = {'P', 'K', 5, 6};
    constexpr std::size_t size_of_end = 22, longest_comment = 0xFFFF;
    constexpr std::uint32_t in_zip64 = 0xFFFFFFFF;
    const std::size_t first = file.size() > size_of_end + longest_comment ? file.size() - size_of_end - longest_comment : 0;
    for (std::size_t at = file.size() < size_of_end ? 0 : file.size() - size_of_end + 1; at-- > first;) {
        const auto end = file.subspan(at);
        if (!has_magic(end, end_of_directory)) continue;
        const std::uint64_t size = little_endian<std::uint32_t>(end.subspan(12)), offset = little_endian<std::uint32_t>(end.subspan(16));
        if (at + size_of_end + little_endian<std::uint16_t>(end.subspan(20)) != file.size()) return bytes_follow;
        const bool whole = offset == in_zip64 || size == in_zip64 || offset + size == at;
        return whole ? "" : "is damaged: bytes stand in front of it, or its directory is not where it says";
    }
    return "is damaged: its directory is missing";
}

std::string_view stray_in_7z(ByteView file) {
    constexpr std::size_t signature_header = 32;
    if (file.size() < signature_header) return "is damaged: it ends early";
    const auto offset = little_endian<std::uint64_t>(file.subspan(12)), size = little_endian<std::uint64_t>(file.subspan(20));
    const auto room = file.size() - signature_header;
    if (offset > room || size > room - offset) return "is damaged: it ends early";
    return size == room - offset ? "" : bytes_follow;
}

}  // namespace

std::string_view stray_bytes(ByteView file) {
    if (has_magic(file, std::array<std::uint8_t, 4>{'P', 'K', 3, 4})) return stray_in_zip(file);
    return has_magic(file, std::array<std::uint8_t, 4>{'7', 'z', 0xBC, 0xAF}) ? stray_in_7z(file) : "";
}

bool carries_checksum(ByteView file) {
    constexpr std::array<std::uint8_t, 6> xz = {0xFD, '7', 'z', 'X', 'Z', 0};
    if (file.size() > 8 && std::equal(xz.begin(), xz.end(), file.begin())) return (file[7] & 0x0F) != 0;
    return file.size() < 8 || little_endian<std::uint32_t>(file) != zstd_magic || zstd_carries_checksum(file);
}

}  // namespace photopsy
