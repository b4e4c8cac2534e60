// The labelled dumps of the team: what becomes of their key slots, and where their handshakes end.
#include "handshake/handshake.h"
#include "handshake/keys.h"
#include "support/shared.h"

#include "catch.h"

#include <nlohmann/json.hpp>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

struct Judged {
    KeyFacts keys;
    HandshakeOutcome handshake;
};

Judged judge(const Bytes& dump) {
    const auto& layout = *builtin_layout("photon");
    Capture capture{.image = Image(dump, layout.flash.begin)};
    const auto facts = collect_facts(capture, layout);
    Judged judged{.keys = judge_keys(capture.image, facts)};
    judged.handshake = predict_handshake(capture.image, facts, judged.keys, {}, {});
    return judged;
}

bool fits(const json& wanted, const Prediction& prediction) {
    const auto one = [&](const json& answer) {
        return answer["step"] == name_of(prediction.step) && (answer["code"].is_null() || (prediction.code && answer["code"] == *prediction.code));
    };
    if (!wanted.is_array()) return one(wanted);
    return std::any_of(wanted.begin(), wanted.end(), one);
}

}  // namespace

TEST_CASE("the handshakes of the labelled dumps end where they were measured to end", "[handshake][keys][dumps]") {
    const auto& dumps = shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) {
        WARN("the labelled dumps are not here: not checked");
        return;
    }
    int checked = 0;
    for (const auto& [name, bytes] : dumps) {
        if (bytes.size() != 1u << 20 || name.find("capture") != std::string::npos) continue;
        const auto label = json::parse(shared_text("dumps/labels/" + name.substr(name.rfind('/') + 1, name.rfind('.') - (name.rfind('/') + 1)) + ".json"));
        const auto judged = judge(bytes);
        INFO(name << ": " << judged.keys.device.detail << " / " << judged.keys.server.detail << " / " << judged.keys.address.detail << " / "
                  << judged.handshake.unknown);
        if (std::getenv("PRINT_KEYS")) {
            std::string line = name + " class " + std::to_string(int(judged.keys.device.what)) + " enc " + std::to_string(int(judged.keys.device.encoding)) +
                               " cache " + std::to_string(int(judged.keys.cache.state)) + " server " + std::to_string(int(judged.keys.server.what)) + " addr " +
                               std::to_string(int(judged.keys.address.kind)) + " elsewhere " + std::to_string(judged.keys.elsewhere.size()) + " regen " +
                               judged.keys.regenerated_because;
            for (const auto& r : judged.keys.recoveries) line += " [" + r.method + " in " + r.source + (r.matches_cache ? " =cache" : "") + "]";
            for (const auto& d : judged.keys.device.damage) line += " " + std::to_string(d.begin - 0x08000000) + "+" + std::to_string(d.size());
            std::printf("%s\n", line.c_str());
        }
        if (!label["handshake"].is_object()) continue;
        for (const auto& prediction : judged.handshake.predictions) {
            INFO(name_of(prediction.policy) << " " << name_of(prediction.step) << ": " << prediction.explain);
            CHECK(fits(label["handshake"][std::string(name_of(prediction.policy))], prediction));
        }
        if (label["handshake_required"] == true) CHECK(judged.handshake.predictions.size() == 2);
        ++checked;
    }
    CHECK(checked >= 35);
}
