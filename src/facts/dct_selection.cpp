// Which copy the storage code of each generation takes. Read from the disassembly of wiced_dct_internal_common.o and wiced_dct_update.o in
// hal/src/photon/lib/FreeRTOS/STM32F2xx.a of every tag, confirmed by running them (docs/formats/dct.md, "Selection").
#include "facts/dct.h"
#include "facts/dct_format.h"

#include <cassert>

namespace photopsy {
namespace format = dct_format;

/// G0-G3 (wiced_dct_get_current_address): no checksum, no sequence.
static bool valid_for_old_code(ByteView sector) {
    return sector[format::write_incomplete] == 0 && sector[format::is_current] == 1 &&
           little_endian<std::uint32_t>(sector.subspan(format::magic)) == format::magic_number;
}

namespace {
/// Result of wiced_dct_validate_and_determine_version.
struct Evaluation {
    std::uint32_t version = 0;
    int initial_write = 0;
    int sequence = 0;
};
}  // namespace

static constexpr std::uint32_t unknown_version = 0x7FFF, old_version = 0x0330, new_version = 0x0370;

static Evaluation evaluate(ByteView sector, bool g4) {
    const auto full_size = little_endian<std::uint32_t>(sector), used_size = little_endian<std::uint32_t>(sector.subspan(4));
    if (used_size > full_size || little_endian<std::uint32_t>(sector.subspan(format::magic)) != format::magic_number || sector[format::write_incomplete] != 0)
        return {unknown_version, 0, 0};
    const auto version = little_endian<std::uint16_t>(sector.subspan(format::version));
    if (little_endian<std::uint32_t>(sector.subspan(format::version_struct)) != format::version_magic_number || version < 1 || version > new_version)
        return {old_version, 0, 0};
    const auto crc = little_endian<std::uint32_t>(sector.subspan(format::stored_crc));
    const int sequence = sector[format::sequence];
    if (sector[format::initial_write] == 1 && crc == 0) return {new_version, 1, sequence};
    if (dct_crc(sector) == crc) return {new_version, 0, sequence};
    return g4 ? Evaluation{new_version, 0, 0} : Evaluation{new_version, 255, -1};
}

static bool initial(const Evaluation& copy) { return copy.initial_write != 0 && copy.initial_write != 255; }

static int select_new(ByteView copy1, ByteView copy2, bool g4) {
    const auto one = evaluate(copy1, g4), two = evaluate(copy2, g4);
    if (one.version == unknown_version) return two.version == unknown_version ? 0 : 2;
    if (two.version == unknown_version) return 1;
    if (one.version != two.version) return one.version < two.version ? 2 : 1;
    if (initial(two)) return 2;
    if (initial(one)) return 1;
    if (one.sequence != two.sequence) return one.sequence < two.sequence ? 2 : 1;
    if (g4 || one.sequence != -1) return 1;
    return copy1[format::is_current] != 0 ? 1 : 2;  // both CRCs bad: only here does the mark decide
}

int select_dct(ByteView copy1, ByteView copy2, DctGeneration generation) {
    assert(copy1.size() == format::copy_size && copy2.size() == format::copy_size);
    if (generation >= DctGeneration::G4) return select_new(copy1, copy2, generation == DctGeneration::G4);
    if (valid_for_old_code(copy1)) return 1;
    return valid_for_old_code(copy2) ? 2 : 0;
}

}  // namespace photopsy
