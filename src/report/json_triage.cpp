// What `triage` prints for programs: schema photopsy-triage/1, docs/fleet.md.
#include "report/fleet.h"

#include <nlohmann/json.hpp>

namespace photopsy {

namespace {

using FleetJson = nlohmann::ordered_json;

void put_word(FleetJson& object, const char* key, const std::string& word) {
    if (!word.empty()) object[key] = word;
}

FleetJson row_json(const fleet::Row& row) {
    FleetJson json{{"path", row.path}, {"outcome", standing_of(row)}};
    if (!row.is_dump()) {
        json["why"] = row.why;
        return json;
    }
    json["headline"] = row.headline;
    json["sha256"] = row.sha256;
    json["causes"] = FleetJson::array();
    for (const auto& cause : row.causes) json["causes"].push_back({{"id", cause.id}, {"place", cause.place}});
    put_word(json, "old_key", row.old_key);
    put_word(json, "first_step", row.steps.empty() ? "" : row.steps.front());
    put_word(json, "layout", row.layout);
    put_word(json, "device_os", row.device_os);
    if (row.bootloader) json["bootloader_version"] = *row.bootloader;
    put_word(json, "device_id", row.shown_id);
    put_word(json, "public_fingerprint", row.key);
    return json;
}

FleetJson paths(const fleet::Fleet& all, const fleet::Members& rows) {
    auto list = FleetJson::array();
    for (const auto row : rows) list.push_back(all.rows[row].path);
    return list;
}

FleetJson contrasts(const std::vector<fleet::Contrast>& list) {
    auto json = FleetJson::array();
    for (const auto& contrast : list)
        json.push_back({{"says", contrast_in_words(contrast)}, {"value", contrast.value}, {"here", contrast.here}, {"healthy", contrast.works}});
    return json;
}

FleetJson group_json(const fleet::Fleet& all, const fleet::Group& group) {
    FleetJson json{{"dumps", group.members.size()}, {"outcome", name_of(group.outcome)}, {"causes", FleetJson::array()}};
    for (const auto& cause : group.causes) json["causes"].push_back({{"id", cause.id}, {"title", cause.title}, {"place", cause.place}});
    json["releases"] = group.releases;
    json["remedy"] = group.remedy;
    json["only_here"] = contrasts(group.contrast);
    json["apart"] = FleetJson::array();
    for (const auto& outlier : group.outliers) json["apart"].push_back({{"path", all.rows[outlier.row].path}, {"says", outlier_in_words(all, outlier)}});
    json["members"] = paths(all, group.members);
    return json;
}

FleetJson totals_json(const fleet::Fleet& all) {
    FleetJson json{{"dumps", all.totals.dumps}};
    for (const auto outcome : {Outcome::Healthy, Outcome::Attention, Outcome::CloudFails, Outcome::SafeMode, Outcome::BootFails, Outcome::BadCapture})
        json[std::string(name_of(outcome))] = all.totals.of(outcome);
    json["no-dump"] = all.totals.no_dumps;
    json["unread"] = all.totals.unread;
    return json;
}

FleetJson identities_json(const fleet::Fleet& all) {
    FleetJson json;
    json["same_device"] = FleetJson::array();
    for (const auto& device : all.devices) json["same_device"].push_back({{"dumps", paths(all, device.rows)}, {"says", device_in_words(all, device)}});
    json["same_private_key"] = FleetJson::array();
    for (const auto& members : all.same_keys) json["same_private_key"].push_back(paths(all, members));
    json["table_copied"] = FleetJson::array();
    for (const auto& members : all.copied_tables) json["table_copied"].push_back(paths(all, members));
    json["private-key-shares-prime"] = FleetJson::array();
    for (const auto& shared : all.primes.found)
        json["private-key-shares-prime"].push_back({{"dumps", paths(all, shared.keys)}, {"common_factor_bits", shared.bits}, {"confidence", "certain"}});
    return json;
}

FleetJson whole(const fleet::Fleet& all, const FleetStyle& style) {
    FleetJson json{{"schema", "photopsy-triage/1"}, {"tool", {{"name", "photopsy"}, {"version", version}}}};
    json["totals"] = totals_json(all);
    put_word(json, "unfinished", style.unfinished);
    json["sentences"] = sentences_of(all);
    json["shared_by_all_that_fail"] = contrasts(all.contrast);
    json["groups"] = FleetJson::array();
    for (const auto* group : shown_groups(all, style)) json["groups"].push_back(group_json(all, *group));
    json["identities"] = identities_json(all);
    json["needs_a_person"] = paths(all, all.for_people);
    return json;
}

std::string written(const FleetJson& json, int indent) { return json.dump(indent, ' ', false, FleetJson::error_handler_t::replace); }

}  // namespace

std::string fleet_json(const fleet::Fleet& all, const FleetStyle& style) {
    auto json = whole(all, style);
    json["rows"] = FleetJson::array();
    for (const auto row : shown_rows(all, style)) json["rows"].push_back(row_json(all.rows[row]));
    return written(json, 1) + "\n";
}

std::string fleet_ndjson(const fleet::Fleet& all, const FleetStyle& style) {
    std::string text;
    for (const auto row : shown_rows(all, style)) text += written({{"row", row_json(all.rows[row])}}, -1) + "\n";
    return text + written(whole(all, style), -1) + "\n";
}

}  // namespace photopsy
