#pragma once
// From causes to one outcome, one headline, and the list of what no dump can prove.
#include "diagnosis/diagnosis.h"

namespace photopsy {

/// Fills outcome, headline, confidence, cannot_tell, led_remark and exit_status of a diagnosis whose causes are known and sorted.
void give_verdict(const Observations&, const Findings&, const std::optional<LedSymptom>&, Diagnosis&);

}  // namespace photopsy
