#include "handshake/slot_words.h"

#include "handshake/server_slot.h"

namespace photopsy {

std::string wrapping_words(const UnwrappedKey& key) {
    if (key.encoding == KeyEncoding::Pkcs8) return "the slot holds the key in PKCS#8, as OpenSSL 3 writes it; the firmware reads PKCS#1";
    const bool pkcs8_text = key.how.find("PKCS#8") != std::string::npos;
    const std::string how = key.how.substr(0, key.how.find(','));
    return "the slot holds the key " + how + (pkcs8_text ? " (PKCS#8); the firmware reads PKCS#1 in DER" : "; the firmware reads DER");
}

std::string other_words(const UnwrappedKey& key) {
    const std::string how = key.how.empty() ? "" : " " + key.how;
    if (key.kind == UnwrappedKey::Kind::Encrypted) return "the slot holds a key that is encrypted with a password" + how;
    if (const auto kind = foreign_kind(key.der); !kind.empty()) return "the slot holds " + kind + how;
    return key.kind == UnwrappedKey::Kind::Other ? "the slot holds PEM text that is no RSA private key" : "the slot holds a public key" + how;
}

}  // namespace photopsy
