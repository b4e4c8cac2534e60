#pragma once
// A handshake that a computer makes with the real server in the device's place: what it would take from a dump, and what each of its ends proves.
#include "base/result.h"
#include "handshake/server_address.h"
#include "handshake/session.h"

#include <optional>
#include <string>

namespace photopsy {

/// What a dump brings to such a handshake.
struct LiveQuestion {
    SessionKeys keys;                      ///< padding not yet filled
    DecodedAddress server;                 ///< whom the device would ask
    std::optional<std::string> device_id;  ///< 24 hex digits, where the dump or its record tells it
    LiveCircumstances known;               ///< whom it asks is filled in by who asks
};

/// The slots of the table copy in force, with the built-in server key where the firmware would use it. One sentence where there is nothing to ask with: the
/// slots are not in the file, the firmware would make a new key first, or the device does not speak this protocol.
Result<LiveQuestion> live_question(const Image&, const Facts&, const KeyFacts&);
/// The same from two slot files (`device_slot` 612 bytes, `server_slot` 294 bytes or more, with the address from byte 384 on).
Result<LiveQuestion> live_question(ByteView device_slot, ByteView server_slot, HandshakeGeneration);
/// Takes Particle's published key in place of the slot's.
void use_published_server_key(LiveQuestion&);

/// What an end proves, for those who decide by it.
enum class LiveProof : std::uint8_t {
    NotReached,           ///< name, route, port, firewall, a line that broke: no key was tried
    OtherService,         ///< what answers there is no server for devices
    NothingSent,          ///< the server key in the slot cannot encrypt
    CannotRead,           ///< the server hung up on a message encrypted to Particle's key, which no other server can read
    Refuses,              ///< the server could read the message and hung up: another key on record, or an unknown device
    RefusesOrCannotRead,  ///< it hung up; whether it could read is open
    AnotherServer,        ///< who answered does not have the private half of the server key in the slot
    DamagedKey,           ///< the server answered; the damaged key in the slot cannot read it
    AnotherKeyOnRecord,   ///< the server answered to another key than the whole one in the slot
    Accepted
};
LiveProof proof_of(const LiveAnswer&);

/// What was seen, and what it proves: one or two sentences each, without any byte of a message.
struct LiveMeaning {
    std::string seen, proves;
};
LiveMeaning meaning_of(const LiveAnswer&);

/// Whether an answer is what was predicted for one of the policies; nothing where the network (of this computer or of the device) kept it from being found
/// out, or another server was asked than the one of the prediction.
std::optional<bool> agrees(const LiveAnswer&, const HandshakeOutcome&);

}  // namespace photopsy
