#pragma once
// Keys as OpenSSL makes them today: fresh at every call, for counts and for sizes that the device does not know.
#include "support/shared.h"

namespace photopsy::test {

/// PKCS#1 RSAPrivateKey in OpenSSL's own minimal DER; empty if the library could not.
Bytes fresh_openssl_key(std::size_t bits);

}  // namespace photopsy::test
