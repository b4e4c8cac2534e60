#pragma once
// A copy of a device's flash: bytes at addresses, and which of them the file really held.
#include "base/bytes.h"

#include <vector>

namespace photopsy {

/// Bytes and where they belong.
struct Piece {
    Address at = 0;
    ByteView bytes;
};

class Image {
public:
    /// An image of the flash `whole` of which nothing is known yet (every byte reads as erased, none is present).
    explicit Image(Range whole);
    /// An image that holds exactly `bytes`, from `base` on.
    Image(std::vector<std::uint8_t> bytes, Address base);

    /// Puts `bytes` at `at`. What lies outside range() is dropped. Later writes win.
    void put(Address at, ByteView bytes);
    /// The same for many pieces, in their order; as fast for a hundred thousand as for one.
    void put_all(std::span<const Piece> pieces);

    Range range() const { return {base_, base_ + static_cast<Address>(bytes_.size())}; }
    /// Ranges that the file held: sorted, disjoint, never touching.
    std::span<const Range> present() const { return present_; }
    /// True where every byte of `at` was in the file. True for an empty range inside range(). A range that ends before it begins
    /// (address plus hostile length, wrapped) holds nothing.
    bool has(Range at) const;
    /// The bytes of `at` if the file held them all; an empty view otherwise.
    ByteView bytes(Range at) const;
    /// All of range(); what the file did not hold reads as erased.
    ByteView everything() const { return bytes_; }
    /// The longest leading part of `at` that the file held (possibly empty).
    ByteView leading(Range at) const;
    /// A cursor over leading(at): reads past what the file held give 0 and make ok() false.
    Reader reader(Range at) const { return Reader(leading(at), at.begin); }
    /// True where the file held all of `at` and every byte of it is 0xFF.
    bool erased(Range at) const { return has(at) && all_erased(bytes(at)); }

private:
    /// Copies what lies inside the image; the range that was.
    Range copy(const Piece&);
    /// The part of the file that holds the address; null where none does.
    const Range* part_with(Address) const;

    Address base_;
    std::vector<std::uint8_t> bytes_;
    std::vector<Range> present_;
};

}  // namespace photopsy
