#pragma once
#include "diagnosis/cause.h"

namespace photopsy {

enum class Outcome { Healthy, Attention, CloudFails, SafeMode, BootFails, BadCapture };
std::string_view name_of(Outcome);

/// What the owner says he sees.
struct LedSymptom {
    enum class Colour { Red, Orange, Magenta, Yellow, White, Blue, Green, Cyan, Untold /* only the count is known */ } colour = Colour::Red;
    int count = 1;
    enum class Rhythm {
        Burst,  ///< `count` short blinks, most often between fast cyan
        Breathing,
        Blinking,
        FastBlinking,
        Solid,
        Off,  ///< no light; the colour means nothing
        Sos   ///< three short, three long, three short red flashes, then `count` blinks; 0 where they were not counted
    } rhythm = Rhythm::Burst;
    bool operator==(const LedSymptom&) const = default;
};
/// People's words for a light, in any case and order: "3 orange", "three Orange", "cyan with red burst", "breathing magenta", "no light", "SOS 10", "2 blinks".
/// One sentence on text that names no light, two, or a word that is not known.
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
