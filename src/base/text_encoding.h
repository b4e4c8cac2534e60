#pragma once
// How the letters of a text file are stored. Editors and shells of Windows write 16 bits a letter, or a mark before letters of 8 (The Unicode Standard,
// sections 3.10 and 23.8).
#include "base/bytes.h"

#include <string>

namespace photopsy {

enum class TextEncoding : std::uint8_t {
    Bytes,              ///< one byte a letter, no mark: ASCII, UTF-8, a code page, or no text at all
    Utf8WithMark,       ///< EF BB BF before it
    Utf16LittleEndian,  ///< FF FE before it, or a zero behind each of the first four letters
    Utf16BigEndian,     ///< FE FF before it, or a zero before each of them
};

/// By the mark at the beginning, else by the zeros of its first eight bytes. Any bytes, none too.
TextEncoding text_encoding(ByteView bytes);

/// Bytes of the mark at the beginning: 0, 2 or 3.
std::size_t encoding_mark_size(ByteView bytes);

/// The text behind the mark with one byte a letter. Of letters of 16 bits those that are not ASCII become 0x1A (SUBSTITUTE), and half a letter at the end is
/// left out; bytes of 8 bits stay as they are.
std::string as_ascii(ByteView bytes);

}  // namespace photopsy
