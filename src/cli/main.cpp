#include "cli/command_line.h"
#include "cli/terminal.h"

#include <cerrno>
#include <cstring>

int main(int argc, char** argv) {
    photopsy::end_in_order_without_memory();
    auto session = photopsy::standard_session();
    photopsy::run_command_line(photopsy::arguments_of(argc, argv), session);
    // A disk that is full may show itself only now.
    if (!photopsy::flush_standard_output() && !session.output_broken()) session.fail(std::string("cannot write to standard output: ") + std::strerror(errno));
    return session.exit_status();
}
