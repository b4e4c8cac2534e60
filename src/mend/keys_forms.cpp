#include "mend/keys.h"

#include "handshake/der.h"
#include "handshake/device_slot.h"
#include "handshake/ec_slot.h"
#include "handshake/key_forms.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "handshake/text_transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace photopsy {

namespace {

constexpr std::string_view rsa_algorithm_name = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01";

std::optional<RsaKey> parse_pkcs1_private(ByteView der) {
    DerReader outer(der);
    DerReader body(outer.enter(0x30));
    std::array<Number, 9> numbers;
    for (auto& number : numbers) number = Number(body.enter(0x02));
    if (!outer.ok() || !body.ok() || !numbers[0].is_zero()) return {};
    return RsaKey{numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], numbers[8]};
}

void append(std::vector<std::uint8_t>& out, std::uint8_t tag, ByteView content) {
    out.push_back(tag);
    if (content.size() >= 0x100)
        out.insert(out.end(), {0x82, static_cast<std::uint8_t>(content.size() >> 8)});
    else if (content.size() >= 0x80)
        out.push_back(0x81);
    out.push_back(static_cast<std::uint8_t>(content.size()));
    out.insert(out.end(), content.begin(), content.end());
}

std::vector<std::uint8_t> integer(const Number& value) {
    std::vector<std::uint8_t> out;
    append(out, 0x02, value.bytes(static_cast<std::size_t>(value.bits() / 8 + 1)));
    return out;
}

std::vector<std::uint8_t> public_der(const PublicKey& key) {
    std::vector<std::uint8_t> numbers = integer(key.modulus), exponent = integer(key.exponent), pkcs1, bits = {0}, algorithm, body, out;
    numbers.insert(numbers.end(), exponent.begin(), exponent.end());
    append(pkcs1, 0x30, numbers);
    bits.insert(bits.end(), pkcs1.begin(), pkcs1.end());
    append(algorithm, 0x06, ByteView(reinterpret_cast<const std::uint8_t*>(rsa_algorithm_name.data()), rsa_algorithm_name.size()));
    algorithm.insert(algorithm.end(), {0x05, 0x00});
    append(body, 0x30, algorithm);
    append(body, 0x03, bits);
    append(out, 0x30, body);
    return out;
}

Error encrypted() { return {"its key is encrypted with a password; take the password off first (openssl pkey -in FILE -traditional -out plain.pem)"}; }

Result<KeyFile> file_of(const UnwrappedKey& key) {
    KeyFile file;
    if (key.kind == UnwrappedKey::Kind::Encrypted) return encrypted();
    if (key.kind == UnwrappedKey::Kind::Ec) return parse_ec_key(key.der);
    if (key.kind == UnwrappedKey::Kind::Private) file.private_key = parse_pkcs1_private(key.der);
    if (file.private_key) {
        file.bits = static_cast<unsigned>(file.private_key->n.bits());
        file.public_der = public_der({file.private_key->n, file.private_key->e});
        return file;
    }
    if (const auto found = key.kind == UnwrappedKey::Kind::Public ? parse_public_key(key.der) : std::nullopt) {
        file.bits = static_cast<unsigned>(found->modulus.bits());
        file.public_der = public_der(*found);
        return file;
    }
    return Error{"it holds no RSA or EC key in DER or PEM form (a damaged one: photopsy keys recover)"};
}

/// A binary key file that some program took for text.
bool was_rewritten_as_text(ByteView bytes) {
    constexpr std::size_t longest = 640;
    if (read_device_slot(bytes).by_text_transfer || read_ec_slot(bytes, EcParser::ComputesPublicHalf).by_text_transfer) return true;
    if (!lost_in_text_transfer(bytes).empty()) return true;
    for (const auto& undone : undo_text_transfer(bytes, longest)) {
        const auto keys = undone.exact ? unwrap_keys(undone.bytes) : std::vector<UnwrappedKey>();
        if (!keys.empty() && keys.front().how.empty() && file_of(keys.front())) return true;
    }
    return false;
}

