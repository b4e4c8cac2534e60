#include "cli/key_input.h"

#include "handshake/device_slot.h"

namespace photopsy {

static constexpr std::size_t largest_key_file = 8192;

ByteView KeySource::device_slot() const { return dump ? dump->capture.image.leading(range_of(keys.device.at.begin, device_field_size)) : ByteView(bytes); }

Result<KeySource> read_key_source(const std::string& path, const Layout* asked) {
    KeySource source{.name = path.substr(path.rfind('/') + 1)};
    auto bytes = read_file(path, largest_dump_file);
    if (!bytes) return bytes.error();
    if (bytes->empty()) return Error{path + " is empty"};
    if (bytes->size() <= largest_key_file) {
        source.bytes = std::move(*bytes);
        return source;
    }
    auto dump = dump_of(std::move(*bytes), path, asked);
    if (!dump) return dump.error();
    const auto& sets = dump->layout->keys;
    if (sets.empty() || sets.front().kind != KeyKind::RsaSlot)
        return Error{path + " is a dump of a " + dump->layout->title + ", whose keys photopsy does not read"};
    source.facts = collect_facts(dump->capture, *dump->layout);
    source.keys = judge_keys(dump->capture.image, source.facts);
    source.dump = std::move(*dump);
    return source;
}

}  // namespace photopsy
