#pragma once
// A device with firmware in one piece and a serial flash beside it: both flashes as a life left them, to be changed and judged. Places: docs/formats/core.md.
#include "flash/external.h"
#include "photopsy.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

namespace photopsy::test {

inline constexpr std::size_t firmware_place = 0x5000, update_flag_place = 0x4C04, reset_flag_place = 0x4C08, header_offset = 0x10C;
inline constexpr std::size_t server_place = 0x1000, key_place_in_serial = 0x2000, factory_place = 0x20000, backup_place = 0x40000, ota_place = 0x60000;

struct OnePiece {
    Bytes internal, serial;

    /// As it left the factory with this release, which is the factory image too.
    static const OnePiece& of(const std::string& release) {
        static std::map<std::string, OnePiece> made;
        if (const auto known = made.find(release); known != made.end()) return known->second;
        auto sample = sample::make_sample(
            fmt::format("title = \"a\"\ndevice = \"core\"\nseed = 46\nlife = [ {{ act = \"install-release\", release = \"{}\" }}, {{ act = \"provision\" }} ]",
                        release),
            "a");
        if (!sample) throw std::runtime_error(sample.error().message);
        return made.emplace(release, OnePiece{sample->flash, sample->external}).first->second;
    }

    /// Of the release: the module with its checksum.
    static Bytes firmware_of(const std::string& release) {
        const auto& flash = of(release).internal;
        const auto end = little_endian<std::uint32_t>(ByteView(flash).subspan(firmware_place + header_offset + 4));
        return {flash.begin() + firmware_place, flash.begin() + static_cast<std::ptrdiff_t>(end - 0x08000000 + 4)};
    }

    /// The same as firmware of before 0.4: what stands behind the vectors, with no module header between.
    static Bytes headerless(const std::string& release) {
        auto image = firmware_of(release);
        image.erase(image.begin() + header_offset, image.begin() + header_offset + 24);
        image.resize(image.size() - 64);  // its last bytes: suffix and checksum
        return image;
    }

    OnePiece& flag(std::size_t place, std::uint16_t value) {
        internal[place] = static_cast<std::uint8_t>(value);
        internal[place + 1] = static_cast<std::uint8_t>(value >> 8);
        return *this;
    }
    OnePiece& put_firmware(const Bytes& image) { return put(internal, firmware_place, 0x1B000, image); }
    /// Into the area of the serial flash that begins there.
    OnePiece& store(std::size_t place, const Bytes& image) { return put(serial, place, 0x20000, image); }
    OnePiece& fill_serial(std::size_t place, std::size_t size, std::uint8_t value) {
        std::fill_n(serial.begin() + static_cast<std::ptrdiff_t>(place), size, value);
        return *this;
    }

    Analysis analyzed() const {
        const auto& layout = *builtin_layout("core");
        auto capture = recognize(internal, "dump.bin", "", layout);
        put_external(capture, serial, "serial.bin", "", layout);
        return analyze(std::move(capture), layout);
    }

private:
    OnePiece& put(Bytes& flash, std::size_t place, std::size_t size, const Bytes& image) {
        std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(place), size, std::uint8_t{0xFF});
        std::copy(image.begin(), image.end(), flash.begin() + static_cast<std::ptrdiff_t>(place));
        return *this;
    }
};

inline bool has_cause(const Analysis& analysis, std::string_view id) {
    return std::ranges::any_of(analysis.diagnosis.causes, [&](const NamedCause& named) { return named.cause->id == id; });
}

inline const Finding* finding_of(const Analysis& analysis, std::string_view id) {
    for (const auto& finding : analysis.findings.all())
        if (finding.rule->id == id) return &finding;
    return nullptr;
}

}  // namespace photopsy::test
