#pragma once
// What a key in some wrapping is called that stands in the slot of an RSA device key. Without secrets.
#include "handshake/key_forms.h"

namespace photopsy {

/// What the firmware would need, said of a private key.
std::string wrapping_words(const UnwrappedKey&);
/// Of everything else.
std::string other_words(const UnwrappedKey&);

}  // namespace photopsy
