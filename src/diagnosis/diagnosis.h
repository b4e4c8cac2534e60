#pragma once
#include "diagnosis/cause.h"

namespace photopsy {

enum class Outcome { Healthy, Attention, CloudFails, SafeMode, BootFails, BadCapture };
std::string_view name_of(Outcome);

/// What the owner says he sees: "3 orange".
struct LedSymptom {
    enum class Colour { Red, Orange, Magenta, Yellow, White, Blue, Green, Cyan } colour = Colour::Red;
    int count = 1;
};
/// "3 orange", "1 red", "orange". One sentence on bad text.
Result<LedSymptom> parse_led(std::string_view text);

struct NamedCause {
    const Cause* cause = nullptr;
    std::vector<std::size_t> findings;  ///< indices into the findings
    Story story;

    std::string_view title() const { return story.title.empty() ? cause->title : std::string_view(story.title); }
};

struct Diagnosis {
    Outcome outcome = Outcome::Healthy;
    std::string headline;
    Confidence confidence = Confidence::Certain;
    std::vector<NamedCause> causes;        ///< most important first
    std::vector<std::size_t> unexplained;  ///< findings above note that no cause covers
    std::vector<std::string> cannot_tell;
    std::string led_remark;  ///< what the symptom adds or contradicts; "" without --led
    int exit_status = 0;     ///< contract: 0 or 1
};

Diagnosis diagnose(const Observations&, const Findings&, std::optional<LedSymptom> led = {});

}  // namespace photopsy
