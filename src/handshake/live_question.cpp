#include "handshake/keys.h"
#include "handshake/live.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint8_t empty_mark = 0xFF;  // of byte 0: system/src/system_cloud_internal.cpp@v0.7.0 takes the slot for empty

std::vector<std::uint8_t> copied(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

void use_published_server_key(LiveQuestion& question) {
    const ByteView published = published_server_key();
    std::copy(published.begin(), published.end(), question.keys.server_slot.begin());
    question.known.server_key_is_published = true;
}

Result<LiveQuestion> live_question(ByteView device_slot, ByteView server_slot, HandshakeGeneration generation) {
    if (device_slot.empty() || server_slot.size() < server_slot_size)
        return Error{"the key slots are not in the file: there is nothing to ask the server with"};
    if (device_slot[0] == empty_mark && generation != HandshakeGeneration::V0_7_0)
        return Error{
            "the device's key slot is empty: the firmware makes a new key at its next start, so there is no key yet that a server could be asked about"};
    LiveQuestion question;
    question.keys.device_slot = copied(device_slot.first(std::min(device_slot.size(), device_slot_size)));
    question.keys.server_slot = copied(server_slot.first(server_slot_size));
    question.keys.generation = generation;
    if (server_slot[0] == empty_mark && generation >= HandshakeGeneration::V0_7_0) use_published_server_key(question);
    const auto same =
        std::ranges::equal(ByteView(question.keys.server_slot).subspan(server_modulus_at, 256), published_server_key().subspan(server_modulus_at, 256));
    question.known.server_key_is_published = same;
    const ByteView address =
        server_slot.size() >= server_address_at + server_address_size ? server_slot.subspan(server_address_at, server_address_size) : ByteView{};
    question.server = decode_server_address(address, generation);
    return question;
}

Result<LiveQuestion> live_question(const Image& image, const Facts& facts, const KeyFacts& keys) {
    if (!facts.layout || !facts.keys || facts.keys->transport != Transport::Tcp)
        return Error{
            "a live handshake is only offered for devices that connect over TCP with an RSA key; this one uses DTLS, whose servers answer nobody they do not "
            "know"};
    if (facts.of_other_device || facts.blank_capture) return Error{"this file is not the flash of such a device: there is nothing to ask a server with"};
    if (program_in_system_place(facts.modules, *facts.layout))
        return Error{
            "another program runs in the place of the system: whether and how it connects is not known, and an answer would say nothing about this device"};
    if (facts.dct.would_reinitialize)
        return Error{
            "neither copy of the configuration table is usable: the firmware would start with empty key slots, and there is nothing to ask the server with"};
    const Range wanted = range_of(keys.server.at.begin, static_cast<std::uint32_t>(server_address_at + server_address_size));
    auto question = live_question(image.bytes(keys.device.at), image.has(wanted) ? image.bytes(wanted) : image.bytes(keys.server.at), facts.system.handshake);
    if (!question) return question;
    question->device_id = facts.own_id();
    question->known.device_key_usable = keys.device.usable;
    return question;
}

}  // namespace photopsy
