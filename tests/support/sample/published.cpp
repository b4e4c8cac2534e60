#include "support/sample/published.h"

#include "base/hex.h"

namespace photopsy::sample {

std::vector<std::uint8_t> published_server_key() {
    return *from_hex(
        "30820122300d06092a864886f70d01010105000382010f003082010a0282010100beccbe43db8eea1527a6bb526de1512b"
        "a0abcca1647748ad7c66fc807ff699a525f2f2dae043cf3a26a49ba187030e9a8d239abcea99ea68d35a14b1260fbdaa6d"
        "6f0cacc4772cd1c5c8b1d17b68e025737b52896820bd06c6f0e60030c0e0cff61b3a45e9c45b551706a3d34ac6d5b8d217"
        "02b5277d8de4d47dd3edc01d8a7c251e214a51ae5706dd60bca13490aacc099e3b3a414c3c9df3fdfdb727c15981985460"
        "4a627aa49abfdf921b3efca7e4a4b33a9a5f57938eeb196495224a2cd560f5f9d003508369c06b53f0f0daf813821fccbb"
        "5fe2c1df3ae97f5de27db950803c5833ef8cf3803f1101d268865f3c5ee6c18e322b28cbb5cc1ba8505ea70d0203010001");
}

std::vector<std::uint8_t> published_ec_server_key() {
    return *from_hex(
        "3059301306072a8648ce3d020106082a8648ce3d03010703420004509bfc185648c33f80907ae13260df33282115209e"
        "54a22f2b105984a46362c07c2679f6e4ce76ca002d3de4bf2e9e3a62151c48179bd809ddce9c5dc30f54b8");
}

}  // namespace photopsy::sample
