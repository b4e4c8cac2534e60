#pragma once
// Why: the fewest causes that explain the findings, and what to do about each, the least destructive thing first.
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

struct Remedy {
    std::string title;                  ///< "Write the old key back"
    std::string explain;                ///< what it does, what it costs
    std::vector<std::string> commands;  ///< exact; where an id is unknown or private the word `{device-id}` stands for it
    std::string warning;                ///< "" if none
    enum class Cost { Nothing, WritesOneSetting, WritesFirmware, LosesData } cost = Cost::Nothing;
};

/// What a cause tells about this device.
struct Story {
    std::vector<ChainLink> chain;  ///< from cause to symptom
    std::vector<Remedy> remedies;  ///< in order of cost
    Confidence confidence = Confidence::Certain;
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
std::span<const Cause> module_causes();
std::span<const Cause> combination_causes();
std::span<const Cause> dct_causes();
std::span<const Cause> key_causes();
std::span<const Cause> server_causes();
std::span<const Cause> ota_causes();
std::span<const Cause> eeprom_causes();
std::span<const Cause> wifi_causes();

const std::vector<const Cause*>& all_causes();
const Cause* find_cause(std::string_view id);

}  // namespace photopsy
