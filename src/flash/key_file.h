#pragma once
// Files that hold one key or key slot, told from other files by their first bytes. Reads no number of a key.
#include "base/bytes.h"

#include <string>

namespace photopsy {

/// "a private RSA key in PKCS#8 form (DER)"; "" where the file begins as none, or is larger than key files are. Source of the forms: RFC 8017 A.1, RFC 5208,
/// RFC 5915, RFC 5280 4.1.
std::string key_file_kind(ByteView file);

}  // namespace photopsy
