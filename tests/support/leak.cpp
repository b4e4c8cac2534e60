#include "support/leak.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace photopsy::test {

namespace {

using Bytes = std::vector<std::uint8_t>;

std::uint64_t packed(ByteView bytes) {
    std::uint64_t value = 0;
    for (const auto byte : bytes.first(LeakFinder::window)) value = value << 8 | byte;
    return value;
}

bool dull(ByteView bytes) {
    Bytes sorted(bytes.begin(), bytes.begin() + LeakFinder::window);
    std::sort(sorted.begin(), sorted.end());
    return std::unique(sorted.begin(), sorted.end()) - sorted.begin() < 4;
}

int hex_value(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

int base64_value(char letter) {
    if (letter >= 'A' && letter <= 'Z') return letter - 'A';
    if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9') return letter - '0' + 52;
    if (letter == '+' || letter == '-') return 62;
    return letter == '/' || letter == '_' ? 63 : -1;
}

/// Digits of a base 2^bits, from the digit `skip` on, as bytes.
Bytes from_digits(const std::vector<int>& digits, unsigned bits, std::size_t skip) {
    Bytes bytes;
    std::uint32_t gathered = 0;
    unsigned have = 0;
    for (std::size_t i = skip; i < digits.size(); ++i) {
        gathered = gathered << bits | static_cast<std::uint32_t>(digits[i]);
        have += bits;
        if (have < 8) continue;
        have -= 8;
        bytes.push_back(static_cast<std::uint8_t>(gathered >> have));
    }
    return bytes;
}

/// Runs of digits of one kind; what stands in `between` does not end a run.
std::vector<std::vector<int>> runs_of(std::string_view text, int (*value)(char), std::string_view between, std::size_t shortest) {
    std::vector<std::vector<int>> runs(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '0' && i + 1 < text.size() && text[i + 1] == 'x' && between.find(',') != between.npos)
            ++i;  // 0x01, 0x02
        else if (const int digit = value(text[i]); digit >= 0)
            runs.back().push_back(digit);
        else if (between.find(text[i]) == between.npos && !runs.back().empty())
            runs.emplace_back();
    }
    std::erase_if(runs, [&](const auto& run) { return run.size() < shortest; });
    return runs;
}

/// Lists of decimal numbers below 256 with anything but letters and digits between them.
std::vector<Bytes> decimal_lists(std::string_view text) {
    std::vector<Bytes> lists(1);
    for (std::size_t i = 0; i < text.size();) {
        if (!std::isalnum(static_cast<unsigned char>(text[i]))) {
            ++i;
            continue;
        }
        std::size_t end = i;
        unsigned number = 0;
        bool decimal = true;
        for (; end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])); ++end) {
            decimal = decimal && std::isdigit(static_cast<unsigned char>(text[end]));
            number = std::min(256u, number * 10 + static_cast<unsigned>(text[end] - '0'));
        }
        if (decimal && number < 256)
            lists.back().push_back(static_cast<std::uint8_t>(number));
        else if (!lists.back().empty())
            lists.emplace_back();
        i = end;
    }
    return lists;
}

}  // namespace

void LeakFinder::add_secret(ByteView secret, std::string_view name) {
    for (std::size_t at = 0; at + window <= secret.size(); ++at)
        if (!dull(secret.subspan(at))) secrets_.emplace(packed(secret.subspan(at)), name);
}

void LeakFinder::add_public(ByteView bytes) {
    for (std::size_t at = 0; at + window <= bytes.size(); ++at) secrets_.erase(packed(bytes.subspan(at)));
}

std::optional<std::string> LeakFinder::found(ByteView bytes, std::string_view how) const {
    for (std::size_t at = 0; at + window <= bytes.size(); ++at)
        if (const auto place = secrets_.find(packed(bytes.subspan(at))); place != secrets_.end()) return place->second + ", " + std::string(how);
    return {};
}

std::optional<std::string> LeakFinder::leak_in(std::string_view text) const {
    if (const auto raw = found({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, "raw")) return raw;
    for (const auto* between : {"", " :-,;.\n\t\"x\\"})
        for (const auto& run : runs_of(text, hex_value, between, 2 * window))
            for (std::size_t skip = 0; skip < 2; ++skip)
                if (const auto hexadecimal = found(from_digits(run, 4, skip), "hexadecimal")) return hexadecimal;
    for (const auto* between : {"", "\n\r \t"})
        for (const auto& run : runs_of(text, base64_value, between, 8))
            for (std::size_t skip = 0; skip < 4; ++skip)
                if (const auto base64 = found(from_digits(run, 6, skip), "base64")) return base64;
    for (const auto& list : decimal_lists(text))
        if (const auto decimal = found(list, "decimal")) return decimal;
    return {};
}

}  // namespace photopsy::test
