#include "mend/redact.h"

#include "facts/proved_public.h"
#include "flash/external.h"
#include "flash/intel_hex.h"
#include "flash/redaction_mark.h"
#include "handshake/public_key.h"
#include "support/repair_trial.h"
#include "support/shared.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <unordered_set>

using namespace photopsy;
using namespace photopsy::test;

using Windows = std::unordered_set<std::uint64_t>;

static std::uint64_t packed(const std::uint8_t* six) {
    std::uint64_t value = 0;
    for (int i = 0; i < 6; ++i) value = value << 8 | six[i];
    return value;
}

/// Every run of six bytes with at least four different values that stands in the private parts of a table.
static Windows secrets_of(const Analysis& analysis) {
    Windows windows;
    const auto& facts = analysis.facts;
    for (const auto& copy : facts.dct.copies)
        for (const auto& field : facts.layout->dct.fields) {
            if (field.secret != SecretKind::Secret) continue;
            const auto bytes = analysis.capture.image.bytes(facts.dct.field_at(*facts.layout, field.name, copy.number));
            // The first twelve bytes and the bones of a key are the same in every key.
            for (std::size_t i = 12; i + 6 <= bytes.size(); ++i) {
                const Bytes window(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + 6));
                if (std::set<std::uint8_t>(window.begin(), window.end()).size() >= 5) windows.insert(packed(window.data()));
            }
        }
    Bytes server(published_server_key().begin(), published_server_key().end());  // it may lie in the device's slot, erased bytes behind it
    server.resize(server.size() + 5, 0xFF);
    for (std::size_t i = 0; i + 6 <= server.size(); ++i) windows.erase(packed(server.data() + i));
    // The public exponent and the head of d after it are the same in every key of a length.
    for (const Bytes& shape :
         {Bytes{2, 3, 1, 0, 1, 2, 0x81, 0x80}, Bytes{2, 3, 1, 0, 1, 2, 0x81, 0x81, 0}, Bytes{2, 3, 1, 0, 1, 2, 0x7F}, Bytes{2, 3, 1, 0, 1, 2, 0x81, 0x7F}})
        for (std::size_t at = 0; at + 6 <= shape.size(); ++at) windows.erase(packed(shape.data() + at));
    return windows;
}

static std::size_t leaks(const Bytes& bytes, const Windows& secrets) {
    std::size_t count = 0;
    for (std::size_t i = 0; i + 6 <= bytes.size(); ++i) count += bytes[i] != 0xFF && secrets.contains(packed(bytes.data() + i));
    return count;
}

static std::set<std::string_view> cause_ids(const Analysis& analysis) {
    std::set<std::string_view> ids;
    for (const auto& named : analysis.diagnosis.causes) ids.insert(named.cause->id);
    return ids;
}

static std::vector<std::pair<Step, std::optional<int>>> ends(const Analysis& analysis) {
    std::vector<std::pair<Step, std::optional<int>>> list;
    for (const auto& prediction : analysis.handshake.predictions) list.emplace_back(prediction.step, prediction.code);
    return list;
}

static std::vector<std::pair<std::string_view, Address>> findings_of(const Analysis& analysis) {
    std::vector<std::pair<std::string_view, Address>> list;
    for (const auto& finding : analysis.findings.all()) list.emplace_back(finding.rule->id, finding.where.at.begin);
    std::sort(list.begin(), list.end());
    return list;
}

static bool names_any(const std::string& path, std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return path.find(name) != path.npos; });
}

TEST_CASE("redacted dumps say the same and hold no secret", "[redact]") {
    const auto& dumps = shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) {
        WARN("no shared material: redaction of the labelled dumps not checked");
        return;
    }
    std::size_t number = 0;
    for (const auto& [path, bytes] : dumps) {
        const bool hard = names_any(path, {"and-corrupted", "keys-swapped", "user-crc-bad", "part2-bitflip", "capture-"});
        if (!full_tests() && number++ % 8 != 0 && !hard) continue;
        INFO(path);
        const auto& layout = layout_for(bytes);
        const auto original = analysis_of(bytes, layout);
        const auto redacted = redact(original);
        if (!redacted) {
            CHECK(names_any(path, {"capture-all-ff"}));  // holds nothing
            CHECK(redacted.error().message.find("emptiness") != std::string::npos);
            continue;
        }
        const auto after = analysis_of(redacted->bytes, layout);
        CHECK(after.diagnosis.outcome == original.diagnosis.outcome);
        CHECK(cause_ids(after) == cause_ids(original));
        CHECK(ends(after) == ends(original));
        CHECK(findings_of(after) == findings_of(original));
        CHECK(redacted->same_findings);
        CHECK(after.capture.is_redacted);
        if (original.capture.format == "raw") CHECK(redacted->bytes.size() == bytes.size());
        CHECK(leaks(redacted->bytes, secrets_of(original)) == 0);
        CHECK(redacted->manifest.find("photopsy-redaction/1") != std::string::npos);
    }
}

TEST_CASE("a redacted dump can be redacted again, and stays marked", "[redact]") {
    const auto sample = stories().front();
    const auto& layout = *builtin_layout("photon");
    const auto once = redact(analysis_of(sample.sample.file, layout));
    REQUIRE(once);
    const auto twice = redact(analysis_of(once->bytes, layout));
    REQUIRE(twice);
    CHECK(has_redaction_mark(Image(twice->bytes, layout.flash.begin), layout));
}

