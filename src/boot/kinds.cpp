#include "boot/kinds.h"

#include <algorithm>
#include <iterator>

namespace photopsy {

namespace {

struct BootRow {
    BootKind kind;
    BootOutcome (*start)(const Facts&);
};
constexpr BootRow kinds[] = {
    {BootKind::TwoParts, start_in_parts},
    {BootKind::ThreeParts, start_in_parts},
    {BootKind::Monolithic, start_monolithic},
};

}  // namespace

BootOutcome predict_boot(const Facts& facts) {
    const auto row = std::find_if(std::begin(kinds), std::end(kinds), [&](const BootRow& each) { return facts.layout && each.kind == facts.layout->boot; });
    if (row != std::end(kinds) && !facts.of_other_device && !facts.blank_capture) return row->start(facts);
    BootOutcome outcome;
    const auto* why = facts.blank_capture ? "Every byte of the file is the same, which is no copy of a flash: nothing is said about its start."
                                          : "The file does not hold the flash of such a device: nothing is said about its start.";
    outcome.ladder.push_back({"device", BootStep::State::Unknown, why});
    return outcome;
}

}  // namespace photopsy
