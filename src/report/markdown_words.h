#pragma once
// Prose for Markdown as GitHub (CommonMark) and Discourse (markdown-it with typographer and linkifier) read it.
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// One line of prose. Nothing in it becomes markup, a mention, a hashtag, an emoji, a link or another sign: words that could (addresses, host and
/// file names, anything with @ or _) stand in code spans, punctuation is escaped.
std::string in_markdown(std::string_view text);

/// A code span. Backquotes inside stay: a command that is typed off must be the one that was meant.
std::string code_span(std::string_view text);

/// Lines between fences that none of them ends, as they are, marked as plain text so that no forum guesses a language.
std::string fenced(const std::vector<std::string>& lines);

/// A part that is folded away. `summary` must say enough alone: mails show nothing else.
std::string folded(std::string_view summary, std::string_view body);

/// A row of a table.
std::string table_row(const std::vector<std::string>& cells);

/// Characters, not bytes.
std::size_t length_of(std::string_view text);

}  // namespace photopsy
