#include "base/counted.h"
#include "handshake/judge.h"

#include "base/runs.h"
#include "handshake/given_key.h"
#include "handshake/key_forms.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/rest_of_key.h"
#include "handshake/server_address.h"
#include "handshake/server_slot.h"
#include "handshake/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace photopsy {

Sha256 fingerprint_of(ByteView spki) { return sha256(spki); }

namespace {

std::vector<KeyComponent> components_of(const SlotReading& reading, Range at) {
    constexpr std::array<std::string_view, 7> names = {"n", "d", "p", "q", "dP", "dQ", "qInv"};
    std::vector<KeyComponent> list;
    if (reading.bones.extent == 0 || reading.encoding == KeyEncoding::Pem || reading.encoding == KeyEncoding::Pkcs8) return list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        KeyComponent component{.name = names[i], .at = range_of(at.begin + reading.bones.value_at[i], reading.bones.value_size[i])};
        if (!reading.key)
            component.state = ComponentState::NotChecked;
        else if (reading.number_differs[i])
            component.state = ComponentState::Damaged;
        else
            component.state = i == ComponentD ? ComponentState::Redundant : ComponentState::Good;
        list.push_back(component);
        if (i == 0)
            list.push_back({.name = "e",
                            .at = range_of(at.begin + reading.bones.exponent_at, 3),
                            .state = reading.key ? ComponentState::Redundant : ComponentState::NotChecked});
    }
    return list;
}

}  // namespace

DeviceKey fact_of(const SlotReading& reading, Range at, int dct_copy) {
    DeviceKey key{.at = range_of(at.begin, std::min<std::uint32_t>(at.size(), device_slot_size)),
                  .dct_copy = dct_copy,
                  .what = reading.what,
                  .encoding = reading.encoding,
                  .bits = reading.bits};
    key.extent = reading.extent;
    key.components = components_of(reading, at);
    for (const auto& damage : reading.damage) key.damage.push_back({at.begin + damage.begin, at.begin + damage.end});
    if (!reading.public_spki.empty()) key.public_fingerprint = fingerprint_of(reading.public_spki);
    key.public_spki = reading.public_spki;
    key.usable = reading.usable;
    key.e_is_65537 = !reading.key || reading.key->key.e == Number(65537);
    key.detail = reading.detail;
    key.searched_in_part = reading.searched_in_part;
    key.by_text_transfer = reading.by_text_transfer;
    key.reach = reading.reach;
    key.of_two_parts = reading.of_two_parts;
    if (reading.key && reading.what != DeviceKeyClass::Good) key.method = reading.key->method;
    return key;
}

JudgedSlot judge_device_slot(const Image& image, Range field, int dct_copy, const std::vector<Number>& witnesses) {
    JudgedSlot judged;
    judged.fact.at = range_of(field.begin, std::min<std::uint32_t>(field.size(), device_slot_size));
    judged.fact.dct_copy = dct_copy;
    const ByteView bytes = image.leading(range_of(field.begin, field.size() == device_field_size ? device_text_size : field.size()));
    if (bytes.size() < device_slot_size) return judged;
    judged.reading = read_device_slot(bytes, witnesses);
    if (judged.reading.reach == 0) judged.reading.reach = repeats_to(bytes, judged.reading.extent);
    judged.fact = fact_of(judged.reading, field, dct_copy);
    return judged;
}

JudgedSlot judge_fixed_device_slot(const Image& image, Range field) {
    auto judged = judge_device_slot(image, field, 0, {});
    auto& reading = judged.reading;
    const bool first_byte_alone = reading.what == DeviceKeyClass::Erased && reading.damage.size() == 1 && reading.damage.front() == Range{0, 1};
    if (!first_byte_alone || !reading.key) return judged;
    reading.what = DeviceKeyClass::BitFlip;
    reading.usable = firmware_key_is_usable(image.leading(field));
    reading.detail = "byte 0 of the slot is wrong, in the header";
    judged.fact = fact_of(reading, field, 0);
    return judged;
}

std::optional<Number> cached_modulus(const Image& image, Range field) {
    const ByteView bytes = image.leading(field);
    if (bytes.size() < 162 || bytes[0] != 0x30) return {};
    const auto key = parse_public_key(bytes.first(162));
    if (!key || key->modulus.bits() != 1024 || !key->modulus.is_odd()) return {};
    return key->modulus;
}

/// The key's own public half but for a few bytes: damage, and no other key. Two keys have nearly nothing in common.
static bool is_damaged_copy(ByteView cached, ByteView spki) {
    constexpr std::ptrdiff_t most_damaged = 16;
    if (cached.size() != spki.size()) return false;
    std::ptrdiff_t differing = 0;
    for (std::size_t i = 0; i < spki.size(); ++i) differing += cached[i] != spki[i];
    return differing > 0 && differing <= most_damaged;
}

