#pragma once
// The journal of a repair as text: which plan, and a line for each step that was begun and each that was done. No secret stands in it. Who keeps it on a medium
// writes the whole text anew each time: it is small.
#include "base/result.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace photopsy {

class JournalText {
public:
    explicit JournalText(std::string_view plan_sha256);
    /// What an earlier run of the same plan kept. A last line that was torn off does not count, the first one neither; another plan's is refused, and so is a
    /// line that photopsy did not write: what it is, as the end of a sentence that begins with its name.
    static Result<JournalText> read(std::string_view text, std::string_view plan_sha256);

    void add_begin(std::size_t step) { add(step, "begin"); }
    void add_done(std::size_t step) { add(step, "done"); }
    const std::string& text() const { return text_; }
    /// Steps that the earlier run began and did not live to see the end of.
    const std::set<std::size_t>& left_open() const { return left_open_; }

private:
    void add(std::size_t step, std::string_view event);
    std::string text_;
    std::set<std::size_t> left_open_;
};

}  // namespace photopsy
