#include "facts/headerless.h"

#include "facts/erased.h"

#include <algorithm>

namespace photopsy {

namespace {

// Words of the vector table (ARMv7-M Architecture Reference Manual, B1.5.2): the handlers that every firmware of the time names, and those it may leave 0.
constexpr std::uint32_t reset = 1, thumb = 1, shortest_code = 16;
constexpr std::uint32_t faults[] = {2, 3, 4, 5, 6}, calls[] = {11, 12, 14, 15};
constexpr std::uint32_t least_firmware = 0x4000;  // judgement: the smallest of 2014 holds the cloud's cryptography and is several times as long

/// The bytes at a handler's address, in the place where the image lies now, are written ones.
bool is_code(ByteView written, std::uint32_t handler, const Layout& layout, Address linked_at) {
    if (handler % 2 != thumb || handler < linked_at + layout.vector_size) return false;
    const auto offset = handler - thumb - linked_at;
    if (offset > written.size() || written.size() - offset < shortest_code) return false;
    const auto code = written.subspan(offset, shortest_code);
    return !is_erased(code) && !all_equal(code, 0);
}

}  // namespace

bool looks_like_firmware_without_header(const Image& image, const Layout& layout, const Module& module, const ModuleDamage& damage) {
    const auto* slot = layout.slot(module.slot);
    if (layout.boot != BootKind::Monolithic || !slot || slot->function != FunctionMonolithic || slot->linked_at == 0) return false;
    // A trailer of no known file may be left from another one that was longer: every copy moves what lies behind the firmware too (hw_config.c@v0.6.4:1130).
    const auto& trailer = damage.own_trailer ? damage.own_trailer : damage.other_trailer;
    const bool later_one = trailer && !trailer->known_as.empty();
    if (module.presence != Presence::NoHeader || module.header_resembles || damage.shifted_to || later_one || !damage.content.empty()) return false;
    const auto place = image.bytes(slot->at);
    const auto written = place.first(written_size(place));
    if (written.size() < least_firmware) return false;
    const auto word = [&](std::uint32_t index) { return little_endian<std::uint32_t>(written.subspan(index * std::size_t{4})); };
    if ((word(0) & layout.vector_mask) != layout.vector_value || word(0) % 4 != 0) return false;
    const auto runs = [&](std::uint32_t index) { return is_code(written, word(index), layout, slot->linked_at); };
    const auto may_be_unused = [&](std::uint32_t index) { return word(index) == 0 || runs(index); };
    return runs(reset) && std::all_of(std::begin(faults), std::end(faults), runs) && std::all_of(std::begin(calls), std::end(calls), may_be_unused);
}

bool may_lack_header(const Module& module) { return module.presence == Presence::NoHeader && module.damage.content == firmware_without_header; }

}  // namespace photopsy
