#include "cli/dump_pair.h"

#include "cli/capture_record.h"
#include "cli/file_system.h"
#include "flash/external.h"

#include <utility>

namespace photopsy {

namespace {

Result<Unpacked> read_unpacked(const std::string& path) {
    auto bytes = read_file(path, (std::size_t{64} << 20));
    if (!bytes) return bytes.error();
    return unpack(std::move(*bytes), path == "-" ? "standard input" : name_of(path));
}

/// The device of either file; the internal flash's word counts first where both say one.
const Layout& layout_of_pair(const Unpacked& first, const Unpacked& second) {
    const auto& of_first = layout_for(first.bytes);
    return of_first.external ? of_first : layout_for(second.bytes);
}

}  // namespace

Result<Dump> read_dump_pair(const std::string& path, const std::string& external, const Layout* asked) {
    auto first = read_unpacked(path);
    if (!first) return first.error();
    auto second = read_unpacked(external);
    if (!second) return second.error();
    const Layout& layout = asked ? *asked : layout_of_pair(*first, *second);
    if (!layout.external) return Error{external + " cannot be read beside " + path + ": a " + layout.title + " has one flash only"};
    const auto first_is = flash_of_file(first->bytes, layout), second_is = flash_of_file(second->bytes, layout);
    if (first_is == second_is && first_is != FlashOfFile::Unknown)
        return Error{path + " and " + external + " are both the " +
                     (first_is == FlashOfFile::External ? layout.external->title : std::string("internal flash")) + " of a " + layout.title +
                     "; one file of each flash is needed"};
    const bool swapped = first_is == FlashOfFile::External || second_is == FlashOfFile::Internal;
    const std::string& internal_path = swapped ? external : path;
    if (swapped) std::swap(*first, *second);
    Dump dump{recognize(first->bytes, first->name, first->container, layout), &layout};
    attach_record(internal_path, dump.capture);
    put_external(dump.capture, second->bytes, second->name, second->container, layout);
    return dump;
}

HalfDump half_of(const Dump& dump) {
    if (dump.layout->dct.store != StoreKind::SerialFlash) return HalfDump::No;
    if (!dump.capture.external) return HalfDump::Internal;
    const auto& present = dump.capture.image.present();
    const bool only_external = !present.empty() && dump.layout->in_external(present.back().begin);
    return only_external ? HalfDump::External : HalfDump::No;
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
