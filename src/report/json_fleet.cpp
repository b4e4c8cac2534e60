#include "report/json_fleet.h"

#include "report/discretion.h"
#include "report/json.h"
#include "report/plain_text.h"
#include "report/words.h"

#include <nlohmann/json.hpp>

namespace photopsy {

using OrderedJson = nlohmann::ordered_json;

static void add_word(OrderedJson& object, const char* key, const std::string& word) {
    if (!word.empty()) object[key] = word;
}

static OrderedJson fleet_object(const Document& document) {
    const auto& fleet = document.fleet;
    OrderedJson json{{"path", row_name(document)}};
    json["exit_status"] = fleet.exit_status;
    json["old_key"] = fleet.old_key;
    json["steps"] = fleet.steps;
    add_word(json, "device", fleet.device);
    add_word(json, "chip", fleet.chip);
    add_word(json, "address", fleet.address);
    add_word(json, "application", fleet.application);
    if (fleet.product) json["product"] = *fleet.product;
    if (fleet.sequence) json["sequence"] = *fleet.sequence;
    return json;
}

static std::string in_one_line(const OrderedJson& json) { return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace); }

std::string render_report_line(const Analysis& analysis, const Document& document) {
    auto line = render_json(analysis, document, -1);
    line.insert(line.size() - 1, ",\"fleet\":" + in_one_line(fleet_object(document)));
    return line;
}

std::string render_short_line(const Document& document) {
    OrderedJson json{{"schema", "photopsy-report/1"}, {"tool", {{"name", "photopsy"}, {"version", document.tool_version}}}};
    json["input"] = {{"name", document.name}, {"size", document.size}, {"sha256", document.sha256}, {"redacted", document.redacted_dump}};
    json["device"] = {{"layout", document.layout}, {"device_os", document.device_os}, {"device_id", document.device_id}};
    if (document.bootloader_version) json["device"]["bootloader_version"] = *document.bootloader_version;
    json["verdict"] = {{"outcome", name_of(document.outcome)}, {"headline", document.headline}};
    json["causes"] = OrderedJson::array();
    for (const auto& cause : document.causes) json["causes"].push_back({{"id", cause.id}, {"title", cause.title}, {"place", cause.place}});
    json["unexplained"] = document.unexplained;
    json["keys"] = OrderedJson::array();
    for (const auto& key : document.keys) {
        OrderedJson row{{"role", key.role}, {"state", name_of(key.state)}, {"what", key.what}};
        add_word(row, "public_fingerprint", key.fingerprint);
        add_word(row, "public_key", key.spki);
        if (key.role == "device-private-key") row["usable"] = document.fleet.old_key == "in-place";
        json["keys"].push_back(std::move(row));
    }
    json["fleet"] = fleet_object(document);
    return in_one_line(json);
}

std::string render_failure_line(const std::string& path, const std::string& why, NotAnalyzed kind) {
    OrderedJson json{{"schema", "photopsy-failure/1"}, {"tool", {{"name", "photopsy"}, {"version", version}}}};
    json["failure"] = shown_path(why);
    json["no_dump"] = kind == NotAnalyzed::NoDump;
    json["fleet"] = {{"path", shown_path(path)}};
    return in_one_line(json);
}

std::string shown_path(std::string_view path) {
    static const Analysis nobody;
    return Discretion(nobody, {}).text(path);
}

}  // namespace photopsy
