#pragma once
// Files that hold one key or key slot, told from other files by their first bytes. Reads no number of a key.
#include "base/bytes.h"

#include "flash/capture.h"

#include <string_view>

namespace photopsy {

struct KeyFileForm {
    KeyFileKind holds = KeyFileKind::None;  ///< None where the file begins as no key, or is larger than key files are
    std::string_view kind;          ///< "a private RSA key in PKCS#8 form (DER)"
};

/// Source of the forms: RFC 8017 A.1, RFC 5208, RFC 5915, RFC 5280 4.1.
KeyFileForm key_file_form(ByteView file);

}  // namespace photopsy
