// The page: a stranger's text opens no element in it.
#include "fuzz/hostile_analysis.h"
#include "report/html.h"

#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const auto scripts = [](const std::string& page) {
        std::size_t count = 0;
        for (auto at = page.find("<script"); at != page.npos; at = page.find("<script", at + 1)) ++count;
        return count;
    };
    static const auto of_ours = scripts(fuzz::rendered({}, Format::Html));
    const std::string_view given(reinterpret_cast<const char*>(bytes), size);
    if (scripts(fuzz::rendered({bytes, size}, Format::Html)) > of_ours) std::abort();
    if (in_html(given).find_first_of("<>\"") != std::string::npos) std::abort();
    static_cast<void>(marked_difference(given, given.substr(given.size() / 2)));
    return 0;
}
