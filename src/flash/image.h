#pragma once
// A copy of a device's flash, or of both where it has two: bytes at addresses, and which of them the files really held.
#include "base/bytes.h"

#include <memory>
#include <vector>

namespace photopsy {

/// Bytes and where they belong.
struct Piece {
    Address at = 0;
    ByteView bytes;
};

/// A copy shares its bytes with what it was made from, until a put() to one of them; a view of an image's bytes holds until a put() to that image.
class Image {
public:
    /// An image of the flash `whole` of which nothing is known yet (every byte reads as erased, none is present).
    explicit Image(Range whole);
    /// The same, to be filled from `file`, the bytes of a dump file: where a put() gives a view of them that is the whole flash, they become the image as they
    /// are. Until put() or settle() everything() may not be asked for.
    Image(Range whole, std::vector<std::uint8_t> file);
    /// Ends the filling: what no put() gave reads as erased.
    void settle();
    /// Lets go of the file where the image does not lie in it.
    void release_file();
    /// The bytes that it was to be filled from.
    ByteView file() const { return file_ ? ByteView(*file_) : ByteView(); }
    /// An image that holds exactly `bytes`, from `base` on.
    Image(std::vector<std::uint8_t> bytes, Address base);

    /// Makes room for the bytes of a second flash, of which nothing is known yet. The two do not touch: an address belongs to one flash.
    void add_flash(Range whole);

    /// Puts `bytes` at `at`. What lies outside every flash is dropped. Later writes win.
    void put(Address at, ByteView bytes);
    /// The same for many pieces, in their order; as fast for a hundred thousand as for one.
    void put_all(std::span<const Piece> pieces);

    /// The same flash, of which the file held no more than what of `parts` it held.
    Image with_only(std::span<const Range> parts) const;

    /// The (first) flash.
    Range range() const { return flashes_.front().at; }
    /// The flash that holds an address; empty where none does.
    Range flash_at(Address at) const;
    /// Ranges that the file held: sorted, disjoint, never touching.
    std::span<const Range> present() const { return present_; }
    /// True where every byte of `at` was in the file. True for an empty range inside range(). A range that ends before it begins
    /// (address plus hostile length, wrapped) holds nothing.
    bool has(Range at) const;
    /// The bytes of `at` if the file held them all; an empty view otherwise.
    ByteView bytes(Range at) const;
    /// All of range(); what the file did not hold reads as erased.
    ByteView everything() const { return stretch(range()); }
    /// The longest leading part of `at` that the file held (possibly empty).
    ByteView leading(Range at) const;
    /// A cursor over leading(at): reads past what the file held give 0 and make ok() false.
    Reader reader(Range at) const { return Reader(leading(at), at.begin); }
    /// True where the file held all of `at` and every byte of it is 0xFF.
    bool erased(Range at) const { return has(at) && all_erased(bytes(at)); }

private:
    /// Copies what lies inside a flash and notes where.
    void copy(const Piece&);
    /// Takes a view of the whole flash in file_ as it is; false where the piece is none.
    bool take(const Piece&);
    /// From now on the bytes lie in bytes_, which no copy of this image sees.
    void own();
    ByteView held() const { return !in_place_.empty() ? in_place_ : bytes_ ? ByteView(*bytes_) : ByteView(); }
    /// The part of the file that holds the address; null where none does.
    const Range* part_with(Address) const;

    /// One flash: its addresses, and where its bytes begin in what is held.
    struct Flash {
        Range at;
        std::size_t offset = 0;
    };
    /// The flash that holds an address; the first where none does.
    const Flash& flash_of(Address at) const;
    ByteView stretch(Range at) const;  ///< its bytes; the range must lie in one flash

    std::vector<Flash> flashes_;                             // one or two
    std::shared_ptr<std::vector<std::uint8_t>> bytes_;       // shared by copies until one of them is changed
    std::shared_ptr<const std::vector<std::uint8_t>> file_;  // shared by copies; never changed
    ByteView in_place_;                                      // of file_; empty: the bytes lie in bytes_
    std::vector<Range> present_;
};

}  // namespace photopsy
