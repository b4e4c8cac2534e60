#include "cli/key_input.h"

#include "cli/file_system.h"
#include "handshake/device_slot.h"
#include "handshake/ec_slot.h"

namespace photopsy {

static constexpr std::size_t largest_key_file = 8192;

ByteView KeySource::device_slot() const {
    const auto size = static_cast<std::uint32_t>(kind == KeyKind::EcSlot ? ec_device_reach : device_field_size);
    return dump ? dump->capture.image.leading(range_of(keys.device.at.begin, size)) : ByteView(bytes);
}

Result<KeySource> read_key_source(const std::string& path, const Layout* asked) {
    KeySource source{.name = name_of(path)};
    auto bytes = read_file(path, largest_dump_file);
    if (!bytes) return bytes.error();
    if (bytes->empty()) return Error{path + " is empty"};
    if (bytes->size() <= largest_key_file) {
        source.bytes = std::move(*bytes);
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
