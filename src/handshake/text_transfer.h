#pragma once
// Binary files that went through a transfer in text mode (FTP's ASCII mode, a shell, an editor, a version control that takes them for text): what they were.
// The rewriting alone is looked at here; whether a key comes out, the readers of keys decide. What comes out may be secret.
#include "base/bytes.h"

#include <span>
#include <string_view>
#include <vector>

namespace photopsy {

struct UndoneTransfer {
    std::vector<std::uint8_t> bytes;      ///< what stood in front before the transfer
    std::string_view what;                ///< what it had done, to end a sentence with: "each of its bytes 0A became 0D 0A"
    bool exact = true;                    ///< false: one of several ways back, and only a whole key tells which is the right one
    bool feeds = false, letters = false;  ///< of an exact one: 0A became 0D 0A; bytes from 80 on became letters of UTF-8
};

/// All ways back that the bytes allow, the likeliest first: none where nothing in them looks rewritten. `longest`: bytes of a key file of the kind that is
/// looked for, as it was.
std::vector<UndoneTransfer> undo_text_transfer(ByteView, std::size_t longest);

/// What the same transfer makes of other bytes; `like` must be exact.
std::vector<std::uint8_t> redo_text_transfer(ByteView, const UndoneTransfer& like);

/// What a transfer did that changed or dropped one kind of byte only, told by the file as it was.
struct ChangedCharacters {
    std::string_view what;  ///< "" where the bytes are none of the files after any such transfer
    std::size_t file = 0;   ///< which of the files
    std::uint8_t from = 0;
    int to = -1;  ///< -1: dropped
};
ChangedCharacters changed_characters(ByteView, std::span<const std::vector<std::uint8_t>> files);
std::vector<std::uint8_t> with_characters_changed(ByteView, const ChangedCharacters& like);

/// What a transfer did that left too little of a key: "each of its bytes from 80 on became a question mark (3F)". "" where no key is seen that this befell.
std::string_view lost_in_text_transfer(ByteView);

inline constexpr std::string_view text_transfer_words = "the key went through a transfer in text mode: ";
inline constexpr std::string_view nothing_left_words = ", and what stood there is lost";
inline constexpr std::string_view undone_transfer_method = "with the transfer in text mode undone";

}  // namespace photopsy
