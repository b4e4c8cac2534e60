#pragma once
// What is in the key slots, judged as the firmware would judge it. Holds no key bytes: states, ranges, public fingerprints.
#include "base/digest.h"
#include "facts/facts.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace photopsy {

/// The one best description of a device key slot (612 bytes at app+34 for RSA, 192 at app+3106 for EC). One cause id each, except Good and NotInFile.
enum class DeviceKeyClass {
    NotInFile,
    Good,            ///< the firmware's own walk and the CRT equations work out
    NeverGenerated,  ///< erased on a unit that never was provisioned
    Erased,
    Zeroed,
    Truncated,
    BitFlip,
    Mixed,
    WrongType,             ///< EC key, public key, PEM text, other data
    WrongSize,             ///< RSA of another size
    WrongEncoding,         ///< PKCS#8, PEM of the right key
    DerLengthWrong,        ///< a length octet's low bit sends the walk astray
    UnreadableByFirmware,  ///< mathematically perfect, short component
    ServerKeyInSlot,       ///< holds a server public key (swapped)
    Damaged,               ///< none of the above explains it
    HalvesDiffer           ///< EC: private number and public half are of two keys
};

enum class KeyEncoding { None, Device, DeviceOrCommandLine, CommandLine, Pkcs8, Unpadded, Pem, Spki, Ec, Other };

enum class ComponentState { Good, Damaged, Redundant /* the firmware never reads it */, NotChecked };

struct KeyComponent {
    std::string_view name;  ///< n e d p q dP dQ qInv; of an EC key: frame, d, point
    Range at;               ///< where the firmware (or DER, if the walk fails) finds it; flash address
    ComponentState state = ComponentState::NotChecked;
};

struct DeviceKey {
    KeyKind kind = KeyKind::RsaSlot;
    Range at;          ///< the 612 bytes; 192 for EC
    int dct_copy = 0;  ///< copy it was read from; 0 = from an alt 1 upload or a slot file
    DeviceKeyClass what = DeviceKeyClass::NotInFile;
    KeyEncoding encoding = KeyEncoding::None;
    unsigned bits = 0;         ///< of the modulus as far as known
    std::uint32_t extent = 0;  ///< bytes the encoding uses (DER length), 0 if unknown
    std::vector<KeyComponent> components;
    std::vector<Range> damage;                 ///< as close as known: the flipped byte, the erased run
    std::optional<Sha256> public_fingerprint;  ///< SHA-256 of the SPKI the key belongs to (recovered if need be); nothing if unknown
    std::vector<std::uint8_t> public_spki;     ///< the same as 162 bytes DER (EC: 91); public
    /// EC: of the key that the device itself had made, whose public half still stands behind a key that was loaded over it.
    std::optional<Sha256> first_public_fingerprint;
    bool usable = false;  ///< by the firmware: the walk reads it and the equations hold
    bool e_is_65537 = true;
    std::string detail;             ///< one sentence without secrets: "one bit of byte 74 of the slot is flipped, in the modulus n"
    bool searched_in_part = false;  ///< a search for the key came to the end of its budget and found none
    bool by_text_transfer = false;  ///< a transfer in text mode rewrote the key's bytes; `method` is set where that can be undone
    std::uint32_t reach = 0;        ///< bytes from the front that a text written there takes up, or a longer thing of another kind; 0: it is none, or cut off
    std::string method;             ///< how the key was rebuilt ("from n and p"); "" if it could not be or need not be
    bool of_two_parts = false;      ///< Mixed: the beginning is one key's and the end another's, and not each byte both
};

enum class ServerKeyClass { NotInFile, Published, ValidOther, Erased, Corrupted, Truncated, WrongType, DeviceKeyInSlot };

struct ServerKey {
    Range at;  ///< 294 bytes; 91 for EC
    ServerKeyClass what = ServerKeyClass::NotInFile;
    std::optional<Sha256> fingerprint;  ///< of the 294 bytes where they are a well-formed key
    bool harmless_damage = false;       ///< the 256 bytes that the firmware reads are the published modulus: works all the same
    bool damaged_other = false;  ///< Corrupted, Truncated: what is left of the number has nothing of Particle's (rest_of_key.h): another server's key, damaged
    std::vector<Range> damage;   ///< bytes that differ from the published key where it is recognizably that
    bool uses_builtin = false;   ///< byte 0 = FF and system >= 0.7.0
    bool by_text_transfer = false;  ///< a transfer in text mode rewrote its bytes; `fingerprint` is set where that can be undone
    std::uint32_t reach = 0;        ///< as DeviceKey::reach
    std::string detail;
};

