// Whatever a plan's file holds: it is refused with one sentence, or it is a plan that is written and read again as the same.
#include "mend/repair_json.h"

#include <cstdlib>

using namespace photopsy;

static void require(bool truth) {
    if (!truth) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto plan = read_repair_plan({reinterpret_cast<const char*>(bytes), size});
    if (!plan) {
        require(!plan.error().message.empty() && plan.error().message.find('\n') == std::string::npos);
        return 0;
    }
    const auto written = repair_plan_json(*plan);
    const auto again = read_repair_plan(written);
    require(again && repair_plan_json(*again) == written);
    return 0;
}
