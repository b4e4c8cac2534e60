#include "cli/key_input.h"

#include "cli/file_system.h"
#include "flash/key_file.h"
#include "handshake/device_slot.h"
#include "handshake/ec_server_slot.h"
#include "handshake/ec_slot.h"
#include "handshake/judge.h"
#include "handshake/server_slot.h"
#include "mend/keys.h"

namespace photopsy {

static constexpr std::size_t largest_key_file = 8192;

ByteView KeySource::device_slot() const {
    const auto size = static_cast<std::uint32_t>(kind == KeyKind::EcSlot ? ec_device_reach : device_field_size);
    return dump ? dump->capture.image.leading(range_of(keys.device.at.begin, size)) : ByteView(bytes);
}

/// What particle-cli reads and writes there: 294 bytes of the key alone, 512 with the address, 768 with what follows; over UDP 320.
static std::optional<ServerSlotFile> read_server_slot_file(const std::vector<std::uint8_t>& bytes) {
    static constexpr std::size_t address_at = 384, whole = 512, longest = 768;
    const auto form = key_file_form(bytes);
    const bool rsa_size = bytes.size() == server_slot_size || bytes.size() == whole || bytes.size() == longest;
    if (rsa_size) {
        const auto kind = read_server_slot(bytes).kind;
        const bool is_server_key =
            kind == ServerSlotKind::Published || kind == ServerSlotKind::NearPublished || kind == ServerSlotKind::Rsa2048 || kind == ServerSlotKind::Truncated;
        if (!is_server_key && form.holds != KeyFileKind::ErasedServerSlot) return {};
        Image image(range_of(0, static_cast<std::uint32_t>(bytes.size())));
        image.put(0, bytes);
        const InstalledSystem newest;
        ServerSlotFile file{.key = judge_server_slot(image, image.range(), newest), .address = {}};
        if (bytes.size() >= whole) file.address = judge_server_address(image, {address_at, whole}, newest);
        return file;
    }
    if (bytes.size() != ec_server_files_size) return {};
    const auto slot = read_ec_server_slot(bytes);
    ServerSlotFile file{.key = {.at = {}, .what = slot.what}, .address = ServerAddress()};
    file.key.detail = slot.detail;
    set_address(decode_udp_address(ByteView(bytes).subspan(ec_server_slot_size), {}), *file.address);
    return file;
}

Result<KeySource> read_key_source(const std::string& path, const Layout* asked) {
    KeySource source{.name = name_of(path)};
    auto bytes = read_file(path, largest_dump_file);
    if (!bytes) return bytes.error();
    if (bytes->empty()) return Error{path + " is empty"};
    if (bytes->size() <= largest_key_file) {
        if (const auto several = several_pairs(*bytes); !several.empty()) return Error{path + ": " + several};
        source.bytes = std::move(*bytes);
        source.server_slot = read_server_slot_file(source.bytes);
        if (looks_like_ec_key(source.bytes)) source.kind = KeyKind::EcSlot;
        return source;
    }
    auto dump = dump_of(std::move(*bytes), path, asked);
    if (!dump) return dump.error();
    const auto& sets = dump->layout->keys;
    if (sets.empty()) return Error{path + " is a dump of a " + dump->layout->title + ", whose keys photopsy does not read"};
    source.facts = collect_facts(dump->capture, *dump->layout);
    if (source.facts.keys) source.kind = source.facts.keys->kind;
    source.keys = judge_keys(dump->capture.image, source.facts);
    source.dump = std::move(*dump);
    return source;
}

}  // namespace photopsy
