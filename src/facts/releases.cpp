#include "facts/releases.h"

#include "base/hex.h"
#include "facts/last_release.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace photopsy {

extern const std::string_view embedded_known_modules;
extern const std::string_view embedded_releases;

namespace {

/// Takes the text up to the next `separator` off the front of `rest`.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

template <class T>
T number(std::string_view text, int base = 10) {
    T value{};
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    if (list == "-") return parts;
    while (!list.empty()) parts.push_back(take(list, ','));
    return parts;
}

struct Row {
    std::string_view release;
    std::uint16_t system = 0;
    std::string_view bootloaders;
};

/// Calls `see(row)` for each row of the version table, by age.
template <class See>
void each_release(See see) {
    auto rest = embedded_releases;
    while (!rest.empty()) {
        auto line = take(rest, '\n');
        if (line.empty() || line[0] == '#') continue;
        Row row;
        row.release = take(line, '\t');
        row.system = number<std::uint16_t>(take(line, '\t'));
        row.bootloaders = line;
        see(row);
    }
}

/// Numbers that compare by age: three of the version, the stage (alpha, beta, candidate, final), and which one of that stage.
using Age = std::array<unsigned, 5>;

/// Age of "0.8.0-rc.4". False on bad text.
bool parse_release(std::string_view text, Age& age) {
    enum : unsigned { alpha, beta, candidate, final };
    if (!text.empty() && text[0] == 'v') text.remove_prefix(1);
    auto core = take(text, '-');
    age = {0, 0, 0, final, 0};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto part = take(core, '.');
        if (part.empty() || part.size() > 4 || part.find_first_not_of("0123456789") != std::string_view::npos) return false;
        age[i] = number<unsigned>(part);
    }
    if (!core.empty()) return false;
    if (text.empty()) return true;
    const bool is_candidate = text.starts_with("rc"), is_early = text.starts_with("alpha") || text.starts_with("pi");
    if (!is_candidate && !is_early && !text.starts_with("beta")) return false;
    const auto digits = text.find_last_not_of("0123456789") + 1;
    age[3] = is_candidate ? candidate : is_early ? alpha : beta;
    age[4] = text.size() - digits <= 4 ? number<unsigned>(text.substr(digits)) : 0;
    return true;
}

KnownModule parse_known(std::string_view rest) {
    KnownModule known;
    known.function = number<std::uint8_t>(take(rest, '\t'));
    known.index = number<std::uint8_t>(take(rest, '\t'));
    known.version = number<std::uint16_t>(take(rest, '\t'));
    take(rest, '\t');
    const auto content = take(rest, '\t');
    if (content != "-") known.content_crc = number<std::uint32_t>(content, 16);
    known.name = take(rest, '\t');
    known.releases = split(take(rest, '\t'));
    const auto or_nothing = [](std::string_view text) { return text == "-" ? std::string_view() : text; };
    known.file_sha256 = or_nothing(take(rest, '\t'));
    known.published = or_nothing(take(rest, '\t'));
    known.source = or_nothing(rest);
    return known;
}

/// A release has some files twice (another build, or one for updates from old bootloaders): the one under its plain name counts.
bool is_better(const KnownModule& candidate, const std::optional<KnownModule>& known) {
    const auto is_variant = [](const KnownModule& module) { return module.name.find('~') != std::string_view::npos || module.name.ends_with("dep"); };
    if (!known || is_variant(candidate) != is_variant(*known)) return !known || is_variant(*known);
    return known->published.empty() && !candidate.published.empty();
}

/// A line of the table by what is compared first.
struct KnownLine {
    std::uint32_t crc = 0;
    std::string_view text;  ///< from the platform on
};

/// Made once, which costs as much as four look-ups in the text: a dump needs five, a fleet thousands.
const std::vector<KnownLine>& known_lines() {
    static const auto lines = [] {
        std::vector<KnownLine> found;
        for (auto rest = embedded_known_modules; !rest.empty();) {
            const auto text = take(rest, '\n');
            auto key = text;
            take(key, ' ');
            found.push_back({number<std::uint32_t>(take(key, ' '), 16), text});
        }
        return found;
    }();
    return lines;
}

}  // namespace

std::optional<KnownModule> find_known_module(std::uint16_t platform_id, std::uint32_t crc, std::uint32_t length, const Sha256& stored_sha256) {
    const auto& lines = known_lines();
    const auto wanted = [&](const KnownLine& line) {
        return line.crc == crc && line.text.starts_with(fmt::format("{} {:08x} {:x}\t", platform_id, crc, length));
    };
    const auto found = std::find_if(lines.begin(), lines.end(), wanted);
    if (found == lines.end()) return {};
    auto row = found->text;
    take(row, '\t');
    const auto sha = take(row, '\t');
    if (sha != "-" && sha != hex(stored_sha256)) return {};
    auto known = parse_known(row);
    known.sha256_agrees = sha != "-";
    return known;
}

bool is_length_of_known_module(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index, std::uint32_t length) {
    const auto size = fmt::format(" {:x}", length), module = fmt::format("{}\t{}\t", function, index);
    return std::ranges::any_of(known_lines(), [&, platform = fmt::format("{} ", platform_id)](const KnownLine& known) {
        auto line = known.text;
        if (!line.starts_with(platform) || !take(line, '\t').ends_with(size)) return false;
        take(line, '\t');
        return line.starts_with(module);
    });
}

