#include "cli/dump_pair.h"

#include "cli/capture_files.h"
#include "cli/capture_record.h"
#include "cli/file_system.h"
#include "cli/one_dump.h"
#include "flash/external.h"

namespace photopsy {

namespace {

Result<Unpacked> read_unpacked(const std::string& path, const Layout* asked) {
    auto bytes = read_file(path, largest_dump_file);
    if (!bytes) return bytes.error();
    const auto name = path == "-" ? "standard input" : name_of(path);
    auto one = one_dump_of(*bytes, name, asked);
    if (!one) return one.error();
    if (!*one) return unpack(std::move(*bytes), name);
    auto file = unpack(std::move((*one)->bytes), (*one)->name);
    if (file) file->container = file->container.empty() ? (*one)->container : (*one)->container + "+" + file->container;
    return file;
}

}  // namespace

Result<Dump> read_dump_pair(const std::string& path, const std::string& external, const Layout* asked) {
    auto first = read_unpacked(path, asked);
    if (!first) return first.error();
    auto second = read_unpacked(external, asked);
    if (!second) return second.error();
    auto pair = sort_pair({std::move(*first), path}, {std::move(*second), external}, asked);
    if (!pair) return pair.error();
    const Layout& layout = *pair->layout;
    Dump dump{recognize(std::move(pair->internal.bytes), pair->internal.name, pair->internal.container, layout), &layout};
    dump.capture.kind_is_said = asked != nullptr;
    attach_record(pair->swapped ? external : path, dump.capture);
    put_external(dump.capture, pair->external.bytes, pair->external.name, pair->external.container, layout);
    attach_external_record(layout, dump.capture);
    dump.capture.typed = pair->swapped ? external : path;
    dump.capture.external->typed = pair->swapped ? path : external;
    return dump;
}

Result<Dump> dump_of_pair(MemberOfPair first, MemberOfPair second, const Layout* asked) {
    const auto unpacked = [](MemberOfPair& member) {
        auto file = unpack(std::move(member.bytes), member.name);
        if (file) file->container = file->container.empty() ? member.container : member.container + "+" + file->container;
        return file;
    };
    auto first_file = unpacked(first), second_file = unpacked(second);
    if (!first_file || !second_file) return first_file ? second_file.error() : first_file.error();
    auto pair = sort_pair({std::move(*first_file), first.name}, {std::move(*second_file), second.name}, asked);
    if (!pair) return pair.error();
    const Layout& layout = *pair->layout;
    Dump dump{recognize(std::move(pair->internal.bytes), pair->internal.name, pair->internal.container, layout), &layout};
    dump.capture.kind_is_said = asked != nullptr;
    if (const auto& internal = pair->swapped ? second : first; internal.beside) internal.beside(dump.capture);
    put_external(dump.capture, pair->external.bytes, pair->external.name, pair->external.container, layout);
    attach_external_record(layout, dump.capture);
    return dump;
}

Result<Dump> read_dump_of_device(const std::string& path, const Layout* asked) {
    auto dump = read_dump(path, asked);
    if (!dump || path == "-" || half_of(*dump) != HalfDump::Internal) return dump;
    const auto beside = CaptureNames{.dump = path}.external_name();
    if (kind_of(beside) != PlaceKind::File) return dump;
    if (const auto other = read_dump(beside, asked); !other || half_of(*other) != HalfDump::External) return dump;
    auto both = read_dump_pair(path, beside, asked ? asked : dump->layout);
    if (both) both->capture.kind_is_said = asked != nullptr;
    return both ? std::move(both) : std::move(dump);
}

}  // namespace photopsy
