#include "fuzz/edited_dump.h"

#include "support/sample/sample.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <string>

namespace photopsy::fuzz {

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes made(const char* device, const char* release, const char* table) {
    const auto sample = sample::make_sample(
        std::string("title = \"a base\"\ndevice = \"") + device + "\"\nseed = 7\nlife = [{ act = \"install-release\", release = \"" + release +
            "\" }, { act = \"factory-table\", release = \"" + table + "\" }, { act = \"provision\" }, { act = \"eeprom\", cells = 40, state = \"copying\" }]",
        "base");
    if (!sample) std::abort();
    return sample->flash;
}

const sample::Sample& core() {
    static const auto sample = sample::make_sample(
        "title = \"a base\"\ndevice = \"core\"\nseed = 7\nlife = [{ act = \"install-release\", release = \"0.7.0\" }, { act = \"provision\" }, "
        "{ act = \"eeprom\", cells = 40, state = \"copying\" }]",
        "base");
    if (!sample) std::abort();
    return *sample;
}

const Bytes& base(std::uint8_t number) {
    static const std::array<Bytes, 4> all = {made("photon", "1.5.2", "1.4.0"), made("photon", "0.6.3", "0.4.5"), made("p1", "2.3.1", "1.4.0"),
                                             made("photon", "0.4.9", "0.4.5")};
    return all[number % all.size()];
}

/// Offsets in the flash that readers look at first.
constexpr std::array<std::uint32_t, 24> structures = {0x184,  0x20000, 0x60184, 0xA0000, 0xC0000, 0xE0000,  // headers of modules
                                                      0x200,  0x20200, 0x60200, 0xA0018,                    // what they run
                                                      0x4000, 0x8000,  0x4020,  0x8020,                     // the table: headers, system data
                                                      0x5D7C, 0x9D7C,  0x5D9E,  0x9D9E,                     // its application data, device keys
                                                      0x6812, 0x6900,  0xC000,  0x10000, 0x7F00,  0x0};     // server key and around it, EEPROM, feature flags

/// The same in the serial flash of a Core: keys, address, the headers of its images and their ends.
constexpr std::array<std::uint32_t, 10> serial_structures = {0x1000, 0x1180, 0x2000, 0x24B0, 0x20000, 0x20184, 0x40000, 0x60000, 0x60184, 0x80000};

using Structures = std::span<const std::uint32_t>;

class Script {
public:
    explicit Script(ByteView bytes) : bytes_(bytes) {}
    bool empty() const { return bytes_.empty(); }
    std::uint8_t byte() {
        if (bytes_.empty()) return 0;
        const auto first = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return first;
    }
    std::size_t halfword() {
        const std::size_t low = byte();
        return low | static_cast<std::size_t>(byte()) << 8;
    }
    ByteView take(std::size_t length) {
        const auto part = bytes_.first(std::min(length, bytes_.size()));
        bytes_ = bytes_.subspan(part.size());
        return part;
    }

private:
    ByteView bytes_;
};

enum class Edit : std::uint8_t { Write, And, Fill, Flip, Copy, Repeat };

std::size_t place_in(const Bytes& file, Structures of, Script& script) {
    const std::size_t structure = of[script.byte() % of.size()];
    return (structure + script.halfword()) % file.size();
}

void apply(Script& script, Structures of, Bytes& file) {
    const auto edit = static_cast<Edit>(script.byte() % 6);
    const std::size_t at = place_in(file, of, script);
    const std::size_t length = std::min<std::size_t>(file.size() - at, static_cast<std::size_t>(script.byte()) + 1);
    const auto place = file.begin() + static_cast<std::ptrdiff_t>(at);
    if (edit == Edit::Fill) std::fill_n(place, std::min<std::size_t>(file.size() - at, length * 64), script.byte());
    if (edit == Edit::Flip) *place = static_cast<std::uint8_t>(*place ^ (1u << (script.byte() % 8)));
    if (edit == Edit::Write || edit == Edit::And) {
        const auto bytes = script.take(length);
        for (std::size_t i = 0; i < bytes.size(); ++i) file[at + i] = edit == Edit::And ? file[at + i] & bytes[i] : bytes[i];
    }
    if (edit != Edit::Copy && edit != Edit::Repeat) return;
    const std::size_t to = place_in(file, of, script);
    const Bytes part(place, place + static_cast<std::ptrdiff_t>(length));
    const std::size_t times = edit == Edit::Repeat ? 256 : 1;
    for (std::size_t i = 0, next = to; i < times && next + part.size() <= file.size(); ++i, next += part.size())
        std::copy(part.begin(), part.end(), file.begin() + static_cast<std::ptrdiff_t>(next));
}

Bytes edited(Bytes file, Structures of, Script script) {
    for (int edits = 0; !script.empty() && edits < 64; ++edits) apply(script, of, file);
    return file;
}

}  // namespace

Bytes edited_dump(ByteView bytes) {
    Script script(bytes);
    const auto& first = base(script.byte());
    return edited(first, structures, script);
}

Bytes edited_serial_flash(ByteView bytes) { return edited(core().external, serial_structures, Script(bytes)); }

const Bytes& core_internal_flash() { return core().flash; }

Bytes true_key_slot() {
    static const Bytes slot(base(0).begin() + 0x5D9E, base(0).begin() + 0x5D9E + 612);
    return slot;
}

}  // namespace photopsy::fuzz
