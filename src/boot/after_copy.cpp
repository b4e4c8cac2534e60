#include "boot/after_copy.h"

#include "boot/checks.h"

namespace photopsy {

Facts without_waiting_copy(Facts facts) {
    facts.ota.kind = OtaCase::None;
    facts.ota.resumes = OtaFacts::Resumes::NotApplicable;
    facts.ota.pending_slot.reset();
    facts.ota.source_elsewhere.reset();
    return facts;
}

std::optional<AfterCopy> after_waiting_copy(const Capture& capture, const Facts& facts) {
    if (!facts.layout || facts.layout->boot == BootKind::Monolithic) return {};
    const auto updated = installed_after_updates(facts).updated;
    const auto* place = updated ? facts.layout->slot(updated->slot_at_target) : nullptr;
    if (!place) return {};
    const auto source = capture.image.bytes(range_of(updated->image->at.begin, updated->image->length() + 4));
    if (source.empty()) return {};
    const std::vector<std::uint8_t> bytes(source.begin(), source.end());
    const auto target = range_of(place->at.begin, static_cast<std::uint32_t>(bytes.size()));
    Capture after = capture;
    for (const auto& sector : facts.layout->sectors)
        if (sector.at.overlaps(target)) after.image.put(sector.at.begin, std::vector<std::uint8_t>(sector.at.size(), 0xFF));
    after.image.put(target.begin, bytes);
    auto then = without_waiting_copy(collect_facts(after, *facts.layout));
    return AfterCopy{std::move(after.image), std::move(then)};
}

}  // namespace photopsy
