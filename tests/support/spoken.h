#pragma once
// A command line run inside the test: what it said, and the exit status.
#include "cli/command_line.h"

namespace photopsy::test {

struct Spoken {
    int status = 0;
    std::string out, err;
};

inline Spoken run(std::vector<std::string> words, Terminal terminal = {}) {
    Spoken spoken;
    const auto into = [](std::string& text) {
        return [&text](std::string_view more) {
            text += more;
            return true;
        };
    };
    Session session(into(spoken.out), into(spoken.err), terminal);
    spoken.status = run_command_line(std::move(words), session);
    return spoken;
}

}  // namespace photopsy::test
