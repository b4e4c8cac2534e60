#pragma once
// Carrying out what handshake/ found possible: the bytes of recovered keys, and keys in other forms. Everything here may be secret.
#include "base/result.h"
#include "handshake/ec_key.h"
#include "handshake/keys.h"
#include "handshake/rsa_key.h"

#include <string>
#include <vector>

namespace photopsy {

/// One way back, proved: n = pq with both prime, dP, dQ, qInv as they must be, and a message encrypted and decrypted again; of an EC key, that its point is
/// d·G, and a signature made and verified.
struct RecoveredKey {
    KeyKind kind = KeyKind::RsaSlot;
    std::string method;                     ///< "from n and p"
    std::string source;                     ///< "this slot", "the other copy of the configuration table"
    std::vector<std::uint8_t> der;          ///< secret: 611 bytes (EC: 121) in the form that the firmware itself writes
    std::vector<std::uint8_t> public_spki;  ///< 162 bytes; EC: 91
    Sha256 public_fingerprint{};
    bool matches_cache = false;
    bool is_present_key = false;  ///< the key that the firmware reads now (nothing to recover)
    KeyOwner owner = KeyOwner::ThisDevice;
};

/// All keys that the dump gives back, best first: those named by the public-key cache, then the slot's own, then others of this device; the key that is in use
/// now before them where it is as it should be, else behind them; last those of which nothing says that they are this device's.
/// `registered_spki`: the public key on record (SubjectPublicKeyInfo, DER) where it is known, which helps to rebuild; or empty.
std::vector<RecoveredKey> recover_keys(const Image&, const Facts&, ByteView registered_spki = {});

/// In the order that recover_keys() tells.
void put_in_order(std::vector<RecoveredKey>&, const KeyFacts&);

/// The same for a slot file or another key file alone (DER, PEM, PKCS#8; damaged ones are rebuilt). `cache_spki`: public key that it must have, or empty.
std::vector<RecoveredKey> recover_key_file(ByteView bytes, ByteView cache_spki);

/// The same by the kind of key; recover_keys() and recover_key_file() ask these.
std::vector<RecoveredKey> recover_ec_keys(const Image&, const Facts&, ByteView registered_spki = {});
std::vector<RecoveredKey> recover_ec_key_file(ByteView bytes, ByteView cache_spki);

/// `der` filled up with erased bytes to the size of the slot: 612 bytes, 192 for EC.
std::vector<std::uint8_t> slot_of(ByteView der, KeyKind = KeyKind::RsaSlot);

/// A private or public key in one of the forms that people keep.
struct KeyFile {
    KeyKind kind = KeyKind::RsaSlot;
    std::optional<RsaKey> private_key;     ///< secret
    std::optional<EcKey> ec_private_key;   ///< secret
    std::vector<std::uint8_t> public_der;  ///< SubjectPublicKeyInfo
    unsigned bits = 0;

    bool holds_private_key() const { return private_key || ec_private_key; }
};
/// DER or PEM, PKCS#1, SEC1 (P-256) or PKCS#8, or a public key; slots with bytes behind the key as well. What it is instead, in one sentence without any byte
/// of it; so too where it holds keys of several pairs, because nothing says which is meant.
Result<KeyFile> parse_key_file(ByteView bytes);
/// What the sentence says of a file whose whole keys are not all of one pair; "" where they are, or where fewer than two are whole.
std::string several_pairs(ByteView bytes);

/// The public key (SubjectPublicKeyInfo) of a file that `called` names in sentences. A private key, or another thing: one sentence.
Result<std::vector<std::uint8_t>> public_key_in(ByteView bytes, const std::string& called);

enum class KeyForm { Device, Der, Pem, Pkcs8Der, Pkcs8Pem, PublicDer, PublicPem };
std::optional<KeyForm> parse_key_form(std::string_view name);
inline constexpr std::string_view key_form_names = "device, der, pem, pkcs8-der, pkcs8-pem, public-der, public-pem";
/// An error where a private form is wanted of a public key, or the firmware's form of a key that has not 1024 bits and e = 65537.
Result<std::vector<std::uint8_t>> write_key(const KeyFile&, KeyForm);
/// The same of an EC key, whose forms never fail but for want of the private half.
Result<std::vector<std::uint8_t>> write_ec_key(const KeyFile&, KeyForm);
/// An EC key in DER (SEC1, PKCS#8, SubjectPublicKeyInfo); a sentence where it is none on P-256 or its halves do not fit.
Result<KeyFile> parse_ec_key(ByteView der);
bool is_private(KeyForm);

/// One test of a key and how it came out.
struct KeyTest {
    std::string name;
    enum class Result { Pass, Fail, Warn, NotChecked } result = Result::NotChecked;
    std::string explain;
};
/// Arithmetic and the weak-key tests that apply: small factors, close primes, ROCA fingerprint, shared factor with Particle's key.
std::vector<KeyTest> test_key(const RsaKey&);
/// Of an EC key slot or file, as firmware of each time reads it.
std::vector<KeyTest> test_ec_key(ByteView slot);
/// ROCA (CVE-2017-15361): n is a power of 65537 modulo 38 small primes.
bool has_roca_fingerprint(const Number& modulus);

/// The key as a file for dfu-util. Into a serial flash only an even number of bytes can be written over DFU (docs/formats/core.md): an erased byte ends an odd
/// one there, which no reader of the key looks at. `layout`: nullptr where it is not known; then, and for every other store, the key as it is.
std::vector<std::uint8_t> key_file_for(const Layout* layout, std::vector<std::uint8_t> der);

}  // namespace photopsy