struct ServerAddress {
    Range at;  ///< 128 bytes
    enum class Kind { NotInFile, Erased, Domain, Ip, Invalid } kind = Kind::NotInFile;
    std::string host;  ///< as the firmware decodes it; untrusted text; shown only if published or asked for
    std::uint16_t port = 5683;
    std::string_view default_host = "device.spark.io";  ///< what belongs to Particle's key, and what the firmware falls back to
    bool particle = false;                              ///< Particle's own host and port
    bool of_particle = false;                           ///< any name in one of Particle's domains
    bool falls_back = false;                            ///< invalid or erased: the firmware uses device.spark.io
    bool unreachable = false;                           ///< 0.0.0.0 or a garbage port or name: connect fails
    bool damaged = false;                               ///< recognizably Particle's, or the older copy's, with changed bytes
    std::string other_service;                          ///< what else usually listens on this port; "" where nothing speaks against it
    std::uint16_t ignored_port = 0;                     ///< the slot names this port, and the installed release goes to `port` all the same; 0: no other
    std::string detail;
};

/// The device reaches its server as a neighbour with this fixed IP address, without a gateway: the server's address is a number in the same network, or a name
/// that is none of Particle's and that a neighbour is asked for, so that nothing speaks against it.
bool is_neighbour(const ServerAddress&, const StaticIp&);

/// Where in the emulated EEPROM a key lies.
struct EepromCells {
    int page = 0;          ///< 1 or 2
    std::size_t cell = 0;  ///< of its first byte
    EepromRecord record = EepromRecord::Newest;
};

/// Whose a private key is that was found. Arithmetic proves a key; it never proves that.
enum class KeyOwner : std::uint8_t {
    ThisDevice,  ///< its public half is one that the device is known to have had, or it stands where only this device's key stands
    Unknown,     ///< nothing says so
    Another      ///< what is left of the device's own key names another, or the table that it stands in names another device
};

/// A copy of device key material somewhere else in the image.
struct KeyElsewhere {
    Range at;
    std::string where;  ///< "the other configuration copy", "EEPROM page 1", "OTA area" ...
    bool usable = false;
    std::optional<Sha256> public_fingerprint;
    bool same_as_current = false;
    bool made_by_device = false;
    KeyOwner owner = KeyOwner::Unknown;
    std::optional<EepromCells> eeprom;  ///< set where it is spread over records of the emulated EEPROM; `at` is then the page's header
};

struct PublicKeyCache {
    Range at;
    enum class State { NotInFile, Unset, Matches, BelongsToOtherKey, Garbage } state = State::NotInFile;
    std::optional<Sha256> fingerprint;
};

struct KeyFacts {
    DeviceKey device;  ///< of the selected copy
    std::optional<DeviceKey> device_in_other_copy;
    ServerKey server;
    std::optional<ServerKey> server_in_other_copy;  ///< a private server's whole key, where key or address in use are lost: own_server.h
    ServerAddress address;
    PublicKeyCache cache;
    std::vector<KeyElsewhere> elsewhere;
    std::size_t places_untried = 0;         ///< where a key may begin too, and nobody looked: there were more than the budget of attempts (judge.h)
    KeyOwner owner = KeyOwner::ThisDevice;  ///< of the key in the slot: another's where the table was copied from another device
    bool swapped = false;                   ///< device and server key in each other's slot
    bool regenerated = false;               ///< a perfect key of the device's own making, and a mark or an older key that says it is not the first
    std::string regenerated_because;        ///< one sentence
    std::string history;  ///< and yet perhaps the key on record: what speaks for that, one sentence (see history_of_key()); "" where nothing does
    /// The 162 bytes (EC: 91) of the public key that the cloud most likely holds: of the key from before any damage. Empty if nothing tells.
    std::vector<std::uint8_t> registered_spki;
    /// A way back to the old key that was found and proved: by arithmetic and a round trip that it is a key, and as KeyOwner says that it is this device's.
    /// Best first. What to do, never the bytes.
    struct Recovery {
        std::string method;  ///< "rebuilt from n, p" ...
        std::string source;  ///< "this slot", "the other configuration copy" ...
        Sha256 public_fingerprint{};
        bool proved = false;
        bool matches_cache = false;       ///< the stale public-key cache names the same key
        bool matches_registered = false;  ///< it is the key that the cloud is known to hold
        bool another_in_slot = false;     ///< what is left in the damaged slot is of another key
        bool another_is_named = false;    ///< so, or the public-key cache names another: nothing says that this one is on record
    };
    std::vector<Recovery> recoveries;
    std::vector<Recovery> possible;  ///< whole keys of which nothing says whose they are, where no way back is known
    /// Where the device key is gone: the keys of the transport that the table does not choose, if both of them are there, whole or so that they can be mended,
    /// or if the slots of the chosen one are all empty, and a
    /// server of the other and a key that is one no more stand there.
    const KeySet* set_of_other_transport = nullptr;
    /// What of them the firmware could not use as it stands, half a sentence; "" nothing.
    std::string fault_of_other_set;
    bool other_set_is_whole() const { return set_of_other_transport && fault_of_other_set.empty(); }
};

/// `registered_spki`: the public key that the cloud is known to hold (DER), or empty. It helps to rebuild, and its key is offered first.
KeyFacts judge_keys(const Image&, const Facts&, ByteView registered_spki = {});

}  // namespace photopsy
