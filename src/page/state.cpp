#include "page/state.h"

#include <algorithm>

namespace photopsy::page {

State& state() {
    static State held;
    return held;
}

int answer(std::string_view text) {
    state().answer.assign(text.begin(), text.end());
    return 1;
}

int answer(const std::vector<std::uint8_t>& bytes) {
    state().answer = bytes;
    return 1;
}

int fail(std::string_view sentence) {
    answer(sentence);
    return 0;
}

std::string cell(std::string_view text) {
    std::string words(text);
    std::ranges::replace_if(
        words, [](char letter) { return letter == '\t' || letter == '\n' || letter == '\r'; }, ' ');
    return words;
}

}  // namespace photopsy::page

using namespace photopsy;

const std::uint8_t* page_answer() { return page::state().answer.data(); }
std::uint32_t page_answer_size() { return static_cast<std::uint32_t>(page::state().answer.size()); }
int page_version() { return page::answer(version); }
void page_forget() { page::state() = {}; }
