#pragma once
// A rule turns facts into findings. One rule is one function and one row; see the foot of each file in this folder.
#include "boot/boot.h"
#include "facts/facts.h"
#include "handshake/handshake.h"
#include "handshake/keys.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

enum class Severity { Note, Warning, Problem, Fatal };
enum class Confidence { Possible, Likely, Certain };
std::string_view name_of(Severity);
std::string_view name_of(Confidence);

/// All that a rule may look at. No bytes.
struct Observations {
    const Facts& facts;
    const KeyFacts& keys;
    const HandshakeOutcome& handshake;
    const BootOutcome& boot;
};

struct Place {
    std::string region;  ///< label for people: "system-part2", "DCT copy 1, device private key"
    Range at;
};

struct Rule;

struct Finding {
    const Rule* rule = nullptr;
    Severity severity = Severity::Note;  ///< the rule's, or lowered/raised by version (law 8)
    Confidence confidence = Confidence::Certain;
    Place where;
    std::string expected, actual;  ///< "" if not applicable; no secrets
    std::string evidence;          ///< hex of the bytes, filled by the analysis from `where` unless it touches a secret
    std::string explain;           ///< one or two sentences in plain words
    bool stands_alone = false;     ///< no damage of a neighbouring place that runs over has left this
};

/// Where rules put what they find; knows which rule is speaking.
class Findings {
public:
    Finding& add(Place where, std::string explain);  ///< severity of the rule, confidence certain; change the returned row as needed
    bool has(std::string_view rule_id) const;
    const std::vector<Finding>& all() const { return list_; }
    std::vector<Finding>& all() { return list_; }

private:
    friend Findings find_problems(const Observations&);
    friend Findings run_rule(const Rule&, const Observations&);
    const Rule* current_ = nullptr;
    std::vector<Finding> list_;
};

struct Rule {
    std::string_view id;  ///< stable; kebab-case; names the problem
    Severity severity;
    std::string_view title;   ///< "A firmware module fails its checksum"
    std::string_view why;     ///< why this matters to the device
    std::string_view source;  ///< Device OS path@tag or docs/formats page
    void (*check)(const Observations&, Findings&);
};

// One line per subject; each is the table at the foot of rules/<subject>.cpp.
std::span<const Rule> capture_rules();
std::span<const Rule> module_rules();
std::span<const Rule> dct_rules();
std::span<const Rule> dct_damage_rules();
std::span<const Rule> dcd_rules();
std::span<const Rule> key_rules();
std::span<const Rule> server_rules();
std::span<const Rule> server_address_rules();
std::span<const Rule> key_overrun_rules();
std::span<const Rule> ota_rules();
std::span<const Rule> ota_flag_rules();
std::span<const Rule> monolithic_rules();
std::span<const Rule> system_flag_rules();
std::span<const Rule> eeprom_rules();
std::span<const Rule> wifi_rules();
std::span<const Rule> setting_rules();
std::span<const Rule> system_rules();
std::span<const Rule> code_rules();
std::span<const Rule> live_rules();

const std::vector<const Rule*>& all_rules();
const Rule* find_rule(std::string_view id);
Findings find_problems(const Observations&);
Findings run_rule(const Rule&, const Observations&);  ///< one rule alone, for its test

}  // namespace photopsy
