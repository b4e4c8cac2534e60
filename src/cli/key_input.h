#pragma once
// What the key commands read: a dump, or a file of a few kilobytes that holds one key or slot.
#include "cli/input.h"
#include "facts/facts.h"
#include "handshake/keys.h"

#include <optional>

namespace photopsy {

/// A file that holds what stands at the server's place: its key, and its address where the file is long enough.
struct ServerSlotFile {
    ServerKey key;
    std::optional<ServerAddress> address;
};

struct KeySource {
    std::string name;                 ///< base name, for messages
    std::vector<std::uint8_t> bytes;  ///< of a key file; empty for a dump
    std::optional<Dump> dump;
    KeyKind kind = KeyKind::RsaSlot;
    Facts facts;                                ///< of the dump
    KeyFacts keys;                              ///< of the dump
    std::optional<ServerSlotFile> server_slot;  ///< where the file is one; the bytes are no device key then

    ByteView device_slot() const;  ///< of the dump's selected copy; empty where it is not in the file
};

/// Files of up to 8 KiB are taken for key files, larger ones for dumps.
Result<KeySource> read_key_source(const std::string& path, const Layout* asked);

}  // namespace photopsy
