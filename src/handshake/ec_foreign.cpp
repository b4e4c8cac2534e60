#include "handshake/ec_foreign.h"

#include "handshake/der.h"
#include "handshake/ec_frame.h"
#include "handshake/key_forms.h"
#include "handshake/key_text.h"
#include "handshake/server_slot.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

using Class = DeviceKeyClass;

constexpr std::string_view p256_name{"\x2A\x86\x48\xCE\x3D\x03\x01\x07", 8};

bool names_p256(ByteView wrapping) {
    return std::search(wrapping.begin(), wrapping.end(), p256_name.begin(), p256_name.end(),
                       [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }) != wrapping.end();
}

bool begins_with(ByteView bytes, std::initializer_list<std::uint8_t> start) {
    return bytes.size() >= start.size() && std::equal(start.begin(), start.end(), bytes.begin());
}

/// A few bits of the right name, and erased or zeroed bytes of it, are damage and not another curve.
bool is_another_curve(ByteView name) {
    if (name.size() != p256_name.size()) return true;
    unsigned bits = 0;
    for (std::size_t i = 0; i < name.size(); ++i)
        if (name[i] != 0xFF && name[i] != 0)
            bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(name[i] ^ static_cast<std::uint8_t>(p256_name[i]))));
    return bits > 4;
}

/// An ECPrivateKey whose parameters name another curve or spell one out.
bool is_private_of_another_curve(ByteView bytes) {
    DerReader outer(bytes);
    DerReader body(outer.enter(0x30));
    const ByteView version = body.enter(0x02), number = body.enter(0x04), curve = body.enter(0xA0);
    if (!body.ok() || version.size() != 1 || version[0] != 1 || number.empty() || curve.size() < 3) return false;
    if (curve[0] == 0x30) return true;
    DerReader parameters(curve);
    const ByteView name = parameters.enter(0x06);
    return parameters.ok() && parameters.position() == curve.size() && is_another_curve(name);
}

EcWrapped wrapped_as(KeyEncoding encoding, std::string detail, ByteView inner) {
    return {Class::WrongEncoding, encoding, std::move(detail), {inner.begin(), inner.end()}};
}

bool holds_private_key(ByteView der) {
    std::vector<std::uint8_t> slot(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(std::min(der.size(), ec_device_slot_size)));
    slot.resize(ec_device_slot_size, 0xFF);
    return find_ec_frame(slot, end_of_ec_content(slot)).has_value();
}

EcWrapped of_text(const UnwrappedKey& key) {
    const auto inside = inside_ec_pkcs8(key.der);
    const auto inner = inside ? with_curve_named(ByteView(key.der).subspan(*inside)) : key.der;
    const std::string how = key.how.substr(0, key.how.find(','));
    if (is_private_of_another_curve(inner)) return {Class::WrongType, key.encoding, "the slot holds a private key of another curve " + how, {}};
    const std::string kind = ec_foreign_kind(key.der);
    const bool said_to_be_one = key.kind == UnwrappedKey::Kind::Ec && kind.empty();  // by the BEGIN line; the text may be cut or damaged
    if (holds_private_key(inner) || inside || said_to_be_one)
        return wrapped_as(key.encoding, "the slot holds the key " + how + (inside ? " (PKCS#8)" : "") + "; the firmware reads DER", inner);
    return {Class::WrongType, key.encoding, "the slot holds " + (kind.empty() ? "text that is no EC private key" : kind + " " + how), {}};
}

std::optional<EcWrapped> unwrap_ec_text(ByteView bytes) {
    std::optional<EcWrapped> first;
    for (const auto& key : unwrap_text(bytes)) {
        auto wrapped = of_text(key);
        wrapped.reach = static_cast<std::uint32_t>(key.reach);
        const bool right = wrapped.what == Class::WrongEncoding || wrapped.detail.find("another curve") != std::string::npos;
        if (right) return wrapped;
        if (!first) first = std::move(wrapped);
    }
    return first;
}

/// A whole key that stands too far back.
std::optional<EcWrapped> displaced_ec_key(ByteView bytes) {
    for (std::size_t by = 1; by + 51 <= std::min(bytes.size(), ec_device_slot_size); ++by) {
        if (bytes[by] != 0x30) continue;
        const auto walk = walk_ec_key(bytes.subspan(by), EcParser::ComputesPublicHalf);
        if (walk.accepted && point_of(walk.d) == walk.presented)
            return wrapped_as(KeyEncoding::Other, fmt::format("the key stands {} byte{} too far back in the slot", by, by == 1 ? "" : "s"), bytes.subspan(by));
    }
    return {};
}

}  // namespace

std::string ec_foreign_kind(ByteView bytes) {
    if (is_private_of_another_curve(bytes)) return "a private key of another curve than P-256";
    if (begins_with(bytes, {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE}) ||
        begins_with(bytes, {0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86}))
        return "an EC public key";
    if (claimed_bits(bytes) != 0 || inside_pkcs8(bytes)) return "an RSA private key";
    if (begins_with(bytes, {0x30, 0x82, 0x01, 0x22, 0x30, 0x0D}) || begins_with(bytes, {0x30, 0x81, 0x9F, 0x30, 0x0D})) return "an RSA public key";
    const auto kind = foreign_kind(bytes);
    return kind.find("EC private key") == kind.npos ? kind : "";
}

std::optional<EcWrapped> unwrap_ec_slot(ByteView bytes, bool framed) {
    if (auto text = unwrap_ec_text(bytes)) return text;
    if (const auto inside = inside_ec_pkcs8(bytes)) {
        if (!names_p256(bytes.first(*inside)) || is_private_of_another_curve(bytes.subspan(*inside)))
            return EcWrapped{Class::WrongType, KeyEncoding::Ec, "the slot holds a private key of another curve", {}};
        return wrapped_as(KeyEncoding::Pkcs8, "the slot holds the key in PKCS#8; the firmware reads the form of RFC 5915 alone (SEC1)",
                          with_curve_named(bytes.subspan(*inside)));
    }
    const auto kind = ec_foreign_kind(bytes);
    if (!kind.empty()) {
        const bool published = kind == "an EC public key" && std::equal(published_ec_server_key().begin(), published_ec_server_key().end(), bytes.begin());
        return EcWrapped{published ? Class::ServerKeyInSlot : Class::WrongType,
                         kind.find("public") == kind.npos ? KeyEncoding::Ec : KeyEncoding::Spki,
                         "the slot holds " + (published ? std::string("Particle's server key, as it belongs into the server key slot") : kind),
                         {}};
    }
    if (framed) return {};
    if (auto displaced = displaced_ec_key(bytes)) return displaced;
    return EcWrapped{Class::WrongType, KeyEncoding::Other, "the slot holds something that is no key of any known form", {}};
}

}  // namespace photopsy
