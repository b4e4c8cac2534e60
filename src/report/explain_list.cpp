// All words that can be explained, by subject.
#include "fleet/findings.h"
#include "report/explain.h"
#include "report/glossary.h"
#include "report/wrap.h"

#include "diagnosis/cause.h"

#include <fmt/format.h>

namespace photopsy {

static std::string_view first_spelling(const GlossaryEntry& entry) { return entry.words.substr(0, entry.words.find('|')); }

static std::string under(std::string_view heading, const std::vector<std::string>& words, unsigned width) {
    return fmt::format("{}\n", heading) + wrapped(fmt::format("{}", fmt::join(words, ", ")), width, "  ", "  ");
}

template <class Rows>
static std::vector<std::string> ids_of(std::initializer_list<Rows> tables) {
    std::vector<std::string> ids;
    for (const auto& table : tables)
        for (const auto& row : table) ids.emplace_back(row.id);
    return ids;
}

static std::string causes_and_findings(unsigned width) {
    auto text = under("Causes: keys", ids_of({key_causes(), server_causes(), live_causes()}), width);
    text += under("Causes: configuration table, Wi-Fi, settings, EEPROM",
                  ids_of({dct_causes(), dcd_causes(), wifi_causes(), setting_causes(), eeprom_causes()}), width);
    text += under("Causes: firmware and updates", ids_of({module_causes(), combination_causes(), ota_causes()}), width);
    text += under("Causes: the file", ids_of({capture_causes()}), width);
    text += under("Findings: keys", ids_of({key_rules(), server_rules(), server_address_rules(), key_overrun_rules(), live_rules()}), width);
    text += under("Findings: configuration table, Wi-Fi, settings, EEPROM",
                  ids_of({dct_rules(), dct_damage_rules(), dcd_rules(), wifi_rules(), setting_rules(), eeprom_rules()}), width);
    text += under("Findings: firmware and updates",
                  ids_of({system_rules(), module_rules(), monolithic_rules(), code_rules(), ota_rules(), ota_flag_rules(), system_flag_rules()}), width);
    text += under("Findings: the file", ids_of({capture_rules()}), width);
    return text + under("Findings: many dumps (triage)", ids_of({fleet::fleet_findings()}), width);
}

static std::vector<std::span<const GlossaryEntry>> whole_glossary() {
    return {glossary_of_verdicts(), glossary_of_states(), glossary_of_places(), glossary_of_lights()};
}

std::string explain_list(unsigned width) {
    std::string text = "photopsy explain WORD tells what one of these means.\n\n" + causes_and_findings(width);
    std::vector<std::pair<std::string_view, std::vector<std::string>>> subjects;
    for (const auto part : whole_glossary())
        for (const auto& entry : part) {
            if (subjects.empty() || subjects.back().first != entry.subject) subjects.push_back({entry.subject, {}});
            subjects.back().second.emplace_back(first_spelling(entry));
        }
    for (const auto& [subject, words] : subjects) text += under(subject, words, width);
    std::vector<std::string> steps;
    for (const auto transport : {Transport::Tcp, Transport::Dtls})
        for (const auto step : steps_of(transport))
            if (transport == Transport::Tcp || step > Step::Done) steps.emplace_back(name_of(step));
    return text + under("Steps of the handshake", steps, width);
}

std::vector<std::string> explainable_words() {
    std::vector<std::string> words;
    for (const auto* cause : all_causes()) words.emplace_back(cause->id);
    for (const auto* rule : all_rules())
        if (!find_cause(rule->id)) words.emplace_back(rule->id);  // some causes are called after their finding
    for (const auto& finding : fleet::fleet_findings()) words.emplace_back(finding.id);
    for (const auto part : whole_glossary())
        for (const auto& entry : part) words.emplace_back(first_spelling(entry));
    return words;
}

}  // namespace photopsy
