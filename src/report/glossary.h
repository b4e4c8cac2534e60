#pragma once
// The words that reports use, apart from the ids of causes and findings, which their own tables explain.
#include <span>
#include <string_view>

namespace photopsy {

struct GlossaryEntry {
    std::string_view words;    ///< spellings as reports have them, between bars: "erased|empty"
    std::string_view subject;  ///< heading of the list: "Verdicts"
    std::string_view what;     ///< one or two sentences
    std::string_view why;      ///< why the device, or the reader, cares; "" where `what` says it
    std::string_view light;    ///< what the owner sees then; "" where nothing
    std::string_view sure;     ///< how sure it is; "" where the word is a plain fact
    std::string_view todo;     ///< "" where nothing is to be done
};

std::span<const GlossaryEntry> glossary_of_verdicts();
std::span<const GlossaryEntry> glossary_of_places();
std::span<const GlossaryEntry> glossary_of_states();
std::span<const GlossaryEntry> glossary_of_lights();

/// The entry with this spelling, whatever its case; blanks, '-' and '_' are one, a number at the end is left out ("DCT copy 2", "dct2", "system-part1"). Null
/// where there is none.
const GlossaryEntry* find_in_glossary(std::string_view word);

}  // namespace photopsy
