#pragma once
// What a fuzzer's bytes decide, taken from their front.
#include <cstdint>
#include <string>
#include <vector>

namespace photopsy::fuzz {

/// Takes from the front of the fuzzer's bytes; zero where they have ended.
struct Script {
    const std::uint8_t* at;
    std::size_t left;

    std::uint8_t number() {
        if (left == 0) return 0;
        --left;
        return *at++;
    }
    std::string text() {
        std::string words(number() % 32, '\0');
        for (char& letter : words) letter = static_cast<char>(number());
        return words;
    }
    /// At most so many, and a quarter of the rest, so that more calls follow.
    std::vector<std::uint8_t> bytes(std::size_t most = 2048) {
        std::vector<std::uint8_t> taken(number() * most / 255 % (left / 4 + 1));
        for (auto& byte : taken) byte = number();
        return taken;
    }
    /// The text with a few of its letters changed, and its end cut off; or as it is.
    std::string edited(std::string text) {
        const auto edits = number() % 4;
        for (int edit = 0; edit < edits && !text.empty(); ++edit) text[(number() * 256u + number()) % text.size()] = static_cast<char>(number());
        if (number() % 4 == 0 && !text.empty()) text.resize((number() * 256u + number()) % text.size());
        return text;
    }
};

}  // namespace photopsy::fuzz
