// Whatever a page calls, in whatever order, with whatever bytes: an answer, or a sentence.
#include "fuzz/script.h"
#include "page/page.h"

#include <cstdlib>
#include <string>
#include <vector>

using photopsy::fuzz::Script;

namespace {

std::uint32_t size(const std::vector<std::uint8_t>& bytes) { return static_cast<std::uint32_t>(bytes.size()); }

int of_files(Script& script, std::uint8_t which) {
    const auto bytes = script.bytes();
    switch (which) {
        case 0:
            return page_take_file(bytes.data(), size(bytes), script.text().c_str());
        case 1:
            return page_set_light(script.text().c_str());
        case 2:
            return page_set_public_key(script.number(), bytes.data(), size(bytes), "key.pem");
        case 3:
            return page_judge();
        case 4:
            return page_report(script.number() & 1 ? "json" : "markdown");
        case 5:
            return page_difference("text");
        case 6:
            return page_find_keys(script.number() % 2u);
        default:
            return page_find_keys_in_file(bytes.data(), size(bytes));
    }
}

int of_devices(Script& script, std::uint8_t which) {
    const auto bytes = script.bytes();
    switch (which) {
        case 0:
            return page_identify(0x2B04, 0xD000u + script.number() % 16u, script.number() * 16u, script.text().c_str());
        case 1:
            return page_capture_begin(bytes.data(), size(bytes), script.text().c_str(), script.number(), "now", script.text().c_str());
        case 2:
            page_capture_told(script.number(), bytes.data(), size(bytes));
            return 1;
        case 3:
            page_capture_reconnected(script.number());
            return 1;
        case 4:
            page_capture_stop();
            return 1;
        case 5:
            return page_capture_bytes();
        case 6:
            return page_capture_record();
        default:
            return page_trouble(script.number(), script.number(), 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t length) {
    Script script{bytes, length};
    page_forget();
    while (script.left > 0) {
        const auto choice = script.number();
        const int worked = choice & 8 ? of_devices(script, choice & 7) : of_files(script, choice & 7);
        if (worked == 0 && page_answer_size() == 0) std::abort();  // a failure has a sentence
        (void)page_capture_step();
    }
    return 0;
}
