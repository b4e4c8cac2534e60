#include "flash/dump.h"

#include "flash/container_checks.h"
#include "flash/external.h"

#include <utility>

namespace photopsy {

Result<Dump> recognize_dump(std::vector<std::uint8_t> bytes, const std::string& name, const Layout* asked, std::uint64_t most) {
    const bool vouched_for = carries_checksum(bytes);
    auto unpacked = unpack_at_most(std::move(bytes), name, most);
    if (!unpacked) return unpacked.error();
    const Layout& layout = asked ? *asked : layout_for(unpacked->bytes);
    Dump dump{recognize(std::move(unpacked->bytes), unpacked->name, unpacked->container, layout), &layout};
    dump.capture.kind_is_said = asked != nullptr;
    if (!vouched_for) dump.capture.remarks.push_back("the container carries no checksum: if its bytes were damaged, that does not show");
    if (!unpacked->contradiction.empty())
        dump.capture.problems.push_back({.defect = CaptureDefect::Contradictory, .where = {}, .length = dump.capture.size, .detail = unpacked->contradiction});
    if (unpacked->members > 1)
        dump.capture.remarks.push_back("the archive holds " + std::to_string(unpacked->members) + " files; " + unpacked->name + " was read");
    return dump;
}

HalfDump half_of(const Dump& dump) {
    if (dump.layout->dct.store != StoreKind::SerialFlash) return HalfDump::No;
    if (!dump.capture.external) return HalfDump::Internal;
    const auto& present = dump.capture.image.present();
    const bool only_external = !present.empty() && dump.layout->in_external(present.back().begin);
    return only_external ? HalfDump::External : HalfDump::No;
}

/// The device of either file; the internal flash's word counts first where both say one.
static const Layout& layout_of_pair(const Unpacked& first, const Unpacked& second) {
    const auto& of_first = layout_for(first.bytes);
    return of_first.external ? of_first : layout_for(second.bytes);
}

Result<FlashPair> sort_pair(CalledFile first, CalledFile second, const Layout* asked) {
    const Layout& layout = asked ? *asked : layout_of_pair(first.file, second.file);
    if (!layout.external) return Error{second.called + " cannot be read beside " + first.called + ": a " + layout.title + " has one flash only"};
    const auto first_is = flash_of_file(first.file.bytes, layout), second_is = flash_of_file(second.file.bytes, layout);
    if (first_is == second_is && first_is != FlashOfFile::Unknown)
        return Error{first.called + " and " + second.called + " are both the " +
                     (first_is == FlashOfFile::External ? layout.external->title : std::string("internal flash")) + " of a " + layout.title +
                     "; one file of each flash is needed"};
    const bool swapped = first_is == FlashOfFile::External || second_is == FlashOfFile::Internal;
    if (swapped) std::swap(first.file, second.file);
    return FlashPair{std::move(first.file), std::move(second.file), &layout, swapped};
}

}  // namespace photopsy
