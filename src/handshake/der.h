#pragma once
// A lenient cursor over DER: definite lengths of up to two octets, non-minimal numbers allowed (the firmware writes such keys).
#include "base/bytes.h"

namespace photopsy {

class DerReader {
public:
    explicit DerReader(ByteView bytes) : bytes_(bytes) {}

    /// Contents of the next element if it has this tag and lies wholly in the bytes; else empty, and ok() is false for good.
    ByteView enter(std::uint8_t tag) {
        const std::size_t header = header_size();
        if (!ok_ || header == 0 || bytes_[position_] != tag) return fail();
        const std::size_t length = content_length();
        if (bytes_.size() - position_ - header < length) return fail();
        const ByteView content = bytes_.subspan(position_ + header, length);
        position_ += header + length;
        return content;
    }
    bool ok() const { return ok_; }
    std::size_t position() const { return position_; }

private:
    ByteView fail() {
        ok_ = false;
        return {};
    }
    /// Octets of tag and length; 0 where they are not there or of a form that keys do not have.
    std::size_t header_size() const {
        if (bytes_.size() - position_ < 2) return 0;
        const std::uint8_t first = bytes_[position_ + 1];
        const std::size_t size = first < 0x80 ? 2 : first == 0x81 ? 3 : first == 0x82 ? 4 : 0;
        return bytes_.size() - position_ < size ? 0 : size;
    }
    std::size_t content_length() const {
        const std::uint8_t first = bytes_[position_ + 1];
        if (first < 0x80) return first;
        return first == 0x81 ? bytes_[position_ + 2] : big_endian<std::uint16_t>(bytes_.subspan(position_ + 2));
    }

    ByteView bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

}  // namespace photopsy
