#include "report/json_updates.h"

#include "base/hex.h"
#include "report/plain_text.h"
#include "report/words.h"

#include <nlohmann/json.hpp>

namespace photopsy {

using Json = nlohmann::ordered_json;

static Json ota_slots(const OtaFacts& ota) {
    auto array = Json::array();
    for (const auto& slot : ota.slots) {
        static constexpr std::string_view states[] = {"unused", "cleared", "cleared-with-history", "pending", "factory", "odd"};
        array.push_back({{"slot", slot.number},
                         {"state", states[static_cast<std::size_t>(slot.state)]},
                         {"source", hex_address(slot.source.value)},
                         {"destination", hex_address(slot.destination.value)},
                         {"length", slot.length.value}});
    }
    return array;
}

Json updates_json(const OtaFacts& ota) {
    Json json{{"case", name_of(ota.kind)}, {"letter", ota.case_letter}, {"slots", ota_slots(ota)}};
    json["update_flag"] = ota.update_flag ? Json(ota.update_flag->value) : Json(nullptr);
    json["pending_slot"] = ota.pending_slot ? Json(*ota.pending_slot) : Json(nullptr);
    if (!ota.from_release.empty()) json["from_release"] = without_control_characters(ota.from_release);
    if (!ota.to_release.empty()) json["to_release"] = without_control_characters(ota.to_release);
    if (ota.expected) json["received"] = {{"bytes", ota.received}, {"of", ota.expected}};
    if (ota.progress) {
        const auto& copy = *ota.progress;
        json["progress"] = {{"slot", copy.slot}, {"copied", copy.copied}, {"of", copy.total}, {"boundary", hex_address(copy.boundary)}};
    }
    // By enum OtaFacts::Resumes; a copy that harms is one that makes it worse.
    static constexpr std::string_view resumes[] = {"not-applicable", "yes", "no", "after-repair", "makes-it-worse", "makes-it-worse", "unknown"};
    json["resumes"] = resumes[static_cast<std::size_t>(ota.resumes)];
    return json;
}

Json eeprom_json(const Eeprom& eeprom) {
    Json json{{"state", name_of(eeprom.state)},
              {"active_page", eeprom.active ? Json(*eeprom.active) : Json(nullptr)},
              {"cells_in_use", eeprom.cells_in_use},
              {"pages", Json::array()}};
    static constexpr std::string_view states[] = {"not-in-file", "erased", "copying", "active", "inactive", "corrupt"};
    for (const auto& page : eeprom.pages) {
        Json row{
            {"page", page.number}, {"address", hex_address(page.at.begin)}, {"state", states[static_cast<std::size_t>(page.state)]}, {"records", page.records}};
        row["unreachable"] = page.unreachable;
        row["first_invalid"] =
            page.first_invalid ? Json{{"address", hex_address(page.first_invalid->begin)}, {"length", page.first_invalid->size()}} : Json(nullptr);
        json["pages"].push_back(std::move(row));
    }
    return json;
}

Json wifi_json(const WifiFacts& wifi) { return {{"state", name_of(wifi.state)}, {"networks", wifi.configured}, {"static_ip", wifi.static_ip}}; }

}  // namespace photopsy
