// An EC key that went through a transfer in text mode: what it was, proved by its halves, or what was lost. Every key has a byte 0A in front of the name of
// its curve.
#include "handshake/ec_slot.h"
#include "handshake/text_transfer.h"

#include <algorithm>
#include <array>

namespace photopsy {

namespace {

constexpr std::size_t longest_ec_key = 160;  ///< in PKCS#8

EcSlotReading rewritten(std::string_view what, EcSlotReading inside) {
    EcSlotReading reading{.what = DeviceKeyClass::WrongEncoding, .encoding = KeyEncoding::Other, .detail = std::string(text_transfer_words).append(what)};
    reading.by_text_transfer = true;
    reading.key = std::move(inside.key);
    reading.public_spki = std::move(inside.public_spki);
    if (reading.key) reading.method = undone_transfer_method;
    return reading;
}

/// One multiplication, before arithmetic that takes milliseconds: there are more ways back than could all be tried so.
bool may_be_whole_ec(ByteView bytes) {
    const auto walk = walk_ec_key(bytes.first(std::min(bytes.size(), ec_device_reach)), EcParser::ComputesPublicHalf);
    return walk.accepted && !walk.point_computed && point_of(walk.d) == walk.presented;
}

bool is_settled(const EcSlotReading& reading) {
    if (reading.usable || reading.what == DeviceKeyClass::Good || reading.what == DeviceKeyClass::UnreadableByFirmware) return true;
    return reading.what == DeviceKeyClass::WrongEncoding && reading.key && reading.method == "as it stands, in another form";
}

}  // namespace

EcSlotReading read_ec_slot(ByteView given, EcParser parser, const std::vector<EcPoint>& witnesses) {
    auto reading = read_ec_slot_as_it_stands(given, parser, witnesses);
    if (is_settled(reading) || reading.what == DeviceKeyClass::ServerKeyInSlot) return reading;
    const auto reach = given.first(std::min(given.size(), ec_text_reach));
    for (const auto& undone : undo_text_transfer(reach, longest_ec_key)) {
        if (!undone.exact && !may_be_whole_ec(undone.bytes)) continue;
        auto inside = read_ec_slot_as_it_stands(undone.bytes, EcParser::ComputesPublicHalf, witnesses);
        if (inside.key && is_settled(inside)) return rewritten(undone.what, std::move(inside));
    }
    if (reading.key) {
        const auto changed = changed_characters(reach, std::array{encode_sec1(*reading.key), encode_ec_pkcs8(*reading.key)});
        if (changed.what.empty()) return reading;
        auto method = std::move(reading.method);
        auto told = rewritten(changed.what, std::move(reading));
        told.method = std::move(method);
        return told;
    }
    const auto lost = lost_in_text_transfer(reach);
    if (lost.empty()) return reading;
    auto told = rewritten(lost, {});
    told.detail += nothing_left_words;
    told.public_spki = std::move(reading.public_spki);
    return told;
}

}  // namespace photopsy
