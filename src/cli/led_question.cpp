#include "cli/led_question.h"

#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <span>

namespace photopsy {

namespace {

using Colour = LedSymptom::Colour;
using Rhythm = LedSymptom::Rhythm;

struct NamedColour {
    std::string_view says;
    Colour colour;
};

constexpr NamedColour burst_colours[] = {
    {"red", Colour::Red}, {"orange", Colour::Orange}, {"magenta (pink)", Colour::Magenta}, {"I cannot tell", Colour::Untold}};
constexpr NamedColour breathing_colours[] = {
    {"cyan (light blue)", Colour::Cyan}, {"magenta (pink)", Colour::Magenta}, {"green", Colour::Green}, {"white", Colour::White}};
constexpr NamedColour even_colours[] = {
    {"yellow", Colour::Yellow}, {"dark blue", Colour::Blue},         {"green", Colour::Green}, {"cyan (light blue)", Colour::Cyan},
    {"white", Colour::White},   {"magenta (pink)", Colour::Magenta}, {"red", Colour::Red}};

/// A number from `least` to `most`; 0 for an empty line.
Result<int> answer(int least, int most, Session& session) {
    static constexpr int tries = 3;
    for (int i = 0; i < tries; ++i) {
        std::string line;
        if (!std::getline(std::cin, line)) return Error{"no answer came; the light can also be told with --led"};
        if (line.empty()) return 0;
        int number = 0;
        const auto read = std::from_chars(line.data(), line.data() + line.size(), number);
        if (read.ec == std::errc() && read.ptr == line.data() + line.size() && number >= least && number <= most) return number;
        session.say(fmt::format("Please type a number from {} to {}.", least, most));
    }
    return Error{"three answers were no such number; the light can also be told with --led"};
}

Result<std::optional<LedSymptom>> with_colour(LedSymptom symptom, std::span<const NamedColour> colours, Session& session) {
    session.say("In which colour?");
    for (std::size_t i = 0; i < colours.size(); ++i) session.say(fmt::format("  {}  {}", i + 1, colours[i].says));
    const auto chosen = answer(1, static_cast<int>(colours.size()), session);
    if (!chosen) return chosen.error();
    if (*chosen == 0) return std::optional<LedSymptom>();
    symptom.colour = colours[static_cast<std::size_t>(*chosen) - 1].colour;
    return std::optional(symptom);
}

Result<std::optional<LedSymptom>> burst(Session& session) {
    static constexpr int most = 3;
    session.say("How many blinks are in the pause? (1, 2 or 3)");
    const auto count = answer(1, most, session);
    if (!count) return count.error();
    if (*count == 0) return std::optional<LedSymptom>();
    return with_colour({.count = *count}, burst_colours, session);
}

Result<std::optional<LedSymptom>> crash(Session& session) {
    static constexpr int most = 20;
    session.say("How many blinks follow? (Enter alone: not counted)");
    const auto count = answer(1, most, session);
    if (!count) return count.error();
    return std::optional(LedSymptom{.count = *count, .rhythm = Rhythm::Sos});
}

}  // namespace

Result<std::optional<LedSymptom>> ask_for_light(Session& session) {
    if (!session.terminal.input_is_tty || !session.terminal.errors_are_tty) return Error{"--ask asks at a terminal; without one tell the light with --led"};
    session.say("What does the light do when the device fails to connect? (Enter alone: leave the light out)");
    for (const auto* row :
         {"  1  blinks fast, pauses for one or a few other blinks, and begins again", "  2  fades in and out slowly (breathes)",
          "  3  blinks evenly, without such pauses", "  4  three short, three long, three short flashes, then some blinks (SOS)", "  5  no light at all"})
        session.say(row);
    const auto rhythm = answer(1, 5, session);
    if (!rhythm) return rhythm.error();
    switch (*rhythm) {
        case 1:
            return burst(session);
        case 2:
            return with_colour({.rhythm = Rhythm::Breathing}, breathing_colours, session);
        case 3:
            return with_colour({.rhythm = Rhythm::Blinking}, even_colours, session);
        case 4:
            return crash(session);
        case 5:
            return std::optional(LedSymptom{.colour = Colour::Untold, .rhythm = Rhythm::Off});
        default:
            return std::optional<LedSymptom>();
    }
}

}  // namespace photopsy