std::vector<std::uint8_t> as_bytes(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace

std::string several_pairs(ByteView bytes) {
    std::set<std::vector<std::uint8_t>> pairs;
    for (const auto& key : unwrap_keys(bytes))
        if (auto file = file_of(key)) pairs.insert(std::move(file->public_der));
    return pairs.size() < 2 ? "" : fmt::format("it holds keys of {} pairs; put the one that is meant into a file of its own", pairs.size());
}

Result<KeyFile> parse_key_file(ByteView bytes) {
    if (bytes.empty()) return Error{"it is empty"};
    if (const auto several = several_pairs(bytes); !several.empty()) return Error{several};
    std::optional<Error> first;
    for (const auto& key : unwrap_keys(bytes)) {
        auto file = file_of(key);
        if (file) return file;
        if (!first) first = file.error();
    }
    constexpr std::string_view begin = "-----BEGIN ", end = "-----END ";
    const bool begins = std::search(bytes.begin(), bytes.end(), begin.begin(), begin.end()) != bytes.end();
    if (begins && std::search(bytes.begin(), bytes.end(), end.begin(), end.end()) == bytes.end())
        return Error{"its PEM text is cut off: the END line is missing (photopsy keys recover may rebuild the key)"};
    if (was_rewritten_as_text(bytes))
        return Error{
            "a transfer in text mode has rewritten its bytes; photopsy keys recover gives a private key back, and a public one is to be fetched again"};
    if (first) return *first;
    const auto kind = foreign_kind(bytes);
    if (!kind.empty()) return Error{"it holds " + kind + "; a key of the device is needed"};
    return Error{"it holds no RSA or EC key in DER or PEM form (a damaged one: photopsy keys recover)"};
}

std::optional<KeyForm> parse_key_form(std::string_view name) {
    constexpr std::array<std::string_view, 7> names = {"device", "der", "pem", "pkcs8-der", "pkcs8-pem", "public-der", "public-pem"};
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return {};
    return static_cast<KeyForm>(found - names.begin());
}

bool is_private(KeyForm form) { return form != KeyForm::PublicDer && form != KeyForm::PublicPem; }

Result<std::vector<std::uint8_t>> public_key_in(ByteView bytes, const std::string& called) {
    const auto key = parse_key_file(bytes);
    if (key && key->holds_private_key()) return Error{called + " holds a private key; give the public one (photopsy keys export writes it)"};
    if (!key) return Error{called + " is no public key: " + key.error().message};
    return key->public_der;
}

Result<std::vector<std::uint8_t>> write_key(const KeyFile& file, KeyForm form) {
    if (file.kind == KeyKind::EcSlot) return write_ec_key(file, form);
    if (form == KeyForm::PublicDer) return file.public_der;
    if (form == KeyForm::PublicPem) return as_bytes(to_pem(file.public_der, "PUBLIC KEY"));
    if (!file.private_key) return Error{"it holds a public key only; the private half cannot be made from it"};
    const RsaKey& key = *file.private_key;
    if (form == KeyForm::Device) {
        if (file.bits != 1024) return Error{fmt::format("the key has {} bits; this device reads keys of 1024", file.bits)};
        if (!(key.e == Number(65537))) return Error{"the key has another public exponent than 65537, the only one that the firmware knows"};
        if (!equations_hold(key)) return Error{"the numbers of the key do not fit each other (photopsy keys recover may rebuild it)"};
        return encode_for_device(key);
    }
    const auto minimal = encode_pkcs1(key, minimal_lengths(key));
    switch (form) {
        case KeyForm::Der:
            return minimal;
        case KeyForm::Pem:
            return as_bytes(to_pem(minimal, "RSA PRIVATE KEY"));
        case KeyForm::Pkcs8Der:
            return wrap_pkcs8(minimal);
        default:
            return as_bytes(to_pem(wrap_pkcs8(minimal), "PRIVATE KEY"));
    }
}

std::vector<std::uint8_t> key_file_for(const Layout* layout, std::vector<std::uint8_t> der) {
    if (layout && layout->dct.store == StoreKind::SerialFlash && der.size() % 2 != 0) der.push_back(0xFF);
    return der;
}

}  // namespace photopsy
