#include "diagnosis/led.h"

#include "catch.h"

using namespace photopsy;

static bool means(const char* symptom, LedGeneration generation, Step step) {
    const auto meaning = meaning_of(*parse_led(symptom), generation);
    return std::find(meaning.steps.begin(), meaning.steps.end(), step) != meaning.steps.end();
}

TEST_CASE("a symptom is a count and a colour", "[diagnosis]") {
    CHECK(parse_led("3 orange")->count == 3);
    CHECK(parse_led("red")->count == 1);
    CHECK(parse_led("  1   magenta ")->colour == LedSymptom::Colour::Magenta);
    for (const auto* bad : {"", "3", "0 red", "12 red", "3 pink", "red 3", "3 orange please"}) {
        INFO(bad);
        CHECK_FALSE(parse_led(bad));
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
        {"1 orange", AllRed, false, false, false, false},
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
    };
    for (const auto& row : rows) {
        INFO(row.cause << " and " << row.symptom << " in generation " << static_cast<int>(row.generation));
        CHECK(fit(row.cause, meaning_of(*parse_led(row.symptom), row.generation)) == row.fits);
    }
}
