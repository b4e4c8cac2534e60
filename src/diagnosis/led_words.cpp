// The words in which people tell what a light does.
#include "diagnosis/led.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace photopsy {

namespace {

using Colour = LedSymptom::Colour;
using Rhythm = LedSymptom::Rhythm;

template <class Value>
struct Word {
    std::string_view word;
    Value value;
};

constexpr Word<Colour> colour_words[] = {
    {"red", Colour::Red},        {"orange", Colour::Orange},  {"amber", Colour::Orange},   {"magenta", Colour::Magenta}, {"pink", Colour::Magenta},
    {"purple", Colour::Magenta}, {"violet", Colour::Magenta}, {"yellow", Colour::Yellow},  {"white", Colour::White},     {"blue", Colour::Blue},
    {"green", Colour::Green},    {"cyan", Colour::Cyan},      {"turquoise", Colour::Cyan}, {"teal", Colour::Cyan},       {"aqua", Colour::Cyan},
};
constexpr Word<Rhythm> rhythm_words[] = {
    {"breathing", Rhythm::Breathing},
    {"breathes", Rhythm::Breathing},
    {"breathe", Rhythm::Breathing},
    {"pulsing", Rhythm::Breathing},
    {"pulses", Rhythm::Breathing},
    {"pulse", Rhythm::Breathing},
    {"fading", Rhythm::Breathing},
    {"fades", Rhythm::Breathing},
    {"blinking", Rhythm::Blinking},
    {"flashing", Rhythm::Blinking},
    {"fast", Rhythm::FastBlinking},
    {"rapid", Rhythm::FastBlinking},
    {"rapidly", Rhythm::FastBlinking},
    {"quick", Rhythm::FastBlinking},
    {"quickly", Rhythm::FastBlinking},
    {"solid", Rhythm::Solid},
    {"steady", Rhythm::Solid},
    {"constant", Rhythm::Solid},
    {"off", Rhythm::Off},
    {"dark", Rhythm::Off},
    {"dead", Rhythm::Off},
    {"nothing", Rhythm::Off},
    {"none", Rhythm::Off},
    {"no", Rhythm::Off},
    {"dim", Rhythm::Off},
    {"sos", Rhythm::Sos},
};
constexpr Word<int> number_words[] = {
    {"one", 1}, {"once", 1},  {"single", 1}, {"two", 2},  {"twice", 2}, {"three", 3},   {"thrice", 3},  {"four", 4},      {"five", 5},
    {"six", 6}, {"seven", 7}, {"eight", 8},  {"nine", 9}, {"ten", 10},  {"eleven", 11}, {"twelve", 12}, {"thirteen", 13}, {"fourteen", 14},
};
/// Words that people put around the others.
constexpr std::string_view around[] = {"a",    "an",    "and",     "at",       "between", "blink", "blinks", "burst", "bursts", "by",
                                       "d7",   "flash", "flashes", "followed", "in",      "is",    "it",     "led",   "light",  "lights",
                                       "long", "main",  "of",      "on",       "only",    "short", "shows",  "slow",  "slowly", "status",
                                       "the",  "then",  "time",    "times",    "to",      "very",  "with",   "x"};

template <class Value, std::size_t N>
const Value* looked_up(const Word<Value> (&words)[N], std::string_view word) {
    const auto* found = std::find_if(std::begin(words), std::end(words), [&](const Word<Value>& row) { return row.word == word; });
    return found == std::end(words) ? nullptr : &found->value;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// In small letters, between anything that is neither a letter nor a digit; "3x" and "x3" are a number and an x.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    char before = ' ';
    for (char c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        const bool part = (c >= 'a' && c <= 'z') || is_digit(c);
        const bool number_ends_or_begins = is_digit(c) != is_digit(before) && before != 'd';  // D7 is one word
        const bool begins = part && (before == ' ' || number_ends_or_begins);
        if (begins) words.emplace_back();
        if (part) words.back() += c;
        before = part ? c : ' ';
    }
    return words;
}

struct Told {
    std::vector<Colour> colours;
    std::vector<Rhythm> rhythms;
    std::vector<int> numbers;
    std::string unknown;       ///< the first word that says nothing
    bool small_light = false;  ///< D7, the blue one that bears its name
    bool denies = false;       ///< the next colour is one that is not seen: "no orange"
    bool has(Rhythm rhythm) const { return std::find(rhythms.begin(), rhythms.end(), rhythm) != rhythms.end(); }
};

void take_word(const std::string& word, Told& told) {
    static constexpr std::size_t most_digits = 2;
    const bool denied = std::exchange(told.denies, false);
    if (const auto* colour = looked_up(colour_words, word)) {
        if (denied && told.has(Rhythm::Off)) told.rhythms.pop_back();  // the "no" was the colour's
        if (!denied && std::find(told.colours.begin(), told.colours.end(), *colour) == told.colours.end()) told.colours.push_back(*colour);
    } else if (const auto* rhythm = looked_up(rhythm_words, word)) {
        told.rhythms.push_back(*rhythm);
        told.denies = word == "no";
    } else if (const auto* number = looked_up(number_words, word)) {
        told.numbers.push_back(*number);
    } else if (std::all_of(word.begin(), word.end(), is_digit) && word.size() <= most_digits) {
        told.numbers.push_back(std::stoi(word));
    } else if (word == "not" || word == "without") {
        told.denies = true;
    } else if (std::find(std::begin(around), std::end(around), word) == std::end(around) && told.unknown.empty()) {
        told.unknown = word;
    }
    told.small_light = told.small_light || word == "d7";
}

Error unclear(const std::string& why) {
    return Error{why +
                 "; --led takes what the light does, such as \"1 red\", \"3 orange\", \"breathing magenta\", \"SOS 10\", \"no light\", or a number of blinks "
                 "where the colour cannot be told"};
}

/// Cyan is only the ground on which the others blink.
void forget_cyan(Told& told) {
    if (told.colours.size() < 2) return;
    if (std::erase(told.colours, Colour::Cyan))
        std::erase_if(told.rhythms, [](Rhythm rhythm) { return rhythm == Rhythm::FastBlinking || rhythm == Rhythm::Blinking; });
}

/// Where the small light is all that shows, the one that tells is dark.
void forget_small_light(Told& told) {
    if (!told.small_light) return;
    std::erase(told.colours, Colour::Blue);
    if (told.colours.empty()) told.rhythms = {Rhythm::Off};
}

/// Blue that is dark is blue.
void forget_shades(Told& told) {
    if (!told.colours.empty()) std::erase(told.rhythms, Rhythm::Off);
}

Rhythm rhythm_of(const Told& told) {
    for (const auto rhythm : {Rhythm::Sos, Rhythm::Off, Rhythm::Breathing, Rhythm::Solid})
        if (told.has(rhythm)) return rhythm;
    if (!told.numbers.empty()) return Rhythm::Burst;
    if (told.has(Rhythm::FastBlinking)) return Rhythm::FastBlinking;
    if (told.has(Rhythm::Blinking)) return Rhythm::Blinking;
    const auto colour = told.colours.front();
    return colour == Colour::Red || colour == Colour::Orange || colour == Colour::Magenta ? Rhythm::Burst : Rhythm::Blinking;
}

}  // namespace

