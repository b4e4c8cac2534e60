#pragma once
// Puts the raw bytes of a file at their flash addresses, and says what is wrong with the file on the way.
#include "flash/anchors.h"
#include "flash/capture.h"

#include <optional>

namespace photopsy {

/// Places `file`, whose first byte is taken to be the flash's first unless its own marks say otherwise, into capture.image.
/// Adds Truncated, DctOnly, Shifted, Oversized, Byteswapped, BytesLost or (where nothing is recognized) NotBinary or OtherPlatform.
void place(ByteView file, const Layout& layout, Capture& capture);

/// Order in which bytes of a file were swapped: the index i of a byte became i xor this. 0: not swapped.
enum class ByteOrder : std::uint8_t { Straight = 0, Halfwords = 1, Words = 3, HalfwordsInWords = 2 };
std::vector<std::uint8_t> reordered(ByteView file, ByteOrder order);

/// A point of the file behind which everything belongs `lost` bytes later.
struct Loss {
    std::size_t known_until = 0;  ///< file offset up to which the bytes before are certain
    std::size_t known_from = 0;   ///< file offset from which on the bytes behind are certain
    Shift before = 0, after = 0;  ///< shifts on either side; after > before
};

/// Where bytes were lost between anchors, at most `most` in all. Empty where the anchors agree on one shift.
std::vector<Loss> find_losses(ByteView file, const std::vector<Anchor>& anchors, Shift first, Shift most);

/// A loss in the last module of a file whose anchors all stand in place, which was filled up to the flash's size: that module's own end stands early by a
/// number of bytes that is no whole word, or by as many as something behind it does (the factory image). Where it ends where it should, one look.
std::optional<Loss> find_hidden_loss(ByteView file, const std::vector<Anchor>& anchors, const Layout& layout, Shift most);

/// What stands in a file behind the flash's last byte, compared with the flash before it.
struct Tail {
    enum class Kind { Other, OneByte, SameDump, OtherRead, SameBeginning, OtherDump } kind = Kind::Other;
    std::size_t size = 0;
    std::uint8_t byte = 0;            ///< OneByte: the one
    std::size_t different = 0;        ///< OtherRead: bytes that are not alike
    std::size_t first = 0, last = 0;  ///< OtherRead: the first and last of them, counted from the first byte of `flash`

    /// The file then holds two dumps, and nobody knows which of them is the flash.
    bool contradicts() const { return kind == Kind::OtherRead || kind == Kind::OtherDump; }
};
/// `flash` are the flash's bytes in the file, from the one numbered `missing` on (0: the flash is complete); `tail` is what follows. A second dump in the tail
/// may have the start that the first lacks, or lack it too. Never OtherDump: that takes the marks of a flash in it.
Tail compare_tail(ByteView flash, ByteView tail, std::size_t missing);
/// "512 bytes follow that repeat its beginning".
std::string words_of(const Tail&);

/// The file's table copy at `offset` is all that is known of it: that copy is put at the first one's place, and said to be either.
void note_one_copy(ByteView file, std::size_t offset, const Layout& layout, Capture& capture);

/// The 16 KiB application data that DFU alternate setting 1 gives, or a copy of the table or both: placed and named. False where it is neither.
bool place_table_only(ByteView file, const Layout& layout, Capture& capture);

/// A file that has more bytes in its middle than the flash: what stands behind them is read where it belongs. False, and nothing done, where none has.
bool place_with_gains(ByteView file, const Layout& layout, Capture& capture);

/// A file that begins again from its own first byte, behind bootloader and table: what stands before that is read. False, and nothing done, where it does not.
bool place_restarted(ByteView file, const Layout& layout, Capture& capture);

}  // namespace photopsy
