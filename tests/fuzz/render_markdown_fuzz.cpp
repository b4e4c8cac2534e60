// The report for a forum: no longer than promised, no markup of a stranger's: it stands behind a backslash or in code.
#include "fuzz/hostile_analysis.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

using namespace photopsy;

/// True where an element begins that is neither escaped nor in a span of code. (The report has no element of this name itself.)
static bool opens_a_script(std::string_view line) {
    bool in_code = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const bool escaped = at > 0 && line[at - 1] == '\\' && !in_code;
        if (line[at] == '`' && !escaped) in_code = !in_code;
        if (!in_code && !escaped && line.substr(at).starts_with("<script")) return true;
    }
    return false;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto text = fuzz::rendered({bytes, size}, Format::Markdown);
    std::size_t characters = 0;
    for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (text.empty() || characters > 15000) std::abort();
    bool in_fence = false;
    for (std::string_view rest = text; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.starts_with("```")) in_fence = !in_fence;
        if (!in_fence && opens_a_script(line)) std::abort();
    }
    return 0;
}