TEST_CASE("refusals say why, and what to do instead", "[redact]") {
    const auto& layout = *builtin_layout("photon");
    const Bytes blank(0x100000, 0xFF);
    Bytes text;
    for (int i = 0; i < 900; ++i)
        for (const char c : std::string("hello\n")) text.push_back(static_cast<std::uint8_t>(c));
    Bytes noise(0x100000);
    std::mt19937 random(1);
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(random());
    for (const auto& [bytes, word] :
         std::vector<std::pair<Bytes, const char*>>{{text, "no dump"}, {blank, "emptiness"}, {Bytes{}, "emptiness"}, {noise, "known to be of a flash"}}) {
        const auto refused = redact(analysis_of(bytes, layout));
        INFO(word);
        REQUIRE_FALSE(refused);
        INFO(refused.error().message);
        CHECK(refused.error().message.find(word) != std::string::npos);
        CHECK(refused.error().message.find("--format markdown") != std::string::npos);
    }
}

namespace {

const Bytes& healthy_flash() {
    const auto story = std::find_if(stories().begin(), stories().end(), [](const test::Story& each) { return each.name == "healthy-1.5.2"; });
    return story->sample.flash;
}

/// A copy is made, and it is as bad a file as the original was.
void check_same_shape(const Bytes& file, CaptureDefect defect) {
    const auto& layout = *builtin_layout("photon");
    const auto original = analysis_of(file, layout);
    CHECK(original.capture.has(defect));
    const auto copy = redact(original);
    if (!copy) FAIL(copy.error().message);
    const auto after = analysis_of(copy->bytes, layout);
    CHECK(after.capture.has(defect));
    CHECK(after.capture.is_redacted);
    CHECK(cause_ids(after) == cause_ids(original));
    CHECK(leaks(copy->bytes, secrets_of(original)) == 0);
}

}  // namespace

TEST_CASE("a file that is swapped, has lost bytes, begins late or has something before it keeps its shape", "[redact]") {
    auto swapped = healthy_flash(), words = healthy_flash(), lost = healthy_flash();
    for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
    for (std::size_t i = 0; i + 3 < words.size(); i += 4)
        std::reverse(words.begin() + static_cast<std::ptrdiff_t>(i), words.begin() + static_cast<std::ptrdiff_t>(i + 4));
    lost.erase(lost.begin() + 0x30000, lost.begin() + 0x30000 + 4096);
    check_same_shape(swapped, CaptureDefect::Byteswapped);
    check_same_shape(words, CaptureDefect::Byteswapped);
    check_same_shape(lost, CaptureDefect::BytesLost);
    check_same_shape(Bytes(healthy_flash().begin() + 0x4000, healthy_flash().end()), CaptureDefect::Shifted);
    Bytes before(512, 'm');
    before.insert(before.end(), healthy_flash().begin(), healthy_flash().end());
    check_same_shape(before, CaptureDefect::Shifted);
}

TEST_CASE("a file with gaps becomes a HEX text with the same gaps", "[redact]") {
    const auto& layout = *builtin_layout("photon");
    const std::vector<Piece> pieces = {{0x08000000, ByteView(healthy_flash()).first(0x60000)}, {0x080A0000, ByteView(healthy_flash()).subspan(0xA0000)}};
    const auto original = analysis_of(intel_hex_of(pieces), layout);
    REQUIRE(original.capture.image.present().size() == 2);
    const auto copy = redact(original);
    if (!copy) FAIL(copy.error().message);
    CHECK(copy->bytes[0] == ':');
    const auto after = analysis_of(copy->bytes, layout);
    CHECK(std::equal(after.capture.image.present().begin(), after.capture.image.present().end(), original.capture.image.present().begin()));
    CHECK(cause_ids(after) == cause_ids(original));
}

TEST_CASE("of every story a copy can be made that gives the same verdict and keeps what is proved public", "[redact]") {
    std::size_t number = 0;
    for (const auto& story : stories()) {
        if (!full_tests() && number++ % 3 != 0) continue;
        INFO(story.name);
        const auto& layout = *builtin_layout(story.sample.recipe.device);
        const auto read = [&](const Bytes& file, const Bytes& external) {
            const auto plain = unpack(file, "dump.bin");
            auto capture = recognize(plain ? plain->bytes : file, "dump.bin", "", layout);
            if (!external.empty()) put_external(capture, external, "external.bin", "", layout);
            return analyze(std::move(capture), layout);
        };
        const auto original = read(story.sample.file, story.sample.external);
        const auto copy = redact(original);
        if (original.capture.has(CaptureDefect::Contradictory)) {  // which of its two forms should a copy hold?
            REQUIRE_FALSE(copy);
            CHECK(copy.error().message.find("in two forms") != std::string::npos);
            continue;
        }
        if (!copy) FAIL_CHECK(copy.error().message);
        if (!copy) continue;
        const auto after = read(copy->bytes, copy->external);
        CHECK(after.diagnosis.outcome == original.diagnosis.outcome);
        CHECK(cause_ids(after) == cause_ids(original));
        CHECK(ends(after) == ends(original));
        const auto shared = proved_public(original.capture.image, layout, original.facts.modules, original.facts.dct);
        std::size_t lost = 0;
        for (const auto present : original.capture.image.present())
            for (auto at = present.begin; at < present.end; ++at) {
                const auto why = shared.why(at);
                if (why != PublicReason::ReleasedBlock && why != PublicReason::ReleasedModule && why != PublicReason::ModuleHeader &&
                    why != PublicReason::Vectors)
                    continue;
                lost += original.capture.image.bytes(range_of(at, 1))[0] != after.capture.image.bytes(range_of(at, 1))[0];
            }
        CHECK(lost == 0);
    }
}
