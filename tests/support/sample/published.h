#pragma once
// The public key of Particle's cloud (TCP), as every device holds it. Public: it stands in hal/src/photon/dct_prep.bin@v0.4.0 and particle-cli.
#include <cstdint>
#include <vector>

namespace photopsy::sample {

/// 294 bytes DER (SubjectPublicKeyInfo, RSA-2048).
std::vector<std::uint8_t> published_server_key();

/// The one for UDP, as every Electron holds it: 91 bytes DER (SubjectPublicKeyInfo, P-256). system_cloud_internal_constants.c@v0.7.0:22.
std::vector<std::uint8_t> published_ec_server_key();

}  // namespace photopsy::sample
