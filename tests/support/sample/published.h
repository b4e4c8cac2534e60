#pragma once
// The public key of Particle's cloud (TCP), as every Photon holds it. Public: it stands in hal/src/photon/dct_prep.bin@v0.4.0 and particle-cli.
#include <cstdint>
#include <vector>

namespace photopsy::sample {

/// 294 bytes DER (SubjectPublicKeyInfo, RSA-2048).
std::vector<std::uint8_t> published_server_key();

}  // namespace photopsy::sample
