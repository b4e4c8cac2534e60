#pragma once
// File formats around flash bytes: what a file says of itself, before anyone asks whether its bytes make sense. Format: docs/formats/capture.md.
#include "flash/capture.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

/// Most places that a file may name, one after the other. A HEX text that leaves every erased row of a flash out names a few thousand.
inline constexpr std::size_t most_pieces = 1u << 16;

/// What a file holds behind the place where by its own format it ends.
struct Behind {
    std::string end;            ///< "the end record": what it stands behind
    std::uint64_t offset = 0;   ///< in the file
    std::uint64_t size = 0;     ///< bytes of the file; 0 where nothing follows
    std::vector<Piece> pieces;  ///< those of the same format in it, if any
};

struct Decoded {
    std::string format = "raw";
    /// Bytes without an address: a view of the file (or of `owned`), where `pieces` is empty.
    ByteView raw;
    std::vector<std::uint8_t> owned;
    /// Bytes at addresses that the file itself names, in the order of the file: views of the file, or of `owned`.
    std::vector<Piece> pieces;
    bool ended = true;  ///< the format's own mark of the end was there, or it has none
    Behind behind;
    std::uint64_t for_other_settings = 0;  ///< bytes of a DfuSe file that are for another alternate setting than 0: not of the flash
    std::vector<CaptureProblem> problems;
    std::vector<std::string> remarks;
};

/// Reads a file as DfuSe, Intel HEX, a listing (xxd, hexdump -C, od -t x1, Format-Hex, plain digits; base64), or raw bytes with or without DFU suffix.
/// Total: what is none of these is raw.
Decoded decode(ByteView file);

/// The 16-byte suffix of USB DFU 1.1 (facts: docs/formats/capture.md). Length 0 where there is none.
struct DfuSuffix {
    std::size_t length = 0;
    std::uint16_t vendor = 0, product = 0, device = 0, dfu_version = 0;
    bool crc_good = false;
};
DfuSuffix dfu_suffix(ByteView file);

bool is_dfuse(ByteView file);
Decoded decode_dfuse(ByteView file);

bool is_intel_hex(ByteView file);
/// Addresses as the file has them. The first bad line ends it and is a problem (NotBinary) that names its number. Records behind the end record are read
/// into Decoded::behind.
Decoded decode_intel_hex(ByteView file);

bool is_hex_listing(ByteView file);
Decoded decode_hex_listing(ByteView file);

/// Lines of base64 letters, with or without a heading ("-----BEGIN CERTIFICATE-----", "begin-base64 ..."), that stand for 16 KiB or more; nothing where the
/// file is none, or its letters are wrong somewhere.
std::optional<Decoded> decode_base64_listing(ByteView file);

/// What a file is that is no flash image by its first bytes or because it is text: "a PNG picture", "text". "" where nothing speaks for it.
std::string kind_of_foreign_file(ByteView file);

}  // namespace photopsy
