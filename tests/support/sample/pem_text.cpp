#include "support/sample/pem_text.h"

#include <string>

namespace photopsy::sample {

std::vector<std::uint8_t> pem_text(std::string_view label, const std::vector<std::uint8_t>& der) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text = "-----BEGIN " + std::string(label) + "-----\n";
    for (std::size_t i = 0; i < der.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (i + k < der.size() ? der[i + k] : 0u);
        for (std::size_t k = 0; k < 4; ++k) text.push_back(i + k > der.size() ? '=' : digits[group >> (18 - 6 * k) & 63]);
        if (i % 48 == 45 || i + 3 >= der.size()) text.push_back('\n');
    }
    text += "-----END " + std::string(label) + "-----\n";
    return {text.begin(), text.end()};
}

}  // namespace photopsy::sample