PublicKeyCache judge_cache(const Image& image, Range field, const DeviceKey& device) {
    PublicKeyCache cache{.at = range_of(field.begin, std::min<std::uint32_t>(field.size(), 162))};
    const ByteView bytes = image.leading(field);
    if (bytes.size() < 162) return cache;
    const ByteView spki = bytes.first(162);
    if (all_erased(spki) || all_equal(spki, 0)) {
        cache.state = PublicKeyCache::State::Unset;
        return cache;
    }
    if (!cached_modulus(image, field) || is_damaged_copy(spki, device.public_spki)) {
        cache.state = PublicKeyCache::State::Garbage;
        return cache;
    }
    cache.fingerprint = fingerprint_of(spki);
    const bool same = std::equal(spki.begin(), spki.end(), device.public_spki.begin(), device.public_spki.end());
    cache.state = same ? PublicKeyCache::State::Matches : PublicKeyCache::State::BelongsToOtherKey;
    return cache;
}

namespace {

void add_damage(const ServerSlot& slot, Range field, ServerKey& key) {
    for (const auto offset : slot.changed) {
        const Address at = field.begin + offset;
        if (!key.damage.empty() && key.damage.back().end + 3 >= at)
            key.damage.back().end = at + 1;
        else
            key.damage.push_back({at, at + 1});
    }
}

void take_form(ServerKeyForm form, std::string detail, ServerKey& key) {
    key.what = ServerKeyClass::WrongType;
    key.detail = std::move(detail);
    key.by_text_transfer = form.by_text_transfer;
    key.reach = static_cast<std::uint32_t>(form.reach);
    if (!form.spki.empty()) key.fingerprint = sha256(form.spki);
}

/// A text that no key begins with: hexadecimal digits, base64.
bool judge_text(ByteView all, ServerKey& key) {
    auto form = server_key_form(all);
    if (form.is_text) take_form(form, "the slot holds " + form.what, key);
    return form.is_text;
}

/// Bytes rewritten by a transfer in text mode look like anything but the key that they were.
bool judge_rewritten(ByteView all, const ServerSlot& slot, ServerKey& key) {
    const bool explained = slot.kind == ServerSlotKind::Published || slot.kind == ServerSlotKind::Erased || slot.modulus_is_published ||
                           slot.kind == ServerSlotKind::DevicePrivateKey || (slot.kind == ServerSlotKind::Rsa2048 && ends_as_server_key(all));
    auto form = explained ? ServerKeyForm() : server_key_before_transfer(all);
    if (form.by_text_transfer) take_form(form, form.what, key);
    return form.by_text_transfer;
}

/// A key or a text of another kind; "" where it is none.
std::string other_thing_in(ByteView all, ServerKey& key) {
    if (const auto kind = foreign_kind(all); !kind.empty() && kind != "PEM text") return kind;
    if (inside_pkcs8(all)) return "an RSA private key in PKCS#8";
    if (const auto bits = claimed_bits(all); bits != 0) return fmt::format("an RSA private key of {} bits", bits);
    const auto texts = unwrap_text(all);
    if (texts.empty()) return "";
    const auto& text = texts.front();
    using Kind = UnwrappedKey::Kind;
    auto kind = foreign_kind(text.der);
    if (kind.empty() && text.kind == Kind::Other) return "PEM text";
    if (kind.empty()) kind = text.kind == Kind::Private ? "a private key" : text.kind == Kind::Encrypted ? "a key that is encrypted with a password" : "a key";
    key.reach = static_cast<std::uint32_t>(text.reach);
    return kind + " " + text.how.substr(0, text.how.find(','));
}

/// No key any more. Where beginning or end still say that it was one, a run within it is the damage.
void judge_garbage(ByteView slot, ServerKey& key) {
    constexpr std::size_t modulus_end = server_modulus_at + 256;
    const ByteView whole = published_server_key();
    const bool framed = std::equal(slot.begin(), slot.begin() + server_modulus_at, whole.begin()) ||
                        std::equal(slot.begin() + modulus_end, slot.end(), whole.begin() + modulus_end);
    const auto lost = framed ? lost_run_of_modulus(slot) : std::nullopt;
    key.what = ServerKeyClass::Corrupted;
    key.damaged_other = is_left_of_another_key(slot.subspan(server_modulus_at, 256), whole);
    key.damage = {lost ? range_of(key.at.begin + lost->begin, lost->size()) : key.at};
    key.detail = lost
                     ? fmt::format("{} bytes in a row of the server key are {}, which no RSA key has", lost->size(), slot[lost->begin] == 0 ? "zero" : "erased")
                 : framed && key.damaged_other ? "the server key slot holds an RSA-2048 public key that is not Particle's, damaged"
                 : all_equal(slot, 0)          ? "the server key slot holds only zeros"
                                               : "what stands in the server key slot is no RSA-2048 public key";
}

}  // namespace

