#include "mend/new_key.h"

#include "handshake/public_key.h"

namespace photopsy {

NewPair make_new_pair(KeyKind kind) {
    if (kind == KeyKind::EcSlot) {
        const auto key = make_new_ec_key();
        return key ? NewPair{encode_sec1(*key), ec_spki(key->point)} : NewPair{};
    }
    const auto key = make_new_key();
    return key ? NewPair{encode_for_device(*key), device_spki(key->n.bytes(128))} : NewPair{};
}

}  // namespace photopsy
