#include "diagnosis/led.h"

#include "catch.h"

using namespace photopsy;

static std::string says(const char* symptom, const LedScene& scene) { return meaning_of(*parse_led(symptom), scene).says; }

static bool means(const char* symptom, LedGeneration generation, Step step) {
    const auto meaning = meaning_of(*parse_led(symptom), generation);
    return std::find(meaning.steps.begin(), meaning.steps.end(), step) != meaning.steps.end();
}

TEST_CASE("a symptom is a count and a colour", "[diagnosis]") {
    CHECK(parse_led("3 orange")->count == 3);
    CHECK(parse_led("red")->count == 1);
    CHECK(parse_led("  1   magenta ")->colour == LedSymptom::Colour::Magenta);
    for (const auto* bad : {"", "0 red", "333 red", "3 orange please", "red and orange", "3 or 4 red", "burst", "ornage", "--led", "no orange", "not red"}) {
        INFO(bad);
        CHECK_FALSE(parse_led(bad));
    }
}

TEST_CASE("a light is told in people's words", "[diagnosis]") {
    using Rhythm = LedSymptom::Rhythm;
    using Colour = LedSymptom::Colour;
    const struct {
        const char* words;
        LedSymptom means;
    } rows[] = {
        {"RED", {Colour::Red, 1, Rhythm::Burst}},
        {"Orange 3", {Colour::Orange, 3, Rhythm::Burst}},
        {"three orange", {Colour::Orange, 3, Rhythm::Burst}},
        {"3x orange", {Colour::Orange, 3, Rhythm::Burst}},
        {"cyan with red burst", {Colour::Red, 1, Rhythm::Burst}},
        {"fast cyan, then two orange blinks", {Colour::Orange, 2, Rhythm::Burst}},
        {"blinking cyan then a single magenta flash", {Colour::Magenta, 1, Rhythm::Burst}},
        {"breathing magenta", {Colour::Magenta, 1, Rhythm::Breathing}},
        {"Pulsing Pink", {Colour::Magenta, 1, Rhythm::Breathing}},
        {"breathing cyan", {Colour::Cyan, 1, Rhythm::Breathing}},
        {"rapidly blinking cyan", {Colour::Cyan, 1, Rhythm::FastBlinking}},
        {"white", {Colour::White, 1, Rhythm::Blinking}},
        {"flashing green", {Colour::Green, 1, Rhythm::Blinking}},
        {"dark blue", {Colour::Blue, 1, Rhythm::Blinking}},
        {"no light", {Colour::Untold, 1, Rhythm::Off}},
        {"dim D7", {Colour::Untold, 1, Rhythm::Off}},
        {"dim blue D7", {Colour::Untold, 1, Rhythm::Off}},
        {"only D7", {Colour::Untold, 1, Rhythm::Off}},
        {"D7 blue, and breathing cyan", {Colour::Cyan, 1, Rhythm::Breathing}},
        {"solid blue", {Colour::Blue, 1, Rhythm::Solid}},
        {"...---... 1", {Colour::Red, 1, Rhythm::Sos}},
        {"fast cyan, no red burst", {Colour::Cyan, 1, Rhythm::FastBlinking}},
        {"fast cyan without orange", {Colour::Cyan, 1, Rhythm::FastBlinking}},
        {"SOS", {Colour::Red, 0, Rhythm::Sos}},
        {"sos 10", {Colour::Red, 10, Rhythm::Sos}},
        {"10 red", {Colour::Red, 10, Rhythm::Sos}},
        {"3 blinks", {Colour::Untold, 3, Rhythm::Burst}},
        {"once", {Colour::Untold, 1, Rhythm::Burst}},
    };
    for (const auto& row : rows) {
        INFO(row.words);
        const auto symptom = parse_led(row.words);
        REQUIRE(symptom);
        CHECK(*symptom == row.means);
        CHECK_FALSE(meaning_of(*symptom, LedGeneration::OrangeBlinks).says.empty());
    }
}

