// A server's key in another form than the firmware reads: taken out of it.
#include "handshake/given_key.h"
#include "handshake/key_forms.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"

namespace photopsy {

std::vector<std::uint8_t> server_spki_in(ByteView bytes) {
    for (const auto& found : unwrap_keys(bytes)) {
        if (found.kind != UnwrappedKey::Kind::Public) continue;
        const auto key = parse_public_key(found.der);
        if (!key || key->modulus.bits() != 2048 || !key->modulus.is_odd() || key->exponent != Number(65537)) continue;
        auto spki = server_spki(key->modulus.bytes(256));
        if (!lost_run_of_modulus(spki)) return spki;
    }
    return {};
}

}  // namespace photopsy
