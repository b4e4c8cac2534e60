#pragma once
// Why: the fewest causes that explain the findings. What to do about each is remedy/.
#include "rules/rule.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

struct ChainLink {
    std::string says;
    bool seen = true;  ///< false: inferred
};

/// What a cause tells about this device.
struct Story {
    std::vector<ChainLink> chain;  ///< from cause to symptom
    Confidence confidence = Confidence::Certain;
    std::string title;  ///< of this device's case, where the cause's own says too much or too little; "" otherwise
};

struct Cause {
    std::string_view id;                        ///< contract's vocabulary
    std::string_view title;                     ///< "The device's private key is damaged"
    std::string_view definition;                ///< one line for `explain`
    std::vector<std::string_view> explains;     ///< rule ids; the first is obligatory ("a|b": either)
    std::vector<std::string_view> excluded_by;  ///< rule ids
    void (*tell)(const Observations&, const Findings&, Story&);
    bool stands_in_the_way = false;  ///< what mends the other causes fails before this one is mended: it is named first
};

// One line per subject; each is the table at the foot of diagnosis/<subject>.cpp.
std::span<const Cause> capture_causes();
/// One of capture_causes(): what it says is of the file, not of the device.
bool is_of_file(const Cause&);
std::span<const Cause> module_causes();
std::span<const Cause> combination_causes();
std::span<const Cause> dct_causes();
std::span<const Cause> dcd_causes();
std::span<const Cause> key_causes();
std::span<const Cause> server_causes();
std::span<const Cause> ota_causes();
std::span<const Cause> eeprom_causes();
std::span<const Cause> wifi_causes();
std::span<const Cause> setting_causes();
std::span<const Cause> live_causes();

const std::vector<const Cause*>& all_causes();
const Cause* find_cause(std::string_view id);

/// True where an entry of Cause::explains names this rule: "a|b" names either, "*" every rule; a trailing "@slot" or "@next" is no part of a name.
bool entry_names(std::string_view entry, std::string_view rule);

}  // namespace photopsy
