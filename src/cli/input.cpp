#include "cli/input.h"

#include "cli/capture_record.h"
#include "cli/file_system.h"
#include "flash/container_checks.h"

namespace photopsy {

static std::string base_name(const std::string& path) {
    if (path == "-") return "standard input";
    return name_of(path);
}

Result<Dump> read_dump(const std::string& path, const Layout* asked) {
    auto bytes = read_file(path, largest_dump_file);
    return bytes ? dump_of(std::move(*bytes), path, asked) : bytes.error();
}

static Result<Dump> recognized(std::vector<std::uint8_t> bytes, const std::string& name, const Layout* asked) {
    const bool vouched_for = carries_checksum(bytes);
    auto unpacked = unpack(std::move(bytes), name);
    if (!unpacked) return unpacked.error();
    const Layout& layout = asked ? *asked : layout_for(unpacked->bytes);
    Dump dump{recognize(unpacked->bytes, unpacked->name, unpacked->container, layout), &layout};
    if (!vouched_for) dump.capture.remarks.push_back("the container carries no checksum: if its bytes were damaged, that does not show");
    if (!unpacked->contradiction.empty())
        dump.capture.problems.push_back({.defect = CaptureDefect::Contradictory, .where = {}, .length = dump.capture.size, .detail = unpacked->contradiction});
    if (unpacked->members > 1)
        dump.capture.remarks.push_back("the archive holds " + std::to_string(unpacked->members) + " files; " + unpacked->name + " was read");
    return dump;
}

Result<Dump> dump_of(std::vector<std::uint8_t> bytes, const std::string& path, const Layout* asked) {
    auto dump = recognized(std::move(bytes), base_name(path), asked);
    if (!dump) return dump;
    if (path != "-") dump->capture.typed = path;
    attach_record(path, dump->capture);
    return dump;
}

Result<Dump> dump_of_member(std::vector<std::uint8_t> bytes, const std::string& name, const std::string& container, const Layout* asked) {
    auto dump = recognized(std::move(bytes), name, asked);
    if (!dump || container.empty()) return dump;
    auto& inner = dump->capture.container;
    inner = inner.empty() ? container : container + "+" + inner;
    return dump;
}

}  // namespace photopsy
