#pragma once
// What the installed firmware will do in the cloud handshake with these two slots. Measured rules: docs/formats/handshake.md.
#include "base/digest.h"
#include "facts/releases.h"
#include "flash/layout.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

class Image;
struct Facts;
struct KeyFacts;

enum class ServerPolicy { ComparesPresentedKey, UsesStoredKey };
enum class Step {
    Connect,
    RecvNonce,
    RsaEncrypt,
    Send256,
    Recv384,
    RsaDecrypt,
    VerifySignature,
    SendHello,
    RecvHello,
    Done,
    // over UDP, between Connect and SendHello; after these the device says hello and does not wait for an answer
    DtlsDeviceKey,
    DtlsServerKey,
    DtlsNoAnswer,
    DtlsVerifyServer,
    DtlsFinish
};
/// The steps of this transport in their order, Done last.
std::span<const Step> steps_of(Transport);
std::string_view name_of(ServerPolicy);  ///< contract's words
std::string_view name_of(Step);

/// How a handshake ended that a computer made with a real server and the keys of a dump (`handshake --live`).
enum class LiveEnd {
    Accepted,  ///< answer decrypted, signature right: nothing stands between this device and its session
    NameNotFound,
    NoRoute,
    Refused,
    TimedOut,  ///< before the connection stood, or in the middle of it
    Closed,    ///< by the other side
    Broken,    ///< reset, or another failure of the line
    OtherProtocol,
    CannotEncrypt,
    CannotDecrypt,
    BadSignature
};
std::string_view name_of(LiveEnd);  ///< "accepted", "name-not-found" ...

/// What is known of whom was asked and with what.
struct LiveCircumstances {
    bool asked_particle = false;           ///< the server asked is Particle's
    bool server_key_is_published = false;  ///< with Particle's key
    bool device_key_usable = true;         ///< the firmware can compute with the key in the slot
    bool server_key_is_given = false;      ///< its owner says that the key in the slot is this server's
    bool asked_another = false;            ///< another server was asked than the one that the dump names
};

struct LiveAnswer {
    Step step = Step::Connect;
    LiveEnd end = LiveEnd::TimedOut;
    std::size_t received = 0;       ///< bytes of the message that was being waited for
    bool signed_by_server = false;  ///< the answer carries a signature of the owner of the server key that was used, whoever it is meant for
    LiveCircumstances known;
};

enum class ServerKeySource { Published, BuiltIn, Given, Assumed };
std::string_view name_of(ServerKeySource);

/// How it is known which public key the cloud holds for this device.
enum class CloudWitness {
    Nobody,  ///< no dump tells; it is taken to be the key that belongs to the slot
    Owner,   ///< the owner gave it (--registered-public-key)
    Server,  ///< a server's answer to a handshake with the keys of this dump
    Light    ///< the owner saw the light of a device that is online, which only the key on record opens
};

struct Prediction {
    Transport transport = Transport::Tcp;
    ServerPolicy policy = ServerPolicy::ComparesPresentedKey;
    Step step = Step::Done;
    std::optional<int> code;  ///< nothing: fails before the handshake
    std::string led;          ///< what the user then sees, by version
    bool chance = false;
    bool regenerates_key = false;   ///< the firmware makes a new key first (device slot byte 0 = FF)
    bool generation_fails = false;  ///< it tries and cannot (0.7.0)
    bool uses_builtin_server_key = false;
    std::string explain;  ///< why it ends here
};

/// Result of the walk over this dump.
struct HandshakeOutcome {
    std::string unknown;  ///< why nothing can be predicted; "" if predictions stand
    ServerKeySource server_key_source = ServerKeySource::Assumed;
    bool server_has_key = true;          ///< the server can decrypt what the device sends
    bool given_key_is_anothers = false;  ///< a key was given as the server's, and key and address of the device are Particle's: those decide
    CloudWitness cloud_witness = CloudWitness::Nobody;
    bool witness_is_sure = true;                   ///< false: the server hung up, which a server also does that does not know the device at all
    bool cloud_holds_slots_key = true;             ///< false: known from outside the dump that the cloud holds another key than the slot's
    std::optional<LiveAnswer> live;                ///< what a real server said, where one was asked
    std::optional<Sha256> registered_fingerprint;  ///< of the key that the owner says the cloud holds
    std::vector<Prediction> predictions;           ///< one per policy
    bool fails() const;                            ///< any policy ends elsewhere than Done
    /// It is known from outside the dump that the key in the slot is the one on record.
    bool has_registered_key() const { return cloud_witness != CloudWitness::Nobody && cloud_holds_slots_key; }
};

/// What is given to the walk. Views stay the caller's.
struct HandshakeInput {
    ByteView device_slot;  ///< 612 bytes
    ByteView server_slot;  ///< 294 bytes at least; address from byte 384 on where longer
    HandshakeGeneration generation = HandshakeGeneration::V2_3_1;
    LedGeneration led = LedGeneration::AllRed;
    ByteView registered_spki;          ///< the public key the cloud holds (DER); empty: the key that belongs to the slot (before damage)
    bool registered_key_known = true;  ///< false: the cloud holds some other key of which nothing is known
    bool device_makes_keys = true;     ///< byte 0 = FF of the device slot means "no key" to the firmware, which then makes one (not on every device)
    bool light_ssl_codes =
        false;  ///< firmware with UDP support has the codes of its TCP channel at every release (communication/src/protocol_selector.h@v0.7.0)
    bool device_known_to_cloud = true;  ///< false: the cloud does not know the device id at all
    ByteView server_spki;               ///< 294 bytes the server really has; empty: published key for Particle's address, else the slot's
};

/// The real operations of both sides with fixed nonce, padding and session bytes: the same answer every time. Total: any bytes give an answer.
HandshakeOutcome simulate_handshake(const HandshakeInput&);

/// The prediction for a dump: the slots of the copy that the installed firmware selects, or the defaults it would write where it selects none.
/// `registered_spki`, `server_spki`: what the user says cloud and server hold (DER); empty: unknown. `live`: what a real server did, if one was asked:
/// an answer that the slot's own key cannot decrypt proves that the cloud holds another.
HandshakeOutcome predict_handshake(const Image&, const Facts&, const KeyFacts&, ByteView registered_spki, ByteView server_spki,
                                   std::optional<LiveAnswer> live = {});

/// One rung of the ladder for one policy: how far the handshake gets, in words.
struct LadderStep {
    Step step = Step::Connect;
    enum class State { Passed, Failed, NotReached, Unknown } state = State::NotReached;
    std::string explain;
};
std::vector<LadderStep> handshake_ladder(const Prediction&);

/// The colours and counts a user sees for a step and code (dct-keys 4.3).
std::string led_of(Step, LedGeneration);

}  // namespace photopsy
