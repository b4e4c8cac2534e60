#include "handshake/server_slot.h"

#include "base/hex.h"
#include "base/runs.h"
#include "handshake/given_key.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"

#include <algorithm>
#include <array>
#include <bit>

namespace photopsy {

namespace {

constexpr std::size_t modulus_end = server_modulus_at + 256;
constexpr unsigned bits_of_a_likeness = 600;  // of 2352: two unrelated keys differ in about 1024 bits of the modulus

bool starts_with(ByteView bytes, std::string_view hex_text) {
    const auto wanted = *from_hex(hex_text);
    return bytes.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), bytes.begin());
}

bool is_private_key(ByteView slot) { return starts_with(slot, "3082") && slot.size() > 12 && starts_with(slot.subspan(4), "020100028181") && slot[2] == 2; }

/// Where the trailing run of one repeated FF or 00 begins.
std::size_t end_of_content(ByteView slot) {
    const std::uint8_t last = slot.back();
    if (last != 0xFF && last != 0) return slot.size();
    return slot.size() - trailing_run(slot, last);
}

unsigned header_bits_changed(ByteView slot) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < server_modulus_at; ++i)
        bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(slot[i] ^ published_server_key()[i])));
    return bits;
}

/// The first bytes are FF, all else of the key's frame is right: the same in every RSA-2048 key.
bool only_header_erased(ByteView slot) {
    const auto erased = static_cast<std::ptrdiff_t>(leading_run(slot.first(server_modulus_at), 0xFF));
    const auto& key = published_server_key();
    return std::equal(slot.begin() + erased, slot.begin() + server_modulus_at, key.begin() + erased) && ends_as_server_key(slot);
}

/// The frame of a key of this size: the same in every one. The firmware reads the modulus alone, so its beginning may be lost, but not all of it.
bool is_framed(ByteView slot) { return header_bits_changed(slot) <= 8 || only_header_erased(slot) || ends_as_server_key(slot); }

/// Bytes that differ from the published key, if it is still recognizable.
std::vector<std::uint16_t> difference(ByteView slot, unsigned& bits) {
    std::vector<std::uint16_t> changed;
    bits = 0;
    for (std::size_t i = 0; i < server_slot_size; ++i) {
        if (slot[i] == published_server_key()[i]) continue;
        changed.push_back(static_cast<std::uint16_t>(i));
        bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(slot[i] ^ published_server_key()[i])));
    }
    return changed;
}

bool plausible_modulus(ByteView slot) {
    if (lost_run_of_modulus(slot)) return false;
    const auto is_letter = [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; };  // half of a number's bytes are none
    if (std::all_of(slot.begin() + server_modulus_at, slot.begin() + server_modulus_at + 256, is_letter)) return false;
    const Number modulus(slot.subspan(server_modulus_at, 256));
    return modulus.bits() == 2048 && has_no_small_factor(modulus);
}

struct ForeignKind {
    std::string_view start, name;
};
constexpr std::array<ForeignKind, 14> foreign_kinds = {{
    {"2d2d2d2d2d", "PEM text"},
    {"7373682d727361", "an SSH public key"},
    {"7373682d65643235353139", "an SSH public key"},
    {"65636473612d736861322d", "an SSH public key"},
    {"3059301306072a8648ce3d0201", "an EC public key"},
    {"3056301006072a8648ce3d0201", "an EC public key"},
    {"30770201010420", "an EC private key"},
    {"30740201010420", "an EC private key"},
    {"308187020100301306072a8648ce3d0201", "an EC private key in PKCS#8"},
    {"30819f300d06092a864886f70d010101", "an RSA-1024 public key"},
    {"305c300d06092a864886f70d010101", "an RSA-512 public key"},
    {"30820222300d06092a864886f70d010101", "an RSA-4096 public key"},
    {"3082010a0282010100", "an RSA-2048 public key in PKCS#1 form, which the firmware cannot read"},
    {"308189028181", "an RSA-1024 public key in PKCS#1 form"},
}};

const ForeignKind* foreign_kind_of(ByteView bytes) {
    const auto found = std::find_if(foreign_kinds.begin(), foreign_kinds.end(), [&](const ForeignKind& kind) { return starts_with(bytes, kind.start); });
    return found == foreign_kinds.end() ? nullptr : &*found;
}

