#include "base/base64.h"

#include <openssl/evp.h>

namespace photopsy {

std::string base64(ByteView bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // one more for the end that EVP_EncodeBlock writes
    const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::optional<std::vector<std::uint8_t>> bytes_of_base64(std::string_view text) {
    const auto padding = text.ends_with("==") ? 2u : text.ends_with("=") ? 1u : 0u;
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto digits = text.substr(0, text.size() - padding);
    if (text.size() % 4 || digits.find_first_not_of(alphabet) != std::string_view::npos) return {};
    std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
    if (EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size())) < 0) return {};
    bytes.resize(bytes.size() - padding);
    return bytes;
}

}  // namespace photopsy
