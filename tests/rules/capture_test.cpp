// Each defect of a file has its finding and its cause, and nothing else has them.
#include "catch.h"
#include "remedy/remedy.h"
#include "support/typed.h"

#include <algorithm>

using namespace photopsy;

static const struct Row {
    CaptureDefect defect;
    std::string_view rule, cause;
    Severity severity;
} rows[] = {
    {CaptureDefect::Truncated, "file-ends-early", "capture-truncated", Severity::Fatal},
    {CaptureDefect::Blank, "file-blank", "capture-blank", Severity::Fatal},
    {CaptureDefect::RepeatedBlocks, "file-repeats-blocks", "capture-repeated-blocks", Severity::Fatal},
    {CaptureDefect::DctOnly, "file-table-only", "capture-dct-only", Severity::Fatal},
    {CaptureDefect::Shifted, "file-begins-elsewhere", "capture-shifted", Severity::Fatal},
    {CaptureDefect::Oversized, "file-too-long", "capture-oversized", Severity::Warning},
    {CaptureDefect::Byteswapped, "file-bytes-swapped", "capture-byteswapped", Severity::Fatal},
    {CaptureDefect::BytesLost, "file-bytes-lost", "capture-bytes-lost", Severity::Fatal},
    {CaptureDefect::NotBinary, "file-not-binary", "capture-not-binary", Severity::Fatal},
    {CaptureDefect::Empty, "file-empty", "capture-empty", Severity::Fatal},
    {CaptureDefect::Noisy, "file-noisy", "capture-noisy", Severity::Fatal},
    {CaptureDefect::Contradictory, "file-contradicts-itself", "capture-contradicts-itself", Severity::Fatal},
    {CaptureDefect::OtherPlatform, "file-of-other-device", "capture-other-platform", Severity::Problem},
};

static CaptureProblem problem_with(CaptureDefect defect) {
    return {.defect = defect, .where = {0x080F0000, 0x08100000}, .file_offset = 983040, .length = 65536, .detail = "something was seen in numbers"};
}

namespace {
/// What rules see of a file: its problems, and a Photon of which nothing else is known.
struct Seen {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;

    explicit Seen(std::vector<CaptureProblem> problems) {
        facts.layout = builtin_layout("photon");
        facts.capture = std::move(problems);
    }
    Observations observations() const { return {facts, keys, handshake, boot}; }
    Findings findings() const {
        Findings found;
        for (const auto& rule : capture_rules()) {
            const auto of_rule = run_rule(rule, observations());
            found.all().insert(found.all().end(), of_rule.all().begin(), of_rule.all().end());
        }
        return found;
    }
};
}  // namespace

TEST_CASE("each defect of a file fires its rule and no other", "[capture][rules]") {
    CHECK(capture_rules().size() == std::size(rows));
    CHECK(Seen({}).findings().all().empty());
    for (const auto& row : rows) {
        CAPTURE(row.rule);
        const auto found = Seen({problem_with(row.defect)}).findings();
        REQUIRE(found.all().size() == 1);
        CHECK(found.all()[0].rule->id == row.rule);
        CHECK(found.all()[0].severity == row.severity);
        CHECK(found.all()[0].where.at == Range{0x080F0000, 0x08100000});
        CHECK(found.all()[0].explain == "Something was seen in numbers.");
    }
}

TEST_CASE("each defect of a file has one cause, with a chain and a way to capture again", "[capture][diagnosis]") {
    for (const auto& row : rows) {
        CAPTURE(row.cause);
        const Seen seen({problem_with(row.defect)});
        const auto diagnosis = diagnose(seen.observations(), seen.findings());
        REQUIRE(diagnosis.causes.size() == 1);
        const auto& named = diagnosis.causes[0];
        CHECK(named.cause->id == row.cause);
        REQUIRE(named.story.chain.size() >= 2 - (row.defect == CaptureDefect::NotBinary ? 1 : 0));
        CHECK(named.story.chain[0].seen);
        CHECK(named.story.chain[0].says == "Something was seen in numbers.");
        const auto remedies = find_remedies(seen.observations(), seen.findings(), diagnosis).at(0);
        REQUIRE_FALSE(remedies.empty());
        if (row.defect != CaptureDefect::Empty) CHECK(remedies[0].title == "Keep this dump");
        const auto& layout = *builtin_layout("photon");
        const bool again = test::offers(remedies, layout, "photopsy capture -o dump-again.bin");
        CHECK(test::offers(remedies, layout, "dfu-util -d 2b04:d006 -a 0 -s 0x08000000:0x100000 -U dump-again.bin") == again);
        CHECK(again == (row.defect != CaptureDefect::Oversized && row.defect != CaptureDefect::OtherPlatform));
    }
}

