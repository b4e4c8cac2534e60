#pragma once
// How commands lay out text for people: width, colour, characters, as the terminal has them or as the options ask.
#include "base/result.h"
#include "cli/definition.h"
#include "cli/session.h"
#include "report/text_paint.h"

#include <string>
#include <string_view>

namespace photopsy {

/// --color, --ascii, --width.
struct TextOptions {
    std::string colour = "auto";
    bool ascii = false;
    unsigned width = 0;  ///< 0: the terminal's
};
void add_text_options(CommandDefinition& command, TextOptions&);

enum class TextPlace { StandardOutput, File };

/// The brush for text that goes there: colour on a terminal that has it, UTF-8 where the reader can show it. One sentence for a word that --color does not
/// know.
Result<Paint> asked_paint(const TextOptions&, const Terminal&, TextPlace);

/// Lines of text as they fit: longer ones are wrapped and set in under their last column; lines to type, PEM and other words without blanks stay in one piece.
/// In ASCII where the brush is. Headings are strong; good and bad signs and "BAD" have their colours.
std::string laid_out(std::string_view text, const Paint&);

}  // namespace photopsy
