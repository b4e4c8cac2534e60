#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "flash/layout.h"

#include <cstdint>
#include <string>
#include <vector>

namespace photopsy {

/// The DER bytes of a public key file (SubjectPublicKeyInfo, DER or PEM; or the 512 bytes of key and address that `keys server` writes). A private key, another
/// thing, or a file that cannot be read: one sentence.
Result<std::vector<std::uint8_t>> read_public_key_file(const std::string& path);

/// The same; of "", which stands for an option that was not given, no bytes.
Result<std::vector<std::uint8_t>> read_public_key_if_given(const std::string& path);

/// A key that was given and can be none of this device's is a mistake of whoever gave it, and says nothing about the device: one sentence. "" where both can
/// be, or were not given (empty).
struct GivenKey {
    ByteView spki;
    const std::string& file;
};
std::string why_refused(GivenKey registered, GivenKey server, const KeySet* of_device);

/// The bytes that base64 text stands for; blanks and line ends are skipped. Nothing on any other character.
Result<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace photopsy
