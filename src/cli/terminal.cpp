#include "cli/terminal.h"

#include <cstdio>
#include <cstdlib>

namespace photopsy {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

unsigned columns_or_80() {
    const auto columns = std::strtoul(environment("COLUMNS").c_str(), nullptr, 10);
    return columns >= 20 && columns <= 1000 ? static_cast<unsigned>(columns) : 80;
}

Session standard_session() {
    const auto to = [](std::FILE* stream) {
        return [stream](std::string_view text) { return std::fwrite(text.data(), 1, text.size(), stream) == text.size(); };
    };
    return Session(to(stdout), to(stderr), this_terminal());
}

bool flush_standard_output() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace photopsy
