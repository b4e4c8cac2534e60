#pragma once
// What vouches for the bytes in a container: libarchive neither reads the trailer of gzip nor says whether there is a checksum at all.
#include "base/result.h"
#include "flash/capture.h"

#include <string_view>

namespace photopsy {

/// All members of a gzip file (RFC 1952), one after the other; zeros may follow. A wrong CRC-32 or size, bytes that are no member, and more than `most` bytes
/// in all are errors: the end of a sentence that begins with the container's name.
Result<std::vector<std::uint8_t>> unpack_gzip(ByteView file, std::uint64_t most);

/// unpack() of capture.h for those who have less room: more than `most` bytes are an error.
Result<Unpacked> unpack_at_most(std::vector<std::uint8_t> bytes, std::string name, std::uint64_t most);

/// True where every part of a packed stream carries a checksum of its content: of xz its block check (format 1.1.0, 2.1.1.2), of zstd the frame's
/// content checksum (RFC 8878, 3.1.1). Other containers always do. False also where the stream cannot be followed.
bool carries_checksum(ByteView file);

/// Why bytes of a zip or 7z archive belong to nothing in it, or its directory is missing: the end of a sentence as above. "" where every byte belongs to it,
/// and of other containers, whose readers see to it. (PKWARE APPNOTE 4.3.16; 7zFormat.txt, SignatureHeader.)
std::string_view stray_bytes(ByteView file);

}  // namespace photopsy
