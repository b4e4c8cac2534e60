#pragma once
// A public key or an address that its owner gave: may it be what he says it is?
#include "flash/layout.h"

#include <optional>
#include <string>
#include <string_view>

namespace photopsy {

/// Why the public key (SubjectPublicKeyInfo, DER) of the file `called` so can be none of a server of devices whose keys are of this kind, or none that the
/// cloud holds for such a device: one sentence with what to do. "" where it can.
std::string why_no_key_of_server(ByteView spki, KeyKind, const std::string& called);
std::string why_no_key_of_device(ByteView spki, KeyKind, const std::string& called);

/// Why no device can be sent to this host and port, in one sentence; "" where nothing speaks against it.
std::string why_no_server_address(std::string_view host, unsigned port);

/// The first 16 and more bytes of the modulus of an RSA-2048 key, as offsets into its 294 bytes, that are all FF or all 00: no modulus has such a run, damage
/// leaves it.
std::optional<Range> lost_run_of_modulus(ByteView slot);

}  // namespace photopsy
