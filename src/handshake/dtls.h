#pragma once
// The handshake over UDP (DTLS 1.2 with raw public keys on both sides), as the installed firmware carries it out. Measured rules: docs/formats/dtls.md.
// Source: communication/src/dtls_message_channel.cpp@v0.7.0:182-226, dtls_protocol.cpp@v0.7.0:31-46, protocol_defs.h@v0.5.3:21-35, @v2.3.1:42-43.
#include "handshake/ec_server_slot.h"
#include "handshake/kinds.h"

namespace photopsy {

/// What changed between the releases.
struct DtlsRules {
    EcParser parser = EcParser::ComputesPublicHalf;
    int server_key_code = 16;        ///< the server key does not parse; 2 up to 0.6.0
    int failure_code = 17;           ///< all other ends; 2 up to 0.6.0
    bool builtin_server_key = true;  ///< byte 0 of the server slot = FF: Particle's key from the firmware itself (from 0.7.0 on)
    UdpAddressRules address;
    int patience = 45;                ///< seconds until a silent server counts as gone; 9 up to 1.4.0
    bool crashes_without_key = true;  ///< an unreadable device key leaves an object that was never set up (from 0.7.0 on it is used at once)
};
DtlsRules dtls_rules(const InstalledSystem&);

/// Content of the public-key cache of UDP devices by release (hal/src/stm32f2xx/ota_flash_hal_stm32f2xx.cpp@v2.3.1:579-617): only from 1.5.0 on it is one.
bool keeps_ec_cache(const InstalledSystem&);

/// What is given to the walk. Views stay the caller's.
struct DtlsInput {
    ByteView device_slot;  ///< up to 612 bytes
    ByteView server_slot;  ///< up to 296 bytes
    ByteView address;      ///< 128 bytes
    DtlsRules rules;
    LedGeneration led = LedGeneration::AllRed;
    std::optional<EcPoint> registered;  ///< the public key the cloud holds; nothing: one of which nothing is known
    std::optional<EcPoint> server;      ///< the public key the server really has; nothing: Particle's for its address, else the slot's
};

/// One prediction per policy. Total: any bytes give an answer.
HandshakeOutcome simulate_dtls(const DtlsInput&);

}  // namespace photopsy
