#include "cli/dump_pair.h"

#include "cli/capture_record.h"
#include "cli/file_system.h"
#include "flash/external.h"

namespace photopsy {

namespace {

Result<Unpacked> read_unpacked(const std::string& path) {
    auto bytes = read_file(path, (std::size_t{64} << 20));
    if (!bytes) return bytes.error();
    return unpack(std::move(*bytes), path == "-" ? "standard input" : name_of(path));
}

}  // namespace

Result<Dump> read_dump_pair(const std::string& path, const std::string& external, const Layout* asked) {
    auto first = read_unpacked(path);
    if (!first) return first.error();
    auto second = read_unpacked(external);
    if (!second) return second.error();
    auto pair = sort_pair({std::move(*first), path}, {std::move(*second), external}, asked);
    if (!pair) return pair.error();
    const Layout& layout = *pair->layout;
    Dump dump{recognize(std::move(pair->internal.bytes), pair->internal.name, pair->internal.container, layout), &layout};
    attach_record(pair->swapped ? external : path, dump.capture);
    put_external(dump.capture, pair->external.bytes, pair->external.name, pair->external.container, layout);
    attach_external_record(layout, dump.capture);
    if (path != "-" && external != "-") {
        dump.capture.typed = pair->swapped ? external : path;
        dump.capture.external->typed = pair->swapped ? path : external;
    }
    return dump;
}

Result<Dump> read_next_dump(const std::vector<std::string>& files, std::size_t& next, const Layout* asked) {
    const std::string& path = files[next++];
    auto dump = read_dump(path, asked);
    if (!dump || next == files.size() || path == "-" || files[next] == "-" || half_of(*dump) == HalfDump::No) return dump;
    const auto other = read_dump(files[next], asked ? asked : dump->layout);
    if (!other || half_of(*other) == HalfDump::No || half_of(*other) == half_of(*dump)) return dump;
    return read_dump_pair(path, files[next++], asked ? asked : dump->layout);
}

}  // namespace photopsy
