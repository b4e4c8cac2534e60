#include "rules/dcd_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

std::string releases_of(DcdGeneration generation) {
    switch (generation) {
        case DcdGeneration::D1:
            return "up to 0.6.4";
        case DcdGeneration::D2:
            return "of 0.7.0";
        case DcdGeneration::D3:
            return "from 0.8.0 on";
    }
    return "";
}

/// What the two tables differ in, by the names of the fields: what a write changed or a fall-back undoes. "" where they do not differ.
std::string differing_fields(const Observations& seen) {
    constexpr std::size_t most = 6;
    std::vector<std::string> names;
    const auto& dct = seen.facts.dct;
    for (const auto place : dct.dcd->differing) {
        auto name = std::string("bytes of no known field");
        for (const auto& field : seen.facts.layout->dct.fields)
            if (dct.field_at(*seen.facts.layout, field.name).overlaps(place)) name = field.title;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i ? ", " : "") + names[i];
    return names.size() > most ? fmt::format("{} and {} more", text, names.size() - most) : text;
}

std::string lost_with_it(const Observations& seen) {
    const auto fields = differing_fields(seen);
    return fields.empty() ? "Both tables say the same, so nothing is lost." : fmt::format("The two tables differ in: {}.", fields);
}

std::string where_it_stopped(const Observations& seen, const DctCopy& other) {
    const auto& dcd = *seen.facts.dct.dcd;
    const auto& head = dcd.head(other.number);
    if (other.state == DctCopyState::Erased) return "The other copy is erased: a rewrite began with that and got no further.";
    if (other.state == DctCopyState::NearlyErased) return "The other copy is erased but for a few bits: its erasing was cut off.";
    if (dcd.tie)
        return fmt::format(
            "Both copies are complete and marked valid: the rewrite was cut off after the new one was finished and before the old one was taken out of use. "
            "This firmware keeps no counter and takes copy 2, be it the old one or the new one. {}",
            lost_with_it(seen));
    if (other.state == DctCopyState::ValidTwin || other.state == DctCopyState::Rejected)
        return "Both copies are complete and marked valid: the rewrite was cut off after the new one was finished and before the old one was taken out of use.";
    if (head.watermark) return "A new copy was written and its seal never set: the rewrite was cut off before its last step.";
    if (head.sum_good) return "A new copy was written whole, checksum included, and its header never: the rewrite was cut off in between.";
    return fmt::format("A new copy was begun and got to offset 0x{:04x}, its header is still erased: the rewrite was cut off there.", other.erased_from);
}

std::string where_damaged(const DctDamage& damage) {
    switch (damage.proof) {
        case DctDamage::Proof::OneByte:
            return fmt::format("One byte is damaged ({} bit{} flipped): undoing it makes the checksum right.", damage.flipped_bits,
                               damage.flipped_bits == 1 ? "" : "s");
        case DctDamage::Proof::Difference:
            return "The other copy differs here, and with its bytes the checksum is right: this is the damaged place.";
        case DctDamage::Proof::StoredCrc:
            return "Only the stored checksum itself is damaged.";
        case DctDamage::Proof::Candidates:
            return "The two copies differ here; the damage may lie in one of these places.";
        case DctDamage::Proof::None:
            return "Where in the copy the damage lies cannot be told.";
    }
    return "";
}

}  // namespace photopsy
