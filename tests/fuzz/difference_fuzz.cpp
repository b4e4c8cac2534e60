// Two dumps, one an edited form of the other, compared by meaning and by bytes.
#include "fuzz/edited_dump.h"
#include "report/difference.h"

#include <cstdlib>

using namespace photopsy;

static Analysis analyzed(const std::vector<std::uint8_t>& file) {
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(file, "dump.bin", "", layout), layout);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView script(bytes, size);
    const auto before = fuzz::edited_dump(script.first(size / 2)), after = fuzz::edited_dump(script);
    const auto difference = compare(analyzed(before), analyzed(after), {});
    if (difference.same != (before == after) && difference.same) std::abort();
    if (difference_text(difference).empty() || difference_json(difference).empty()) std::abort();
    return 0;
}
