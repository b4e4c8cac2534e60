#include "cli/input.h"

#include "cli/capture_record.h"
#include "cli/file_system.h"

namespace photopsy {

static std::string base_name(const std::string& path) {
    if (path == "-") return "standard input";
    return name_of(path);
}

Result<Dump> read_dump(const std::string& path, const Layout* asked) {
    auto bytes = read_file(path, largest_dump_file);
    return bytes ? dump_of(std::move(*bytes), path, asked) : bytes.error();
}

Result<Dump> dump_of(std::vector<std::uint8_t> bytes, const std::string& path, const Layout* asked) {
    auto dump = recognize_dump(std::move(bytes), base_name(path), asked);
    if (!dump) return dump;
    if (path != "-") dump->capture.typed = path;
    attach_record(path, dump->capture);
    return dump;
}

Result<Dump> dump_of_member(std::vector<std::uint8_t> bytes, const std::string& name, const std::string& container, const Layout* asked) {
    auto dump = recognize_dump(std::move(bytes), name, asked);
    if (!dump || container.empty()) return dump;
    auto& inner = dump->capture.container;
    inner = inner.empty() ? container : container + "+" + inner;
    return dump;
}

}  // namespace photopsy