/// Calls `see` with each known file of this module.
template <class See>
static void each_file(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index, See see) {
    const auto platform = fmt::format("{} ", platform_id), module = fmt::format("{}\t{}\t", function, index);
    for (const auto& known : known_lines()) {
        auto line = known.text;
        if (!line.starts_with(platform)) continue;
        take(line, '\t');
        take(line, '\t');
        if (line.starts_with(module)) see(parse_known(line));
    }
}

std::optional<KnownModule> find_released_module(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index, std::string_view release) {
    std::optional<KnownModule> found;
    each_file(platform_id, function, index, [&](const KnownModule& known) {
        const bool of_release = std::find(known.releases.begin(), known.releases.end(), release) != known.releases.end();
        if (of_release && is_better(known, found)) found = known;
    });
    return found;
}

std::string_view last_release_with_module(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index) {
    using Rank = std::pair<bool, Age>;  // can be fetched, age
    std::string_view last;
    Rank highest{};
    each_file(platform_id, function, index, [&](const KnownModule& known) {
        for (const auto release : known.releases) {
            Rank rank{known.source.starts_with("particle-cli@"), {}};
            if (release.find('-') != std::string_view::npos || !parse_release(release, rank.second) || (!last.empty() && rank < highest)) continue;
            last = release;
            highest = rank;
        }
    });
    return last;
}

std::string_view release_with_module(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index, std::string_view release) {
    Age wanted{};
    std::string_view found;
    if (!parse_release(release, wanted)) return found;
    each_release([&](const Row& row) {
        Age age{};
        if (found.empty() && parse_release(row.release, age) && age >= wanted && find_released_module(platform_id, function, index, row.release))
            found = row.release;
    });
    return found;
}

std::vector<std::string_view> releases_with_system_version(std::uint16_t module_version) {
    std::vector<std::string_view> releases;
    each_release([&](const Row& row) {
        if (row.system == module_version) releases.push_back(row.release);
    });
    // A final release before its own candidates of the same number, as people know it.
    std::stable_partition(releases.begin(), releases.end(), [](std::string_view release) { return release.find('-') == std::string_view::npos; });
    return releases;
}

std::vector<std::string_view> releases_with_bootloader_version(std::uint16_t module_version) {
    std::vector<std::string_view> releases;
    each_release([&](const Row& row) {
        for (auto version : split(row.bootloaders))
            if (number<std::uint16_t>(version) == module_version) releases.push_back(row.release);
    });
    return releases;
}

ReleasedVersions released_versions() {
    ReleasedVersions versions;
    each_release([&](const Row& row) {
        versions.systems.insert(row.system);
        for (auto version : split(row.bootloaders))
            if (const auto value = number<std::uint16_t>(version)) versions.bootloaders.insert(value);
    });
    return versions;
}

std::optional<std::uint16_t> system_version_of_release(std::string_view release) {
    Age wanted{};
    if (!parse_release(release, wanted)) return {};
    std::optional<std::uint16_t> nearest;
    each_release([&](const Row& row) {
        Age age{};
        if (parse_release(row.release, age) && age <= wanted) nearest = row.system;
    });
    return nearest;
}

// Source: system/system-versions.md@v2.3.1 and the DCT archive of each tag (docs/formats/dct.md, generations).
DcdGeneration dcd_generation(std::uint16_t version) {
    if (version < 200) return DcdGeneration::D1;
    return version <= 300 ? DcdGeneration::D2 : DcdGeneration::D3;
}

DcdGeneration dcd_generation_of_bootloader(std::uint16_t version) {
    if (version < 100) return DcdGeneration::D1;
    return version < 200 ? DcdGeneration::D2 : DcdGeneration::D3;
}

DctGeneration dct_generation(std::uint16_t version) {
    if (version <= 1) return DctGeneration::G0;
    if (version == 2) return DctGeneration::G1;
    if (version <= 6) return DctGeneration::G2;
    if (version < first_checking_system_version) return DctGeneration::G3;
    return version <= 205 || version == 300 ? DctGeneration::G4 : DctGeneration::G5;
}

// The measured release nearest in the code that does the handshake: tropicssl, mbedTLS (0.7.0), LightSSL (0.8.0), then by age.
HandshakeGeneration handshake_generation(std::uint16_t version) {
    if (version <= 8) return HandshakeGeneration::V0_4_7;
    if (version < first_checking_system_version) return HandshakeGeneration::V0_6_2;
    if (version <= 207) return HandshakeGeneration::V0_7_0;
    if (version < 1100) return HandshakeGeneration::V1_0_1;
    return version < 1400 ? HandshakeGeneration::V1_2_1 : HandshakeGeneration::V2_3_1;
}

// Source: system/src/system_task.cpp@v0.4.0:252, @v0.4.4:246, @v0.4.6:140; system_cloud_internal.cpp@v2.0.0-alpha.1:1098.
LedGeneration led_generation(std::uint16_t version) {
    if (version <= 3) return LedGeneration::BeforeBurst;
    if (version <= 6) return LedGeneration::RedBlinks;
    return version < 2000 ? LedGeneration::OrangeBlinks : LedGeneration::AllRed;
}

std::string_view name_of(HandshakeGeneration generation) {
    switch (generation) {
        case HandshakeGeneration::V0_4_7:
            return "v0.4.7";
        case HandshakeGeneration::V0_6_2:
            return "v0.6.2";
        case HandshakeGeneration::V0_7_0:
            return "v0.7.0";
        case HandshakeGeneration::V1_0_1:
            return "v1.0.1";
        case HandshakeGeneration::V1_2_1:
            return "v1.2.1";
        case HandshakeGeneration::V2_3_1:
            return "v2.3.1";
    }
    return "";
}

}  // namespace photopsy
