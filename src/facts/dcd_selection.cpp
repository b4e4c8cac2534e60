// Which of two sectors the code reads, generation by generation.
#include "base/digest.h"
#include "facts/dcd.h"
#include "facts/dcd_format.h"

namespace photopsy {
namespace store_format = dcd_format;

std::string_view name_of(DcdSeal seal) {
    switch (seal) {
        case DcdSeal::Open:
            return "open";
        case DcdSeal::Valid:
            return "valid";
        case DcdSeal::Superseded:
            return "superseded";
        case DcdSeal::Retired:
            return "retired";
        case DcdSeal::Other:
            return "damaged";
    }
    return "";
}

std::string_view name_of(DcdGeneration generation) {
    switch (generation) {
        case DcdGeneration::D1:
            return "D1";
        case DcdGeneration::D2:
            return "D2";
        case DcdGeneration::D3:
            return "D3";
    }
    return "";
}

static DcdSeal seal_of(std::uint32_t word) {
    switch (word) {
        case store_format::seal_open:
            return DcdSeal::Open;
        case store_format::seal_valid:
            return DcdSeal::Valid;
        case store_format::seal_superseded:
            return DcdSeal::Superseded;
        case store_format::seal_retired:
            return DcdSeal::Retired;
        default:
            return DcdSeal::Other;
    }
}

bool DcdHead::crc_good(DcdGeneration generation) const { return sum_good && (generation != DcdGeneration::D3 || footer_watermark); }

DcdHead read_dcd_head(ByteView sector) {
    DcdHead head;
    if (sector.size() != store_format::copy_size) return head;
    const auto word = [&](std::uint32_t at) { return little_endian<std::uint32_t>(sector.subspan(at)); };
    head.watermark = word(0) == store_format::watermark_value;
    head.seal = seal_of(word(store_format::seal));
    head.sum_good = crc32(sector.subspan(store_format::header_size, store_format::stored_crc - store_format::header_size)) == word(store_format::stored_crc);
    head.footer_watermark = word(store_format::footer_watermark) == store_format::watermark_value;
    head.counter = sector[store_format::footer_flags] & store_format::counter_mask;
    return head;
}

/// dcd.h@v0.6.4:132-143: no checksum, and the second copy is asked first.
static int select_without_checksum(const DcdHead& one, const DcdHead& two) { return two.valid() ? 2 : one.valid() ? 1 : 0; }

/// dcd.h@v0.7.0:319-411; D3: @v0.8.0-rc.2:138,425. Of the other copy only the seal is asked, never the watermark.
static int select_by_checksum(const DcdHead& one, const DcdHead& two, DcdGeneration generation) {
    const auto sealed = [&](const DcdHead& head) {
        return head.valid() || (generation == DcdGeneration::D3 && head.watermark && head.seal == DcdSeal::Superseded);
    };
    const int first = sealed(one) ? 1 : sealed(two) ? 2 : 0, second = 3 - first;
    if (first == 0) return 0;
    const auto &chosen = first == 1 ? one : two, &other = first == 1 ? two : one;
    const bool chosen_good = chosen.crc_good(generation), other_good = other.crc_good(generation);
    if (other.seal == DcdSeal::Superseded) return chosen_good ? first : second;
    if (other.seal != DcdSeal::Valid) return first;
    if (chosen_good != other_good) return chosen_good ? first : second;
    if (!chosen_good) return 2;
    return ((chosen.counter + 1) & store_format::counter_mask) == other.counter ? second : first;
}

int select_dcd(const DcdHead& one, const DcdHead& two, DcdGeneration generation) {
    return generation == DcdGeneration::D1 ? select_without_checksum(one, two) : select_by_checksum(one, two, generation);
}

}  // namespace photopsy
