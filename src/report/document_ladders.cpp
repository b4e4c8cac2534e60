#include "handshake/live.h"
#include "report/document_parts.h"
#include "report/words.h"

namespace photopsy {

static Rung::Mark mark_of(BootStep::State state) {
    switch (state) {
        case BootStep::State::Pass:
            return Rung::Mark::Good;
        case BootStep::State::Fail:
            return Rung::Mark::Bad;
        case BootStep::State::Skipped:
            return Rung::Mark::Skipped;
        case BootStep::State::Unknown:
            break;
    }
    return Rung::Mark::Unknown;
}

void describe_boot(Document& document, const BootOutcome& boot, const Discretion& discretion) {
    document.boot_result = name_of(boot.result);
    document.boot_title = title_of(boot.result);
    const bool other_program = !boot.ladder.empty() && boot.ladder.back().step == "monolithic" && boot.result == BootResult::Runs;
    if (other_program) document.boot_title = "starts the program that lies in the system's place";
    document.safe_mode_reason = discretion.text(boot.safe_mode_reason);
    for (const auto& step : boot.ladder)
        document.boot.push_back(
            {mark_of(step.state), discretion.text(step.step), title_of_boot_step(discretion.text(step.step)), discretion.text(step.explain)});
}

/// All steps of the handshake, ticked up to the one where it ends; `led`: what the light shows there.
static std::vector<Rung> ladder_to(Step end, Transport transport, const std::string& led = "") {
    std::vector<Rung> ladder;
    auto mark = Rung::Mark::Good;
    for (const auto step : steps_of(transport)) {
        if (step == end && step != Step::Done) mark = Rung::Mark::Bad;
        ladder.push_back({mark, std::string(name_of(step)), std::string(title_of(step)), ""});
        if (mark == Rung::Mark::Bad) mark = Rung::Mark::Skipped;
    }
    if (end == Step::Done && !led.empty()) ladder.back().title = "is online (" + led + ")";
    return ladder;
}

/// The steps that a live handshake carries out; it is ended before the hello.
static std::vector<Rung> live_ladder(Step end) {
    auto ladder = ladder_to(end, Transport::Tcp);  // the only one that can be tried
    const auto tried = static_cast<std::size_t>(Step::VerifySignature) + 1;
    if (ladder.size() > tried) ladder.resize(tried);
    return ladder;
}

static void describe_live(Document& document, const HandshakeOutcome& handshake, const Discretion& discretion) {
    if (!handshake.live) return;
    const auto& answer = *handshake.live;
    const auto meaning = meaning_of(answer);
    document.live = LiveText{.step = std::string(name_of(answer.step)),
                             .end = std::string(name_of(answer.end)),
                             .seen = discretion.text(meaning.seen),
                             .proves = discretion.text(meaning.proves),
                             .agrees = agrees(answer, handshake),
                             .ladder = live_ladder(answer.step)};
}

void describe_handshake(Document& document, const HandshakeOutcome& handshake, const Discretion& discretion) {
    describe_live(document, handshake, discretion);
    document.handshake_unknown = discretion.text(handshake.unknown);
    if (!handshake.unknown.empty()) return;
    if (handshake.predictions.empty()) document.handshake_unknown = "The file does not hold what the handshake depends on.";
    document.server_key_source = name_of(handshake.server_key_source);
    for (const auto& prediction : handshake.predictions) {
        HandshakeText text{.policy = std::string(name_of(prediction.policy)),
                           .title = std::string(title_of(prediction.policy)),
                           .step = std::string(name_of(prediction.step)),
                           .code = prediction.code,
                           .led = discretion.text(prediction.led),
                           .explain = discretion.text(prediction.explain),
                           .chance = prediction.chance,
                           .succeeds = prediction.step == Step::Done,
                           .ladder = ladder_to(prediction.step, prediction.transport, discretion.text(prediction.led))};
        document.handshake.push_back(std::move(text));
    }
}

}  // namespace photopsy