ServerKey judge_server_slot(const Image& image, Range field, const InstalledSystem& system) {
    ServerKey key{.at = range_of(field.begin, server_slot_size)};
    const ByteView bytes = image.leading(field);
    if (bytes.size() < server_slot_size) return key;
    const ByteView slot_bytes = bytes.first(server_slot_size);
    const ServerSlot slot = read_server_slot(slot_bytes);
    key.uses_builtin = slot_bytes[0] == 0xFF && system.handshake >= HandshakeGeneration::V0_7_0;
    key.harmless_damage = slot.kind != ServerSlotKind::Published && slot.modulus_is_published;
    const ByteView all = image.leading(range_of(field.begin, longest_server_form));
    if (judge_rewritten(all, slot, key)) return key;
    switch (slot.kind) {
        case ServerSlotKind::Published:
            key.what = ServerKeyClass::Published;
            break;
        case ServerSlotKind::Rsa2048:
            key.what = ServerKeyClass::ValidOther;
            if (key.uses_builtin) {
                key.damage = {range_of(field.begin, static_cast<std::uint32_t>(leading_run(slot_bytes, 0xFF)))};
                key.detail =
                    "the server key slot begins with an erased byte, so the firmware takes it for empty and uses Particle's key, which is built into it";
            }
            break;
        case ServerSlotKind::Erased:
            key.what = ServerKeyClass::Erased;
            break;
        case ServerSlotKind::DevicePrivateKey:
            key.what = ServerKeyClass::DeviceKeyInSlot;
            break;
        case ServerSlotKind::WrongType:
            take_form(server_key_form(all), "the slot holds " + slot.what, key);
            if (const auto text = slot.what == "PEM text" && !key.fingerprint ? other_thing_in(all, key) : ""; !text.empty())
                key.detail = "the slot holds " + text;
            break;
        case ServerSlotKind::Truncated:
            key.what = ServerKeyClass::Truncated;
            key.damage = {{field.begin + slot.kept, field.begin + static_cast<Address>(server_slot_size)}};
            key.damaged_other = is_left_of_another_key(slot_bytes.subspan(server_modulus_at, 256), published_server_key());
            key.detail = fmt::format("only the first {} of {} bytes of the server key are there", slot.kept, server_slot_size);
            break;
        case ServerSlotKind::NearPublished:
            key.what = ServerKeyClass::Corrupted;
            add_damage(slot, field, key);
            key.detail = fmt::format("{} of its {} bytes {} Particle's published key, the first at byte {}", slot.changed.size(), server_slot_size,
                                     slot.changed.size() == 1 ? "differs from" : "differ from", slot.changed.front());
            break;
        case ServerSlotKind::Garbage:
            if (judge_text(all, key)) break;
            judge_garbage(slot_bytes, key);
            if (const auto other = other_thing_in(all, key); !other.empty()) {
                key.what = ServerKeyClass::WrongType;
                key.damage.clear();
                key.detail = "the slot holds " + other;
            }
            break;
    }
    if (key.what == ServerKeyClass::Published) key.fingerprint = sha256(slot_bytes);
    if (key.what == ServerKeyClass::ValidOther) key.fingerprint = sha256(server_spki_in_slot(slot_bytes));
    return key;
}

ServerAddress judge_server_address(const Image& image, Range field, const InstalledSystem& system) {
    ServerAddress address{.at = range_of(field.begin, std::min<std::uint32_t>(field.size(), server_address_size))};
    const ByteView bytes = image.leading(field);
    if (bytes.size() < server_address_size) return address;
    set_address(decode_server_address(bytes.first(server_address_size), system.handshake), address);
    return address;
}

void set_address(const DecodedAddress& decoded, ServerAddress& address) {
    constexpr std::array<ServerAddress::Kind, 4> kinds = {ServerAddress::Kind::Erased, ServerAddress::Kind::Domain, ServerAddress::Kind::Ip,
                                                          ServerAddress::Kind::Invalid};
    address.kind = kinds[static_cast<std::size_t>(decoded.kind)];
    address.host = decoded.host;
    address.port = decoded.port;
    address.particle = decoded.particle;
    address.of_particle = decoded.of_particle;
    address.other_service = decoded.other_service;
    address.ignored_port = decoded.ignored_port;
    address.falls_back = decoded.falls_back;
    address.unreachable = decoded.unreachable;
    address.damaged = decoded.damaged;
    address.detail = decoded.detail;
}

}  // namespace photopsy