TEST_CASE("a light that stands still is no signal, whatever its colour", "[diagnosis]") {
    for (const auto* colour : {"red", "orange", "magenta", "yellow", "white", "blue", "green", "cyan"}) {
        INFO(colour);
        const auto meaning = meaning_of(*parse_led(std::string("solid ") + colour), LedGeneration::OrangeBlinks);
        CHECK(meaning.steps.empty());
        CHECK(meaning.says.starts_with(std::string("Solid ") + colour + " is no signal"));
        CHECK(meaning_of(*parse_led(std::string("blinking ") + colour), LedGeneration::OrangeBlinks).says.find("Solid") == std::string::npos);
    }
}

TEST_CASE("every light has a meaning on every version, and names itself in words that are read again", "[diagnosis]") {
    using Rhythm = LedSymptom::Rhythm;
    for (int colour = 0; colour <= static_cast<int>(LedSymptom::Colour::Untold); ++colour)
        for (int rhythm = 0; rhythm <= static_cast<int>(Rhythm::Sos); ++rhythm)
            for (const int count : {1, 2, 3, 10})
                for (const auto generation : {LedGeneration::BeforeBurst, LedGeneration::RedBlinks, LedGeneration::OrangeBlinks, LedGeneration::AllRed}) {
                    const LedSymptom symptom{static_cast<LedSymptom::Colour>(colour), count, static_cast<Rhythm>(rhythm)};
                    INFO(name_of(symptom));
                    CHECK_FALSE(meaning_of(symptom, generation).says.empty());
                    if (symptom.rhythm == Rhythm::Burst && count <= 3) CHECK(parse_led(name_of(symptom))->count == count);
                }
}

TEST_CASE("what a colour proves depends on the version (4.3)", "[diagnosis]") {
    struct Row {
        const char* symptom;
        LedGeneration generation;
        bool connect, recv_384, decrypt, verify;
    };
    using enum LedGeneration;
    const Row rows[] = {
        {"1 red", BeforeBurst, false, true, false, false},
        {"1 orange", BeforeBurst, false, false, true, false},
        {"1 magenta", BeforeBurst, false, false, false, true},
        {"2 red", BeforeBurst, false, false, false, false},
        {"3 orange", BeforeBurst, false, false, false, false},
        {"1 red", RedBlinks, false, true, false, false},
        {"1 orange", RedBlinks, false, false, true, false},
        {"3 red", RedBlinks, true, false, false, false},
        {"3 orange", RedBlinks, false, false, false, false},
        {"1 red", OrangeBlinks, false, true, false, false},
        {"1 orange", OrangeBlinks, false, false, true, false},
        {"1 magenta", OrangeBlinks, false, false, false, true},
        {"2 orange", OrangeBlinks, true, false, false, false},
        {"3 red", OrangeBlinks, false, false, false, false},
        {"1 red", AllRed, false, true, true, true},
        {"1 orange", AllRed, true, true, true, true},  // one of the connectivity blinks
        {"1 magenta", AllRed, false, false, false, false},
        {"2 orange", AllRed, true, true, true, true},
        {"3 orange", AllRed, true, true, true, true},
        {"3 red", AllRed, false, false, false, false},
    };
    for (const auto& row : rows) {
        INFO(row.symptom << " in generation " << static_cast<int>(row.generation));
        CHECK(means(row.symptom, row.generation, Step::Connect) == row.connect);
        CHECK(means(row.symptom, row.generation, Step::Recv384) == row.recv_384);
        CHECK(means(row.symptom, row.generation, Step::RsaDecrypt) == row.decrypt);
        CHECK(means(row.symptom, row.generation, Step::VerifySignature) == row.verify);
    }
}