/// Version 3, in whatever lengths (RFC 5280, 4.1).
bool is_certificate(ByteView bytes) {
    constexpr std::array<std::uint8_t, 5> version = {0xA0, 0x03, 0x02, 0x01, 0x02};
    const auto header = [&](std::size_t at) -> std::size_t {
        if (bytes.size() < at + 4 || bytes[at] != 0x30 || (bytes[at + 1] != 0x82 && bytes[at + 1] != 0x81)) return 0;
        return bytes[at + 1] == 0x82 ? 4 : 3;
    };
    const auto outer = header(0), inner = outer ? header(outer) : 0;
    return inner != 0 && outer + inner + version.size() <= bytes.size() &&
           std::equal(version.begin(), version.end(), bytes.begin() + static_cast<std::ptrdiff_t>(outer + inner));
}

ServerSlot judge(ByteView slot) {
    ServerSlot found;
    if (all_erased(slot)) return found.kind = ServerSlotKind::Erased, found;
    found.modulus_is_published = std::equal(slot.begin() + server_modulus_at, slot.begin() + modulus_end, published_server_key().begin() + server_modulus_at);
    unsigned bits = 0;
    found.changed = difference(slot, bits);
    if (found.changed.empty()) return found.kind = ServerSlotKind::Published, found;
    if (is_private_key(slot)) return found.kind = ServerSlotKind::DevicePrivateKey, found;
    const std::size_t end = end_of_content(slot);
    if (end < modulus_end && end >= 4 && end + 4 <= slot.size() && header_bits_changed(slot.first(server_slot_size)) <= 8) {
        found.kind = ServerSlotKind::Truncated;
        found.kept = static_cast<std::uint16_t>(end);
        return found;
    }
    // Something shorter may have been written over the front of the published key.
    if (!found.modulus_is_published) found.what = foreign_kind(slot);
    if (found.what.empty() && (found.modulus_is_published || bits <= bits_of_a_likeness)) return found.kind = ServerSlotKind::NearPublished, found;
    if (!found.what.empty()) return found.kind = ServerSlotKind::WrongType, found;
    found.kind = is_framed(slot) && plausible_modulus(slot) ? ServerSlotKind::Rsa2048 : ServerSlotKind::Garbage;
    return found;
}

}  // namespace

std::vector<std::uint8_t> server_spki_in_slot(ByteView field) {
    if (field.size() < server_slot_size || read_server_slot(field).kind != ServerSlotKind::Rsa2048) return server_spki_in(field);
    if (!ends_as_server_key(field))
        if (auto before = server_key_before_transfer(field); !before.spki.empty()) return std::move(before.spki);
    return server_spki(field.subspan(server_modulus_at, 256));
}

bool ends_as_server_key(ByteView slot) {
    return slot.size() >= server_slot_size &&
           std::equal(slot.begin() + modulus_end, slot.begin() + server_slot_size, published_server_key().begin() + modulus_end);
}

std::string foreign_kind(ByteView bytes) {
    const auto* kind = foreign_kind_of(bytes);
    return kind ? std::string(kind->name) : is_certificate(bytes) ? "a certificate" : "";
}

std::size_t foreign_head(ByteView bytes) {
    const auto* kind = foreign_kind_of(bytes);
    return kind ? kind->start.size() / 2 : 0;
}

ServerSlot read_server_slot(ByteView given) {
    std::array<std::uint8_t, server_slot_size> slot;
    slot.fill(0xFF);
    std::copy_n(given.begin(), std::min(given.size(), slot.size()), slot.begin());
    return judge(slot);
}

bool could_be_server_modulus(ByteView slot) {
    const auto found = read_server_slot(slot);
    const bool other_kind =
        found.kind == ServerSlotKind::WrongType || found.kind == ServerSlotKind::DevicePrivateKey || found.kind == ServerSlotKind::Truncated;
    return found.kind == ServerSlotKind::Published || found.modulus_is_published || (!other_kind && plausible_modulus(slot));
}

bool resembles_published_key(ByteView slot) {
    const auto kind = read_server_slot(slot).kind;
    return kind == ServerSlotKind::Published || kind == ServerSlotKind::NearPublished;
}

}  // namespace photopsy
