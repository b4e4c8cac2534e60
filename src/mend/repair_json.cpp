#include "mend/repair_json.h"

#include "base/hex.h"

#include <nlohmann/json.hpp>

namespace photopsy {

namespace {

using Json = nlohmann::ordered_json;

Json lefts(const std::vector<RepairPlan::Left>& list) {
    Json array = Json::array();
    for (const auto& left : list) array.push_back({{"cause", left.cause}, {"why", left.why}, {"instead", left.instead}});
    return array;
}

Json place(const RepairStep& step) { return {{"alternate", step.alternate}, {"address", hex_address(step.where.begin)}, {"length", step.where.size()}}; }

Json step_json(const RepairStep& step) {
    Json sources = Json::array();
    for (const auto& source : step.sources) sources.push_back({{"kind", source.kind}, {"sha256", source.sha256}, {"place", source.place}});
    Json json{{"operation", name_of(step.operation)}, {"reason", step.reason}};
    if (step.operation != RepairOperation::ResetIntoDfu)
        json.update({{"where", place(step)}, {"region", step.region}, {"before", step.before}, {"after", step.after}, {"sources", sources}});
    json["timeout_ms"] = step.timeout_ms;
    json["typical_ms"] = step.typical_ms;
    const auto& failure = step.if_power_fails;
    json["if_power_fails"] = {{"boot", failure.boot}, {"explain", failure.explain}, {"way_back", failure.way_back}};
    json["undo"] = {{"possible", step.undo.possible}, {"explain", step.undo.explain}};
    return json;
}

Json device_json(const RepairPlan::Device& device) {
    return {{"layout", device.layout},
            {"platform_id", device.platform_id},
            {"serial", device.serial},
            {"flash_sha256", device.flash_sha256},
            {"bootloader_version", device.bootloader_version},
            {"table_code", device.table_code},
            {"table_reachable", device.table_reachable},
            {"table_looked_up_anew", device.table_looked_up_anew}};
}

Json consents_json(const RepairPlan& plan) {
    Json array = Json::array();
    for (const auto& consent : plan.consents) array.push_back({{"word", consent.word}, {"loses", consent.loses}, {"given", consent.given}});
    return array;
}

Json steps_json(const RepairPlan& plan) {
    Json array = Json::array();
    for (const auto& step : plan.steps) array.push_back(step_json(step));
    return array;
}

Json plan_json(const RepairPlan& plan) {
    Json files = Json::array(), missing = Json::array();
    for (const auto& file : plan.files) files.push_back({{"slot", file.slot}, {"release", file.release}, {"sha256", file.sha256}, {"from", file.from}});
    for (const auto& one : plan.missing)
        missing.push_back({{"cause", one.cause},
                           {"slot", one.slot},
                           {"release", one.release},
                           {"file", one.file},
                           {"sha256", one.sha256},
                           {"published_in", one.published_in}});
    return {{"schema", "photopsy-repair-plan/1"},
            {"tool", {{"name", "photopsy"}, {"version", version}}},
            {"dump", {{"name", plan.dump_name}, {"sha256", plan.dump_sha256}, {"size", plan.dump_size}}},
            {"device", device_json(plan.device)},
            {"purpose", name_of(plan.purpose)},
            {"only_causes", plan.only_causes},
            {"cures", plan.cures},
            {"leaves", lefts(plan.leaves)},
            {"cannot", lefts(plan.cannot)},
            {"files", files},
            {"key_file", plan.key_file},
            {"registered_key", plan.registered_key},
            {"missing", missing},
            {"consents", consents_json(plan)},
            {"steps", steps_json(plan)},
            {"expect", {{"outcome", plan.expect.outcome}, {"causes", plan.expect.causes}}}};
}

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string repair_plan_sha256(const RepairPlan& plan) {
    const auto text = text_of(plan_json(plan));
    return hex(sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

std::string repair_plan_json(const RepairPlan& plan) {
    Json json = plan_json(plan);
    json["sha256"] = repair_plan_sha256(plan);
    return text_of(json);
}

std::string repair_steps_json(const RepairPlan& plan) {
    Json device = device_json(plan.device);
    device.erase("serial");  // a dump without its record does not tell it
    return text_of({{"device", device}, {"purpose", name_of(plan.purpose)}, {"consents", consents_json(plan)}, {"steps", steps_json(plan)}});
}

}  // namespace photopsy
