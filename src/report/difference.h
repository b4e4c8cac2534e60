#pragma once
#include "report/report.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

/// One thing that is not as it was, in words; no secret in it.
struct Change {
    std::string section;              ///< "Verdict", "Modules", "Configuration table", "Keys", "Updates and EEPROM"
    std::string what, before, after;  ///< "system part 2", "v1512 ...", "v2302 ..."
};

/// Differing bytes of one region of the flash.
struct RegionChange {
    std::string region;
    Range at;                       ///< the region
    std::uint32_t different = 0;    ///< bytes that both hold, with different values
    std::uint32_t single_bits = 0;  ///< of these: bytes that differ in one bit
    std::uint32_t only_one = 0;     ///< bytes that one of the files does not hold
    Range hull;                     ///< from the first differing byte to the last; empty where there is none
};

/// Two dumps compared by meaning: verdict, modules, configuration table, keys by fingerprint, updates, EEPROM; then bytes by region.
struct Difference {
    struct Side {
        std::string name, sha256, layout, layout_title;
        std::uint64_t size = 0;
        std::string external_name, external_sha256;  ///< of the second flash's own file; "" where none was given
        std::uint64_t external_size = 0;
    } before, after;
    bool same = false;                ///< every byte that one of them holds, the other holds too, and they are equal
    std::optional<bool> same_device;  ///< by the device id in the table; nothing where one has none
    std::vector<Change> changes;
    std::vector<RegionChange> bytes;
    bool looks_unstable = false;  ///< cells that read differently each time, rather than another content: capture again
};
Difference compare(const Analysis& before, const Analysis& after, const ReportStyle&);

/// What differs, in lines for people.
std::string difference_text(const Difference&);
/// The same as one JSON object (docs/diff.md).
std::string difference_json(const Difference&);

}  // namespace photopsy
