#include "cli/byte_stream.h"
#include "cli/found.h"

namespace photopsy {

struct InputNames::List {
    explicit List(const std::string& path) : stream(path) {}
    ByteStream stream;
};

InputNames::InputNames(std::vector<std::string> given, std::string list, char separator) : given_(std::move(given)), separator_(separator) {
    if (list.empty()) return;
    list_ = std::make_unique<List>(list);
    if (!list_->stream.failure().empty()) failure_ = list_->stream.failure();
}

InputNames::~InputNames() = default;

std::optional<std::string> InputNames::next() {
    static constexpr std::size_t longest_name = 1u << 16;
    if (next_given_ < given_.size()) return ++taken_, given_[next_given_++];
    while (list_ && failure_.empty()) {
        auto name = list_->stream.line(separator_, longest_name);
        if (!list_->stream.failure().empty()) failure_ = list_->stream.failure();
        if (!name || !failure_.empty()) break;
        if (separator_ == '\n' && name->ends_with('\r')) name->pop_back();
        if (!name->empty()) return ++taken_, name;
    }
    return {};
}

}  // namespace photopsy
