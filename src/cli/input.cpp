#include "cli/input.h"

#include "cli/capture_record.h"
#include "cli/file_system.h"
#include "cli/one_dump.h"

namespace photopsy {

static std::string base_name(const std::string& path) {
    if (path == "-") return "standard input";
    return name_of(path);
}

static Result<Dump> recognized(std::vector<std::uint8_t> bytes, const std::string& path, const Layout* asked, std::uint64_t most) {
    auto one = one_dump_of(bytes, base_name(path), asked);
    if (!one) return one.error();
    if (!*one) return recognize_dump(std::move(bytes), base_name(path), asked, most);
    auto& [name, container, member, files] = **one;
    auto dump = dump_of_member(std::move(member), name, container, asked, most);
    if (dump && files > 1) dump->capture.remarks.push_back("the archive holds " + std::to_string(files) + " files; " + name + " was read");
    return dump;
}

Result<Dump> read_dump(const std::string& path, const Layout* asked) {
    auto bytes = read_file(path, largest_dump_file);
    return bytes ? dump_of(std::move(*bytes), path, asked) : bytes.error();
}

Result<Dump> dump_of(std::vector<std::uint8_t> bytes, const std::string& path, const Layout* asked, std::uint64_t most) {
    auto dump = recognized(std::move(bytes), path, asked, most);
    if (!dump) return dump;
    dump->capture.typed = path == "-" ? no_file : path;
    attach_record(path, dump->capture);
    return dump;
}

Result<Dump> dump_of_member(std::vector<std::uint8_t> bytes, const std::string& name, const std::string& container, const Layout* asked, std::uint64_t most) {
    auto dump = recognize_dump(std::move(bytes), name, asked, most);
    if (!dump || container.empty()) return dump;
    auto& inner = dump->capture.container;
    inner = inner.empty() ? container : container + "+" + inner;
    return dump;
}

}  // namespace photopsy
