#include "mend/redact.h"

#include "flash/redaction_mark.h"
#include "handshake/public_key.h"
#include "support/shared.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>
#include <set>
#include <string>

using namespace photopsy;
using namespace photopsy::test;

static Analysis analysis_of(const Bytes& bytes, const Layout& layout) { return analyze(recognize(bytes, "dump.bin", "", layout), layout); }

/// Every run of six bytes with at least four different values that stands in the private parts of a table.
static std::set<Bytes> secrets_of(const Analysis& analysis) {
    std::set<Bytes> windows;
    const auto& facts = analysis.facts;
    for (const auto& copy : facts.dct.copies)
        for (const auto& field : facts.layout->dct.fields) {
            if (field.secret != SecretKind::Secret) continue;
            const auto bytes = analysis.capture.image.bytes(facts.dct.field_at(*facts.layout, field.name, copy.number));
            // The first twelve bytes and the bones of a key are the same in every key.
            for (std::size_t i = 12; i + 6 <= bytes.size(); ++i) {
                const Bytes window(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + 6));
                if (std::set<std::uint8_t>(window.begin(), window.end()).size() >= 5) windows.insert(window);
            }
        }
    Bytes server(published_server_key().begin(), published_server_key().end());  // it may lie in the device's slot, erased bytes behind it
    server.resize(server.size() + 5, 0xFF);
    for (std::size_t i = 0; i + 6 <= server.size(); ++i)
        windows.erase(Bytes(server.begin() + static_cast<std::ptrdiff_t>(i), server.begin() + static_cast<std::ptrdiff_t>(i + 6)));
    // The public exponent and the head of d after it are the same in every key of a length.
    for (const Bytes& shape :
         {Bytes{2, 3, 1, 0, 1, 2, 0x81, 0x80}, Bytes{2, 3, 1, 0, 1, 2, 0x81, 0x81, 0}, Bytes{2, 3, 1, 0, 1, 2, 0x7F}, Bytes{2, 3, 1, 0, 1, 2, 0x81, 0x7F}})
        for (auto at = shape.begin(); shape.end() - at >= 6; ++at) windows.erase(Bytes(at, at + 6));
    return windows;
}

static std::size_t leaks(const Bytes& bytes, const std::set<Bytes>& secrets) {
    std::size_t count = 0;
    for (std::size_t i = 0; i + 6 <= bytes.size(); ++i)
        if (bytes[i] != 0xFF && secrets.count(Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + 6))))
            ++count;
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
            CHECK(redacted.error().message.find("nothing but empty flash") != std::string::npos);
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
    const auto whole = stories().front().sample.flash;
    auto swapped = whole;
    for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
    auto lost = whole;
    lost.erase(lost.begin() + 0x30000, lost.begin() + 0x30000 + 4096);
    const Bytes blank(0x100000, 0xFF);
    Bytes text;
    for (int i = 0; i < 900; ++i)
        for (const char c : std::string("hello\n")) text.push_back(static_cast<std::uint8_t>(c));
    for (const auto& [bytes, word] : std::vector<std::pair<Bytes, const char*>>{
             {swapped, "wrong order"}, {lost, "bytes are missing"}, {text, "no dump"}, {blank, "empty flash"}, {Bytes{}, "empty flash"}}) {
        const auto refused = redact(analysis_of(bytes, layout));
        INFO(word);
        REQUIRE_FALSE(refused);
        INFO(refused.error().message);
        CHECK(refused.error().message.find(word) != std::string::npos);
        CHECK(refused.error().message.find("--format markdown") != std::string::npos);
    }
}

TEST_CASE("a file with gaps is not redacted", "[redact]") {
    const auto& layout = *builtin_layout("photon");
    Capture capture{.image = Image(layout.flash)};
    capture.image.put(layout.flash.begin, Bytes(16, 1));
    capture.image.put(layout.flash.begin + 64, Bytes(16, 1));
    const auto original = analyze(std::move(capture), layout);
    const auto redacted = redact(original);
    REQUIRE_FALSE(redacted);
    CHECK(redacted.error().message.find("unbroken") != std::string::npos);
}
