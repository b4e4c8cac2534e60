#pragma once
#include "base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace photopsy {

/// The DER bytes of a public key file (SubjectPublicKeyInfo, DER or PEM; or the 512 bytes of key and address that `keys server` writes). A private key, another
/// thing, or a file that cannot be read: one sentence.
Result<std::vector<std::uint8_t>> read_public_key_file(const std::string& path);

/// The bytes that base64 text stands for; blanks and line ends are skipped. Nothing on any other character.
Result<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace photopsy
