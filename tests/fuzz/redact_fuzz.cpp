// A shareable copy of an edited dump: it is refused with a sentence, or has the size of what it is a copy of and keeps neither key nor claim code where they
// stood.
#include "fuzz/edited_dump.h"
#include "mend/redact.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto file = fuzz::edited_dump({bytes, size});
    const auto& layout = layout_for(file);
    const auto copy = redact(analyze(recognize(file, "dump.bin", "", layout), layout));
    if (!copy) {
        if (copy.error().message.empty()) std::abort();
        return 0;
    }
    if (copy->manifest.empty() || copy->bytes.size() > file.size() + 16) std::abort();
    const auto key = fuzz::true_key_slot();
    const auto private_part = ByteView(key).subspan(160, 128);  // of d: the modulus in front of it is public
    if (std::search(copy->bytes.begin(), copy->bytes.end(), private_part.begin(), private_part.end()) != copy->bytes.end()) std::abort();
    return 0;
}
