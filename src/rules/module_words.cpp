// How the findings on modules name a release, a stretch, a device.
#include "rules/module_words.h"

#include "base/hex.h"
#include "facts/published_name.h"
#include "facts/releases.h"
#include "flash/suspicion.h"

#include <fmt/format.h>

namespace photopsy {

std::string release_or_version(const Module& module) {
    if (!module.releases.empty()) return module.releases.front();
    const auto releases = module.function.value == FunctionSystemPart ? releases_with_system_version(module.version.value) : std::vector<std::string_view>{};
    return releases.empty() ? fmt::format("version {}", module.version.value) : std::string(releases.front());
}

std::string bytes_of(Range at) { return fmt::format("{} bytes from {} to {}", at.size(), hex_address(at.begin), hex_address(at.end)); }

std::string was_known(const Module& module) {
    const auto& own = module.damage.own_trailer;
    const auto& name = own ? own->known_as : module.known_as;
    const auto& releases = own ? own->releases : module.releases;
    return name.empty() ? "" : fmt::format(" It was {} before.", releases.empty() ? published_name(name) : "release " + releases.front());
}

std::string wrong_between(Range at) {
    constexpr std::uint32_t known_to_the_byte = 8;
    if (at.size() == 1) return fmt::format("the byte at {} is wrong.", hex_address(at.begin));
    if (at.size() <= known_to_the_byte) return fmt::format("{} bytes from {} on are wrong.", at.size(), hex_address(at.begin));
    return fmt::format("wrong bytes lie between {} and {}.", hex_address(at.begin), hex_address(at.end));
}

std::string capitalized(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string device_of(std::uint16_t platform_id) { return fmt::format("a {} (platform {})", name_of_platform(platform_id), platform_id); }

std::string of_other_platform(const Module& module, const std::string& title, std::uint16_t own) {
    const auto names = device_of(module.platform_id.value);
    if (!module.damage.built_as) return fmt::format("{} is built for {}, this device is {}.", title, names, device_of(own));
    return fmt::format("The header of {} names {}, and all else of it is this device's: the header was changed after the build, and its checksum made anew.",
                       title, names);
}

std::string release_of(std::uint16_t version) {
    const auto releases = releases_with_system_version(version);
    return releases.empty() ? std::to_string(version) : fmt::format("{} ({})", version, releases.front());
}

std::string number_of(const Dependency& need) {
    return need.function.value == FunctionSystemPart ? release_of(need.version.value) : std::to_string(need.version.value);
}

}  // namespace photopsy