Result<LedSymptom> parse_led(std::string_view text) {
    Told told;
    for (const auto& word : words_of(text)) take_word(word, told);
    if (!told.unknown.empty()) return unclear("\"" + told.unknown + "\" names no light");
    if (text.find("---") != std::string_view::npos) told.rhythms.push_back(Rhythm::Sos);  // people write it as they see it
    forget_small_light(told);
    forget_cyan(told);
    forget_shades(told);
    if (told.colours.size() > 1) return unclear("that names more than one colour");
    if (told.numbers.size() > 1) return unclear("that names more than one number");
    if (told.colours.empty() && told.numbers.empty() && told.rhythms.empty()) return unclear("that names no light");
    const bool dark = told.has(Rhythm::Off), crash = told.has(Rhythm::Sos);
    if (told.colours.empty() && told.numbers.empty() && !dark && !crash) return unclear("that names no colour");
    LedSymptom symptom{.colour = told.colours.empty() ? Colour::Untold : told.colours.front(), .count = told.numbers.empty() ? 1 : told.numbers.front()};
    symptom.rhythm = rhythm_of(told);
    if (symptom.count == 0) return unclear("no light blinks 0 times");
    static constexpr int most_of_connection = 3;
    const bool counts_a_crash = symptom.rhythm == Rhythm::Burst && symptom.colour == Colour::Red && symptom.count > most_of_connection;
    if (counts_a_crash) symptom.rhythm = Rhythm::Sos;
    if (symptom.rhythm == Rhythm::Sos) symptom.colour = Colour::Red;
    if (crash && told.numbers.empty()) symptom.count = 0;
    return symptom;
}

}  // namespace photopsy
