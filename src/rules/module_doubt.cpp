// What a file that is no faithful copy of the flash leaves of a verdict on its modules.
#include "rules/module_faults.h"

#include <algorithm>

namespace photopsy {

/// Where the bytes of such a file belong is known of all of them, if it is of any.
static bool is_put_right(const CaptureProblem& problem) {
    const bool moved = problem.defect == CaptureDefect::Shifted && !problem.is_inside;
    return moved || problem.defect == CaptureDefect::Byteswapped || (problem.defect == CaptureDefect::NotBinary && problem.is_listing);
}

bool capture_allows_judgement(const Facts& facts) {
    if (!facts.untrustworthy_capture) return true;
    const bool proved = std::any_of(facts.modules.begin(), facts.modules.end(), [](const Module& module) { return module.good(); });
    return std::all_of(facts.capture.begin(), facts.capture.end(), [&](const CaptureProblem& problem) {
        const bool ends_early = problem.defect == CaptureDefect::Truncated || problem.defect == CaptureDefect::Oversized;
        return ends_early || (proved && is_put_right(problem));
    });
}

/// The file ends early, and no module stands in its place behind this one: what is missing may be missing here, and what follows may belong further on.
static bool may_belong_further_on(const Facts& facts, const Module& module) {
    const bool ends_early = std::any_of(facts.capture.begin(), facts.capture.end(),
                                        [](const CaptureProblem& problem) { return problem.defect == CaptureDefect::Truncated && !problem.where.empty(); });
    return ends_early && std::none_of(facts.modules.begin(), facts.modules.end(),
                                      [&](const Module& other) { return other.slot_at.begin > module.slot_at.begin && other.present(); });
}

/// Read out of what stands or does not stand at an address; a wrong bit in bytes that belong together is read out of those.
static bool is_of_an_address(FaultKind kind) {
    return kind == FaultKind::Missing || kind == FaultKind::NotFirmware || kind == FaultKind::PartlyOverwritten || kind == FaultKind::CutShort ||
           kind == FaultKind::RunErased || kind == FaultKind::RunZeroed;
}

std::vector<Fault> faults_of(const Facts& facts, const Module& module) {
    auto faults = faults_as_read(facts, module);
    if (may_belong_further_on(facts, module))
        for (auto& fault : faults)
            if (is_of_an_address(fault.kind)) fault.confidence = std::min(fault.confidence, Confidence::Likely);
    return faults;
}

}  // namespace photopsy
