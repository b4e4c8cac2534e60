// Somebody's own server: its name goes; its kind, its port and whether it can be reached stay (type u8, length u8, name or address, port at 66:
// hal/inc/ota_flash_hal.h@v0.7.0).
#include "handshake/judge.h"
#include "handshake/server_address.h"
#include "mend/redact_parts.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t text_at = 2, port_at = 66, port_end = 68;

bool may_stand_in_a_name(std::uint8_t c) {
    const auto letter = static_cast<std::uint8_t>(c | 0x20);
    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// Particle's own name stands there, whole or with a few characters changed.
bool resembles_particle(ByteView bytes) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < particle_host.size() && text_at + i < bytes.size(); ++i)
        same += bytes[text_at + i] == static_cast<std::uint8_t>(particle_host[i]);
    return same + 4 >= particle_host.size();
}

/// Where the part ends that tells the address.
std::uint32_t told(ByteView bytes, const ServerAddress& address) {
    if (resembles_particle(bytes)) return text_at + static_cast<std::uint32_t>(particle_host.size()) + 1;
    if (address.kind == ServerAddress::Kind::Ip) return text_at + 4;
    return address.kind == ServerAddress::Kind::Domain ? std::min<std::uint32_t>(text_at + bytes[1], static_cast<std::uint32_t>(bytes.size())) : text_at;
}

std::uint8_t another(std::uint8_t byte, std::uint32_t offset, const ServerAddress& address) {
    if (byte == 0) return byte;
    if (address.kind == ServerAddress::Kind::Domain) return byte == '.' ? byte : may_stand_in_a_name(byte) ? 'x' : '!';
    if (!address.unreachable) return 1;
    return byte == 0xFF ? byte : offset == text_at && byte >= 224 ? 224 : 1;
}

}  // namespace

bool redact_address(DumpRedaction& redaction, Range at) {
    const auto bytes = redaction.image().bytes(at);
    if (bytes.size() < port_end) return false;
    const auto address = judge_server_address(redaction.image(), at, redaction.original.facts.system);
    const auto end = told(bytes, address);
    bool changed = false;
    for (std::uint32_t i = text_at; i < end && !resembles_particle(bytes); ++i) {
        auto* byte = redaction.at(at.begin + i);
        const auto instead = another(*byte, i, address);
        changed |= instead != *byte;
        *byte = instead;
    }
    for (auto i = end; i < at.size(); ++i)  // whatever an older, longer name left
        if (i < port_at || i >= port_end) changed |= redaction.fill(range_of(at.begin + i, 1), 'x');
    return changed;
}

}  // namespace photopsy
