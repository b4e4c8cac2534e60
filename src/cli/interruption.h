#pragma once
#include <optional>
#include <string>

namespace photopsy {

/// While it lives, Ctrl-C and a polite end (SIGTERM, SIGHUP) do not end the process: the work is asked to come to an end in order. A second one ends it.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    bool asked() const;
};

/// The next line of standard input, without its end; nothing at the end of input, or where an end is asked for meanwhile.
std::optional<std::string> line_of_input(const Interruption&);

}  // namespace photopsy
