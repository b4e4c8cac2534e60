// CSV and JUnit: quotation marks pair up, and a stranger's text opens no element.
#include "fuzz/hostile_analysis.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto csv = fuzz::rendered({bytes, size}, Format::Csv);
    if (std::count(csv.begin(), csv.end(), '"') % 2 != 0) std::abort();
    const auto junit = fuzz::rendered({bytes, size}, Format::Junit);
    if (junit.find("<script") != junit.npos || junit.find('\0') != junit.npos) std::abort();
    return 0;
}
