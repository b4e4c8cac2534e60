#pragma once
// EC keys in a flash: the parts of judge_ec_keys(). Flash in; what comes out may hold the key.
#include "handshake/dtls.h"
#include "handshake/ec_slot.h"

namespace photopsy {

/// The slot at `field` (192 bytes); the class NotInFile where it is not wholly there.
EcSlotReading read_ec_slot_at(const Image&, Range field, EcParser, const std::vector<EcPoint>& witnesses);
/// The same as a fact, without secrets.
DeviceKey fact_of_ec(const EcSlotReading&, Range field, int dct_copy);

ServerKey judge_ec_server_slot(const Image&, Range field, const DtlsRules&);
ServerAddress judge_udp_address(const Image&, Range field, const DtlsRules&);
/// The cache is evidence only from 1.5.0 on; before, erased bytes or zeros are all that the firmware leaves there.
PublicKeyCache judge_ec_cache(const Image&, Range field, const DeviceKey&, const InstalledSystem&);

/// Public keys that the caches of the table's copies name, of the selected copy first.
std::vector<EcPoint> known_ec_points(const Image&, const Facts&);

struct FoundEcKey {
    Range at;
    EcSlotReading reading;
};
/// EC private keys anywhere in the image except at `known` places: at most 16, by address. At most 32 places are tried, equal bytes once.
std::vector<FoundEcKey> search_ec_keys(const Image&, const std::vector<Range>& known, const std::vector<EcPoint>& witnesses);

}  // namespace photopsy