TEST_CASE("what was not read, and what a transfer added, are told as what they are", "[capture][diagnosis]") {
    const auto told = [](CaptureProblem problem) {
        const Seen seen({std::move(problem)});
        auto diagnosis = diagnose(seen.observations(), seen.findings());
        REQUIRE(diagnosis.causes.size() == 1);
        std::string all(diagnosis.causes[0].title());
        for (const auto& link : diagnosis.causes[0].story.chain) all += "\n" + link.says;
        const auto remedies = find_remedies(seen.observations(), seen.findings(), diagnosis);
        for (const auto& remedy : remedies.at(0)) all += "\n" + remedy.title;
        return all;
    };
    auto lost = problem_with(CaptureDefect::RepeatedBlocks), added = problem_with(CaptureDefect::Oversized);
    CHECK(told(lost).find("the bootloader's buffer was sent again") != std::string::npos);
    lost.holds_nothing = true;
    CHECK(told(lost).find("Blocks of the dump were not read") != std::string::npos);
    CHECK(told(lost).find("sent again") == std::string::npos);
    CHECK(told(added).find("Two dumps were joined") != std::string::npos);
    CHECK(told(added).find("Cut the file to the size of the flash") != std::string::npos);
    added.is_undone = true;
    CHECK(told(added).find("Two dumps") == std::string::npos);
    CHECK(told(added).find("Cut the file") == std::string::npos);
    CHECK(told(added).find("Take out the bytes that were added") != std::string::npos);
}

TEST_CASE("the lengths that dfu-util gives by itself are explained", "[capture][diagnosis]") {
    for (const auto& [size, says] : {std::pair{49152u, "49152 bytes are what dfu-util gives"}, {16384u, "without any address"}, {983040u, "cut off"}}) {
        auto problem = problem_with(CaptureDefect::Truncated);
        problem.file_offset = size;
        const Seen seen({problem});
        const auto diagnosis = diagnose(seen.observations(), seen.findings());
        REQUIRE(diagnosis.causes.size() == 1);
        CHECK(diagnosis.causes[0].story.chain[1].says.find(says) != std::string::npos);
    }
}

TEST_CASE("a file that begins late and ends early has one cause", "[capture][diagnosis]") {
    for (const auto first : {CaptureDefect::Shifted, CaptureDefect::BytesLost}) {
        const Seen seen({problem_with(first), problem_with(CaptureDefect::Truncated)});
        const auto diagnosis = diagnose(seen.observations(), seen.findings());
        REQUIRE(diagnosis.causes.size() == 1);
        CHECK(diagnosis.causes[0].cause->id == (first == CaptureDefect::Shifted ? "capture-shifted" : "capture-bytes-lost"));
    }
}

TEST_CASE("what is found in a noisy or foreign dump is the dump's fault", "[capture][diagnosis]") {
    const auto& other = *std::find_if(all_rules().begin(), all_rules().end(), [](const Rule* rule) { return !rule->id.starts_with("file-"); });
    for (const auto& row : rows) {
        CAPTURE(row.cause);
        const Seen seen({problem_with(row.defect)});
        auto findings = seen.findings();
        Finding damage = findings.all()[0];
        damage.rule = other;
        damage.severity = Severity::Problem;
        findings.all().push_back(damage);
        const auto diagnosis = diagnose(seen.observations(), findings);
        const bool worthless = row.defect == CaptureDefect::Noisy || row.defect == CaptureDefect::Blank || row.defect == CaptureDefect::OtherPlatform ||
                               row.defect == CaptureDefect::Empty;
        const auto& mine =
            *std::find_if(diagnosis.causes.begin(), diagnosis.causes.end(), [&](const NamedCause& named) { return named.cause->id == row.cause; });
        CHECK(mine.findings.size() == (worthless ? 2u : 1u));
    }
}

TEST_CASE("behind a file of which no module is whole nothing is certain", "[capture][diagnosis]") {
    const auto& unset = *std::find_if(all_rules().begin(), all_rules().end(), [](const Rule* rule) { return rule->id == "wifi-list-unset"; });
    const auto confidence = [&](CaptureDefect defect, Integrity integrity) {
        Seen seen({problem_with(defect)});
        seen.facts.untrustworthy_capture = true;
        Module module;
        module.presence = Presence::Present;
        module.integrity = integrity;
        seen.facts.modules.push_back(module);
        auto findings = seen.findings();
        Finding damage = findings.all()[0];
        damage.rule = unset;
        damage.severity = Severity::Warning;
        findings.all().push_back(damage);
        const auto diagnosis = diagnose(seen.observations(), findings);
        for (const auto& named : diagnosis.causes) {
            if (named.cause->id == "wifi-list-erased") return named.story.confidence;
            CHECK(named.story.confidence == Confidence::Certain);
        }
        FAIL("the cause is not named");
        return Confidence::Possible;
    };
    for (const auto defect : {CaptureDefect::Shifted, CaptureDefect::BytesLost, CaptureDefect::RepeatedBlocks}) {
        CHECK(confidence(defect, Integrity::Bad) == Confidence::Likely);
        CHECK(confidence(defect, Integrity::Good) == Confidence::Certain);
    }
    CHECK(confidence(CaptureDefect::Truncated, Integrity::Bad) == Confidence::Certain);
}
