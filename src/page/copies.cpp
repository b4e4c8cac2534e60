// What can be given away: the copy without secrets, and the ticket.
#include "page/state.h"
#include "report/ticket.h"

using namespace photopsy;
using namespace photopsy::page;

int page_redact(std::uint32_t which) {
    auto& held = state();
    held.copy.reset();
    if (which >= held.analyses.size()) return fail("No dump was judged yet.");
    auto copy = redact(held.analyses[which]);
    if (!copy) return fail(copy.error().message);
    held.copy = std::move(*copy);
    return answer(held.copy->same_findings ? ""
                                           : "Some findings stand elsewhere or are missing in the copy, because only what was overwritten told their place.");
}

int page_redacted(std::uint32_t part) {
    const auto& copy = state().copy;
    if (!copy) return fail("No copy was made yet.");
    if (part == 2) return answer(copy->manifest);
    return answer(part == 0 ? copy->bytes : copy->external);
}

int page_ticket() {
    const auto& analyses = state().analyses;
    if (analyses.empty()) return fail("No dump was judged yet.");
    const auto zip = zip_of(ticket_files(analyses, redact(analyses.front())));
    return zip ? answer(*zip) : fail(zip.error().message);
}
