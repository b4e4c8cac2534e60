#pragma once
// Lines of a text that lies in memory, and hexadecimal digits in them.
#include "base/bytes.h"

#include <string_view>
#include <vector>

namespace photopsy {

class Lines {
public:
    explicit Lines(ByteView text) : text_(reinterpret_cast<const char*>(text.data()), text.size()) {}

    /// The next line without its line end and outer blanks; false at the end of the text.
    bool next(std::string_view& line);
    std::size_t number() const { return number_; }  ///< of the last line, counted from 1
    std::size_t offset() const { return offset_; }  ///< of the last line, in bytes

private:
    std::string_view text_;
    std::size_t number_ = 0, offset_ = 0, position_ = 0;
};

/// Value of a hexadecimal digit, or -1.
int hex_digit(char c);

/// Appends pairs of hexadecimal digits to `bytes`. False where there is anything else (what stood before it was appended).
bool append_hex(std::string_view digits, std::vector<std::uint8_t>& bytes);

}  // namespace photopsy
