// Keys in slots, files and text: a true key with the fuzzer's bytes over it, or nothing but those. No arithmetic is begun that does not end.
#include "fuzz/edited_dump.h"
#include "handshake/device_slot.h"
#include "handshake/key_forms.h"
#include "handshake/server_slot.h"

#include <algorithm>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    const ByteView given(bytes + 1, size - 1);
    auto slot = bytes[0] & 1 ? fuzz::true_key_slot() : std::vector<std::uint8_t>(device_slot_size, 0xFF);
    if (bytes[0] & 1) {
        for (std::size_t i = 0; i + 3 < given.size(); i += 3) slot[(given[i] | given[i + 1] << 8) % slot.size()] = given[i + 2];
    } else {
        std::copy_n(given.begin(), std::min(given.size(), slot.size()), slot.begin());
    }
    static_cast<void>(unwrap_keys(bytes[0] & 1 ? ByteView(slot) : given));
    static_cast<void>(read_server_slot(ByteView(slot).first(server_slot_size)));
    if (bytes[0] & 2) static_cast<void>(read_device_slot(slot, {}));
    return 0;
}
