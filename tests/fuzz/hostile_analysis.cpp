#include "fuzz/hostile_analysis.h"

#include "support/written_analysis.h"

#include <algorithm>

namespace photopsy::fuzz {

namespace {

class Texts {
public:
    explicit Texts(ByteView bytes) : bytes_(bytes) {}
    std::string next() {
        const auto end = std::find(bytes_.begin(), bytes_.end(), std::uint8_t{0});
        std::string text(bytes_.begin(), end);
        bytes_ = bytes_.subspan(std::min(bytes_.size(), text.size() + 1));
        return text;
    }

private:
    ByteView bytes_;
};

void write_into(Analysis& analysis, Texts& texts) {
    analysis.capture.name = texts.next();
    analysis.capture.container = texts.next();
    analysis.capture.remarks = {texts.next(), texts.next()};
    analysis.keys.device.detail = texts.next();
    analysis.keys.address.host = texts.next();
    analysis.keys.address.particle = false;
    analysis.facts.device_id = texts.next();
    analysis.facts.system.device_os = texts.next();
    analysis.diagnosis.headline = texts.next();
    for (auto& finding : analysis.findings.all()) {
        finding.explain = texts.next();
        finding.evidence = texts.next();
        finding.where.region = texts.next();
    }
    for (auto& named : analysis.diagnosis.causes)
        for (auto& link : named.story.chain) link.says = texts.next();
    for (auto& module : analysis.facts.modules) module.releases = {texts.next()};
}

}  // namespace

std::vector<Analysis> hostile_analyses(ByteView bytes) {
    const std::uint8_t choice = bytes.empty() ? 0 : bytes[0];
    Texts texts(bytes.empty() ? bytes : bytes.subspan(1));
    std::vector<Analysis> analyses;
    for (int i = 0; i <= (choice & 2) / 2; ++i) {
        analyses.push_back(choice & 1 ? test::broken_device() : test::healthy_device());
        write_into(analyses.back(), texts);
    }
    return analyses;
}

std::string rendered(ByteView bytes, Format format) {
    const std::uint8_t choice = bytes.empty() ? 0 : bytes[0];
    ReportStyle style;
    style.width = choice & 4 ? 60 : 133;
    style.utf8 = (choice & 8) != 0;
    style.show_ids = (choice & 16) != 0;
    style.max_chars = choice & 32 ? 3000 : 15000;
    if (choice & 64) style.commands.shell = CommandStyle::Shell::Windows;
    return render(hostile_analyses(bytes), format, style);
}

}  // namespace photopsy::fuzz
