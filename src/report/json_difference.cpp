#include "base/hex.h"
#include "photopsy.h"
#include "report/difference.h"
#include "report/json_parts.h"

namespace photopsy {

static Json json_side(const Difference::Side& side) {
    Json json{{"name", side.name}, {"size", side.size}, {"sha256", side.sha256}, {"layout", side.layout}};
    if (!side.external_name.empty()) json["external"] = {{"name", side.external_name}, {"size", side.external_size}, {"sha256", side.external_sha256}};
    return json;
}

static Json row(const RegionChange& change) {
    Json json{{"region", change.region},       {"address", hex_address(change.at.begin)}, {"length", change.at.size()},
              {"different", change.different}, {"single_bit", change.single_bits},        {"only_in_one", change.only_one}};
    json["first"] = change.different ? Json(hex_address(change.hull.begin)) : Json(nullptr);
    json["last"] = change.different ? Json(hex_address(change.hull.end - 1)) : Json(nullptr);
    return json;
}

std::string difference_json(const Difference& difference) {
    Json json{{"schema", "photopsy-difference/1"}, {"tool", {{"name", "photopsy"}, {"version", version}}}};
    json["before"] = json_side(difference.before);
    json["after"] = json_side(difference.after);
    json["same"] = difference.same;
    json["same_device"] = difference.same_device ? Json(*difference.same_device) : Json(nullptr);
    json["changes"] = Json::array();
    for (const auto& change : difference.changes)
        json["changes"].push_back({{"section", change.section}, {"what", change.what}, {"before", change.before}, {"after", change.after}});
    json["bytes"] = Json::array();
    for (const auto& change : difference.bytes) json["bytes"].push_back(row(change));
    json["looks_unstable"] = difference.looks_unstable;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace photopsy
