#pragma once
// Whose a server's public key was, by what is left of it: of Particle's, which is known, any piece would show.
#include "base/bytes.h"

namespace photopsy {

/// `number` is the place of the number that makes a public key (RSA modulus, EC point), `published` Particle's whole key. True where enough of the number is
/// left, beside runs that are erased or zero, as mixed as such numbers are, and no piece of it stands anywhere in Particle's key, in whatever byte order: it
/// was another server's, or is no key at all. False where too little is left to say so.
bool is_left_of_another_key(ByteView number, ByteView published);

}  // namespace photopsy
