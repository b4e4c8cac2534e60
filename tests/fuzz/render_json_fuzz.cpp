// JSON and the rows of many dumps: whatever a stranger wrote, it is one text in them.
#include "fuzz/hostile_analysis.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto json = fuzz::rendered({bytes, size}, Format::Json);
    if (!nlohmann::json::accept(json)) std::abort();
    const auto lines = fuzz::rendered({bytes, size}, Format::Ndjson);
    const auto reports = fuzz::hostile_analyses({bytes, size}).size();
    if (static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')) != reports) std::abort();
    return 0;
}
