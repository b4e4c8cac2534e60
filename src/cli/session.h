#pragma once
// One run of the program as its commands see it: where to write, what the terminal can do, and the exit status so far.
#include <functional>
#include <string>
#include <string_view>

namespace photopsy {

// Exit status of the program (docs/architecture.md, "Exit status"). Of several, the highest counts.
inline constexpr int exit_good = 0;
inline constexpr int exit_problem = 1;
inline constexpr int exit_unable = 2;   ///< photopsy could not do its work: file not to be opened, bad usage, output not writable
inline constexpr int exit_device = 3;   ///< USB or device failure
inline constexpr int exit_differs = 4;  ///< what was written to a device reads back otherwise

/// What the output can show. Found out once, at the edge (terminal.h); everything behind is given it.
struct Terminal {
    bool output_is_tty = false;
    bool errors_are_tty = false;
    bool input_is_tty = false;
    bool dumb = false;       ///< TERM=dumb: no escapes, no cursor movement
    bool no_colour = false;  ///< NO_COLOR is set
    bool utf8 = true;        ///< false where the locale that is set speaks something else, or a terminal does not
    unsigned width = 80;
};

class Session {
public:
    /// Takes text; false where it could not be written (the reason is in errno).
    using Writer = std::function<bool(std::string_view)>;
    Session(Writer out, Writer err, Terminal facts) : terminal(facts), out_(std::move(out)), err_(std::move(err)) {}

    const Terminal terminal;

    /// To standard output, byte by byte as given. A failure is told once and makes the exit status 2.
    void print(std::string_view text);
    /// To standard error: talk that is no result. Control characters are taken out, a line end is added.
    void say(std::string_view sentence);
    /// "photopsy: SENTENCE" to standard error, and the exit status is at least `status`.
    void fail(std::string_view sentence, int status = exit_unable);
    /// The exit status is at least this from now on.
    void raise(int status) { exit_status_ = status > exit_status_ ? status : exit_status_; }
    /// True once something could not be printed (and that was said).
    bool output_broken() const { return output_broken_; }
    int exit_status() const { return exit_status_; }
    /// True where a passing progress line on standard error is seen by a person.
    bool shows_progress() const { return terminal.errors_are_tty && !terminal.dumb; }
    /// Overwrites the progress line. Nothing happens where shows_progress() is false. "" takes it away.
    void progress(std::string_view text);

private:
    Writer out_, err_;
    int exit_status_ = exit_good;
    bool output_broken_ = false;
    bool progress_shown_ = false;
};

}  // namespace photopsy