TEST_CASE("each kind of cause fits, contradicts or has nothing to do with each symptom", "[diagnosis]") {
    struct Row {
        const char* cause;
        const char* symptom;
        LedGeneration generation;
        LedFit fits;
    };
    using enum LedGeneration;
    const Row rows[] = {
        {"private-key-bit-flip", "1 red", OrangeBlinks, LedFit::Fits},
        {"private-key-bit-flip", "1 orange", OrangeBlinks, LedFit::Fits},
        {"private-key-bit-flip", "1 magenta", OrangeBlinks, LedFit::Contradicts},
        {"private-key-bit-flip", "3 orange", OrangeBlinks, LedFit::Contradicts},
        {"private-key-bit-flip", "3 orange", AllRed, LedFit::Fits},
        {"private-key-bit-flip", "1 red", AllRed, LedFit::Fits},
        {"server-key-corrupted", "1 red", BeforeBurst, LedFit::Fits},
        {"server-key-corrupted", "1 orange", OrangeBlinks, LedFit::Contradicts},
        {"server-key-corrupted", "1 red", AllRed, LedFit::Fits},
        {"server-address-invalid", "3 orange", OrangeBlinks, LedFit::Fits},
        {"server-address-invalid", "3 red", RedBlinks, LedFit::Fits},
        {"server-address-invalid", "1 red", OrangeBlinks, LedFit::Contradicts},
        {"server-address-invalid", "1 red", AllRed, LedFit::Contradicts},
        {"module-crc-bad", "1 red", AllRed, LedFit::Unrelated},
        {"ota-pending", "1 orange", OrangeBlinks, LedFit::Unrelated},
        {"dct-reset-to-default", "1 red", OrangeBlinks, LedFit::Fits},
        {"private-key-erased", "1 white", OrangeBlinks, LedFit::Fits},
        {"private-key-regenerated", "1 orange", RedBlinks, LedFit::Fits},
        {"table-copied-from-other-device", "1 red", OrangeBlinks, LedFit::Fits},
        {"table-copied-from-other-device", "3 orange", OrangeBlinks, LedFit::Contradicts},
    };
    for (const auto& row : rows) {
        INFO(row.cause << " and " << row.symptom << " in generation " << static_cast<int>(row.generation));
        CHECK(fit(row.cause, meaning_of(*parse_led(row.symptom), row.generation)) == row.fits);
    }
}

TEST_CASE("what a light means depends on device, transport and release", "[diagnosis]") {
    LedScene photon(LedGeneration::OrangeBlinks), electron(LedGeneration::OrangeBlinks, Transport::Dtls), core(LedGeneration::RedBlinks);
    electron.has_wifi = core.makes_keys = false;
    CHECK(says("blinking blue", photon).find("Wi-Fi credentials") != std::string::npos);
    CHECK(says("blinking blue", electron).find("Wi-Fi") == std::string::npos);
    CHECK(says("blinking white", photon).find("making of a new device key") != std::string::npos);
    CHECK(says("blinking white", core).find("makes no keys") != std::string::npos);
    CHECK(meaning_of(*parse_led("blinking white"), core).steps.empty());
    CHECK(meaning_of(*parse_led("1 orange"), electron).steps.empty());
    auto unknown = core;
    unknown.version_known = false;
    for (const auto* blinks : {"2 red", "2 orange", "3 red", "3 orange"}) {
        CHECK(meaning_of(*parse_led(blinks), unknown).steps == std::vector<Step>{Step::Connect});
        CHECK(says(blinks, unknown).find("orange later") != std::string::npos);
    }
    CHECK(meaning_of(*parse_led("2 red"), photon).steps.empty());
}

TEST_CASE("the last counts of a crash are named by the release", "[diagnosis]") {
    const auto of = [](std::uint16_t version) {
        LedScene scene(LedGeneration::OrangeBlinks);
        scene.system_version = version;
        return scene;
    };
    CHECK(says("SOS 13", of(11)).find("no reason that is known") != std::string::npos);
    CHECK(says("SOS 13", of(12)).find("stack overflow") != std::string::npos);
    CHECK(says("SOS 14", of(207)).find("no reason that is known") != std::string::npos);
    CHECK(says("SOS 14", of(1002)).find("waited for too long") != std::string::npos);
    CHECK(says("SOS 14", of(1213)).find("heap error") != std::string::npos);
    CHECK(says("SOS 14", LedGeneration::OrangeBlinks).find("heap error, or") != std::string::npos);
    CHECK(says("SOS 15", of(2302)).find("no reason that is known") != std::string::npos);
    CHECK(says("SOS 10", of(8)).find("failed assertion") != std::string::npos);
}

TEST_CASE("breathing cyan is the light of a device that is online, unless its colours are its owner's", "[diagnosis]") {
    Facts facts;
    CHECK(shows_online(*parse_led("breathing cyan"), facts));
    for (const auto* other : {"cyan", "fast cyan", "solid cyan", "breathing green", "1 red"}) CHECK_FALSE(shows_online(*parse_led(other), facts));
    facts.settings.led_theme = range_of(0x08006C2B, 64);
    CHECK_FALSE(shows_online(*parse_led("breathing cyan"), facts));
}
