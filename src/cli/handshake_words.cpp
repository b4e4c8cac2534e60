#include "cli/handshake_words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace photopsy {

namespace {

using Json = nlohmann::ordered_json;

std::string_view mark(LadderStep::State state) {
    switch (state) {
        case LadderStep::State::Passed:
            return "\u2713";
        case LadderStep::State::Failed:
            return "\u2717";
        case LadderStep::State::Unknown:
            return "?";
        case LadderStep::State::NotReached:
            return "\u00b7";
    }
    return "";
}

std::string_view words_for(ServerPolicy policy) {
    return policy == ServerPolicy::ComparesPresentedKey ? "If the server compares the key that the device presents with its record"
                                                        : "If the server only uses the key on record";
}

std::string_view words_for(ServerKeySource source) {
    switch (source) {
        case ServerKeySource::Published:
            return "Particle's published key";
        case ServerKeySource::BuiltIn:
            return "the key built into the firmware, which is Particle's";
        case ServerKeySource::Given:
            return "the one given with --server-public-key";
        case ServerKeySource::Assumed:
            return "assumed to be the one in the slot (a private server)";
    }
    return "";
}

std::string prediction_text(const HandshakeOutcome& outcome) {
    if (!outcome.unknown.empty()) return "The handshake cannot be predicted: " + outcome.unknown + ".\n";
    std::string text = fmt::format("Key of the server: {}.\n", words_for(outcome.server_key_source));
    if (outcome.predictions.front().regenerates_key) text += "The device's slot counts as empty: the firmware makes a new key first.\n";
    if (outcome.predictions.front().generation_fails)
        text += "The device's slot counts as empty, but Device OS 0.7.0 cannot make a key: it goes on with the slot as it is.\n";
    if (outcome.predictions.front().uses_builtin_server_key) text += "The server's slot counts as empty: the firmware uses the key that is built into it.\n";
    for (const auto& row : outcome.predictions) {
        text += fmt::format("\n{}:\n", words_for(row.policy));
        for (const auto& rung : handshake_ladder(row))
            text += fmt::format("  {} {:<{}}  {}\n", mark(rung.state), name_of(rung.step), row.transport == Transport::Dtls ? 18 : 16, rung.explain);
        text += fmt::format("  Result: {}{}. The light: {}.{}\n", name_of(row.step), row.code ? fmt::format(", code {}", *row.code) : "", row.led,
                            row.chance ? " Luck decides; this is the likelier result." : "");
    }
    return text;
}

std::string live_text(const LiveRun& live, const HandshakeOutcome& outcome) {
    const LiveMeaning meaning = meaning_of(live.answer);
    std::string text = fmt::format("{} was asked, with the keys of this dump: {} ({}).\n", live.server, name_of(live.answer.step), name_of(live.answer.end));
    if (agrees(live.answer, outcome) == false)
        text += "  This is not what was predicted below. Either the cloud does something that is not known yet, or photopsy is wrong: please report it.\n";
    return text + fmt::format("  {}\n  {}\n\n", meaning.seen, meaning.proves);
}

Json live_json(const LiveRun& live, const HandshakeOutcome& outcome) {
    const LiveMeaning meaning = meaning_of(live.answer);
    const auto agreed = agrees(live.answer, outcome);
    return {{"server", live.server},
            {"step", name_of(live.answer.step)},
            {"end", name_of(live.answer.end)},
            {"received", live.answer.received},
            {"signed_by_server", live.answer.signed_by_server},
            {"agrees_with_prediction", agreed ? Json(*agreed) : Json()},
            {"seen", meaning.seen},
            {"proves", meaning.proves}};
}

}  // namespace

std::string handshake_text(const HandshakeTold& told) { return (told.live ? live_text(*told.live, told.outcome) : "") + prediction_text(told.outcome); }

std::string handshake_json(const HandshakeTold& told) {
    Json json{{"schema", "photopsy-handshake/1"}};
    if (told.live) json["live"] = live_json(*told.live, told.outcome);
    if (!told.outcome.unknown.empty()) {
        json["unknown"] = told.outcome.unknown;
        return json.dump(2) + "\n";
    }
    json["server_key_source"] = name_of(told.outcome.server_key_source);
    json["predictions"] = Json::array();
    for (const auto& row : told.outcome.predictions) {
        Json one = {{"server_policy", name_of(row.policy)}, {"step", name_of(row.step)}, {"code", row.code ? Json(*row.code) : Json()}, {"led", row.led}};
        if (row.chance) one["chance"] = true;
        json["predictions"].push_back(std::move(one));
    }
    return json.dump(2) + "\n";
}

}  // namespace photopsy
