#pragma once
// Identity facts about every released module: which Device OS releases hold which file. Data: facts/data/known_modules.tsv.
#include "base/digest.h"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

struct KnownModule {
    std::string_view name;  ///< "photon/system-part2-1.5.2"
    std::uint8_t function = 0, index = 0;
    std::uint16_t version = 0;
    std::vector<std::string_view> releases;  ///< sorted by age, finals before candidates; empty: a known file of no release
    /// Stock bootloaders 2 went out without the CRC step of the build: what the CRC-32 of their content really is.
    std::optional<std::uint32_t> content_crc;
    bool sha256_agrees = false;  ///< the table has this file's stored SHA-256, and the one asked for is it
    /// How the file is called where it is published: "photon-system-part2@1.5.2.bin"; "" where that is not known.
    std::string_view published;
    /// Where: "particle-cli@2.8.0" (a package of npm), "particle-cli" (its history), "device-restore@3.3.1", "device-os" (the releases on GitHub) or "".
    std::string_view source;
    std::string_view file_sha256;  ///< of the whole file, lower case hex; "" where it is not known
};

/// The known file whose stored SHA-256 suffix, CRC-32 and length are these; nothing if unknown. `length` is L (start to end, without the CRC).
/// Identity needs all of platform_id, stored crc, length and (where the table has one) sha256 to agree.
/// The strings live as long as the program.
std::optional<KnownModule> find_known_module(std::uint16_t platform_id, std::uint32_t crc, std::uint32_t length, const Sha256& stored_sha256);

/// Whether any known file of this module has this length (L, as above).
bool is_length_of_known_module(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index, std::uint32_t length);

/// The file that `release` ("1.5.2") has for this platform, module_function and module_index; a published one where several are known. Nothing if none is.
/// `sha256_agrees` says nothing here. The strings live as long as the program.
std::optional<KnownModule> find_released_module(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index, std::string_view release);

/// The release itself, where a file of it for this module is known, else the next later one of which one is; "" where there is none (or `release` is no
/// release). What goes with an installed system is never older than it.
std::string_view release_with_module(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index, std::string_view release);

/// Device OS releases whose system parts carry this module_version (table 2.9 of the module format); "" entries never. May be empty.
std::vector<std::string_view> releases_with_system_version(std::uint16_t module_version);
/// Releases that carry this bootloader version.
std::vector<std::string_view> releases_with_bootloader_version(std::uint16_t module_version);

/// The module versions that any release's system parts have, and its bootloaders.
struct ReleasedVersions {
    std::set<std::uint16_t> systems, bootloaders;
};
ReleasedVersions released_versions();

/// Generations of behaviour, decided by the system's module_version.
enum class DctGeneration { G0, G1, G2, G3, G4, G5 };
/// The same for devices whose store is a DCD (docs/formats/dcd.md): up to 0.6.4, 0.7.0 to 0.8.0-rc.1, from 0.8.0-rc.2 on.
enum class DcdGeneration { D1, D2, D3 };
/// Row of the measured handshake table: v0.4.7, v0.6.2, v0.7.0, v1.0.1, v1.2.1, v2.3.1 (facts: docs/formats/handshake.md).
enum class HandshakeGeneration { V0_4_7, V0_6_2, V0_7_0, V1_0_1, V1_2_1, V2_3_1 };
/// What colours a failed handshake has.
enum class LedGeneration { BeforeBurst /*0.4.0-0.4.3*/, RedBlinks /*0.4.4, 0.4.5*/, OrangeBlinks /*0.4.6-1.5.x*/, AllRed /*2.0.0 on*/ };

DctGeneration dct_generation(std::uint16_t system_version);
DcdGeneration dcd_generation(std::uint16_t system_version);
/// Of the bootloader's own code (bootloader/src/electron/sources.mk@v2.3.1). Version 200 went out with both: the later one is taken.
DcdGeneration dcd_generation_of_bootloader(std::uint16_t bootloader_version);
HandshakeGeneration handshake_generation(std::uint16_t system_version);
LedGeneration led_generation(std::uint16_t system_version);
std::string_view name_of(HandshakeGeneration);  ///< "v1.2.1"

/// The code that reads and writes the configuration store: one of these counts, by the kind of store.
struct StoreCode {
    DctGeneration table = DctGeneration::G5;
    DcdGeneration system = DcdGeneration::D3, bootloader = DcdGeneration::D3;
    std::optional<std::uint16_t> system_version, bootloader_version;  ///< where known: they decide between the two generations of bootloader 200
    bool operator==(const StoreCode&) const = default;
};

/// 3.3.1, the last release for the Photon, P1 and Electron: what is newer is judged by its rules (docs/formats/releases.md).
inline constexpr std::uint16_t last_examined_system_version = 3302;
inline constexpr std::uint16_t first_checking_system_version = 200;  ///< 0.7.0-rc.1: the first that checks bootloader and part 2 at start
/// Parses "1.2.1", "v1.2.1", "0.8.0-rc.4" to the module_version its system parts have (or the nearest known release below). Nothing on bad text.
std::optional<std::uint16_t> system_version_of_release(std::string_view release);

}  // namespace photopsy
