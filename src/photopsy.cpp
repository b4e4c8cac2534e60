#include "photopsy.h"

namespace photopsy {

HandshakeOutcome predict_handshake(const Image&, const Facts&, const KeyFacts&, ByteView registered_spki, ByteView server_spki);

Analysis analyze(Capture capture, const Layout& layout, const AnalyzeOptions& options) {
    Analysis analysis{.capture = std::move(capture), .layout = &layout};
    analysis.facts = collect_facts(analysis.capture, layout);
    const auto& image = analysis.capture.image;
    analysis.keys = judge_keys(image, analysis.facts);
    analysis.handshake = predict_handshake(image, analysis.facts, analysis.keys, options.registered_spki, options.server_spki);
    analysis.boot = predict_boot(analysis.facts);
    analysis.findings = find_problems(analysis.observations());
    analysis.diagnosis = diagnose(analysis.observations(), analysis.findings, options.led);
    return analysis;
}

}  // namespace photopsy
