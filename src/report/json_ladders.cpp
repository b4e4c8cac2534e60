// Start and handshake of the JSON report: what is predicted, and what a real server did where one was asked.
#include "report/json_parts.h"
#include "report/words.h"

namespace photopsy {

static Json ladder(const std::vector<Rung>& rungs) {
    auto array = Json::array();
    for (const auto& rung : rungs) array.push_back({{"step", rung.id}, {"state", name_of(rung.mark)}, {"explain", rung.explain}});
    return array;
}

Json json_boot(const Document& document) {
    Json json{{"result", document.boot_result}, {"ladder", ladder(document.boot)}};
    put_if(json, "safe_mode_reason", document.safe_mode_reason);
    return json;
}

static Json live(const LiveText& live) {
    return {{"step", live.step}, {"end", live.end}, {"agrees_with_prediction", or_null(live.agrees)}, {"seen", live.seen}, {"proves", live.proves}};
}

Json json_handshake(const Document& document) {
    Json json;
    put_if(json, "unknown", document.handshake_unknown);
    if (document.handshake_unknown.empty()) json = {{"server_key_source", document.server_key_source}, {"predictions", Json::array()}};
    for (const auto& row : document.handshake) {
        Json prediction{{"server_policy", row.policy}, {"step", row.step}, {"code", or_null(row.code)}, {"led", row.led}};
        if (row.chance) prediction["chance"] = true;
        put_if(prediction, "explain", row.explain);
        json["predictions"].push_back(std::move(prediction));
    }
    if (document.live) json["live"] = live(*document.live);
    return json;
}

}  // namespace photopsy
