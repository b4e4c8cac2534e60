// No input multiplies work without end: a hunt for dumps that keep the analysis busy, by counting what it does, not by the clock. Each dump is sprayed with
// what readers look for (heads of keys, headers, tables, records, text), and what one analysis does and says of it stays within the budgets of docs/hostile.md.
// PHOTOPSY_FULL=1: ten times as many.
#include "catch.h"
#include "handshake/judge.h"
#include "photopsy.h"
#include "report/report.h"
#include "support/arithmetic_count.h"
#include "support/failing.h"
#include "support/sample/stream.h"
#include "support/story.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;
using photopsy::sample::Stream;

namespace {

struct Budget {
    const char* what;
    std::size_t most;
};
// The same numbers as in docs/hostile.md.
constexpr Budget powers{"modular powers", 12000}, problems{"defects of the file", 64}, remarks{"remarks", 32}, findings{"findings", 600}, causes{"causes", 64},
    regions{"regions", 4000}, keys{"keys beside the slots", 24}, report{"bytes of the JSON report", 1u << 20};

std::string over(const Budget& budget, std::size_t seen) {
    return seen <= budget.most ? "" : fmt::format("{} {}, and {} are the most", seen, budget.what, budget.most);
}

/// Does and says too much; "" where it keeps to the budgets.
std::string excess(const Bytes& file) {
    const auto before = modular_powers();
    const auto& layout = layout_for(file);
    std::vector<Analysis> analyses;
    analyses.push_back(analyze(recognize(file, "dump.bin", "", layout), layout));
    const auto done = modular_powers() - before;
    const auto& seen = analyses.front();
    for (const auto& sentence :
         {over(powers, done), over(problems, seen.capture.problems.size()), over(remarks, seen.capture.remarks.size()),
          over(findings, seen.findings.all().size()), over(causes, seen.diagnosis.causes.size()), over(regions, seen.facts.regions.size()),
          over(keys, seen.keys.elsewhere.size()), over(report, render(analyses, Format::Json, {}).size())})
        if (!sentence.empty()) return sentence;
    return "";
}

/// What readers look for.
std::vector<Bytes> motifs(const Bytes& flash) {
    const auto part = [&](std::size_t at, std::size_t length) {
        return Bytes(flash.begin() + static_cast<std::ptrdiff_t>(at), flash.begin() + static_cast<std::ptrdiff_t>(at + length));
    };
    const std::string pem = "-----BEGIN RSA PRIVATE KEY-----\nMIICXAIBAAKBgQ";
    return {{0x30, 0x82, 0x02, 0x5B, 0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00, 0x91},
            {0x02, 0x41, 0x00, 0xC1},
            {0x08, 0xB5, 0x02, 0x4B, 0x1B, 0x68, 0x5B, 0x68, 0x01, 0x93, 0x08, 0xBD, 0x9C, 0x01, 0x06, 0x08},
            {pem.begin(), pem.end()},
            part(0x184, 24),  // a module's header
            part(0x20000, 24),
            part(0x60000, 0x200),  // vectors and header
            part(0x4000, 64),      // the table's header
            part(0x5D9E, 612),     // the key
            part(0x5D9E, 300),
            part(0x9D9E, 1216),
            part(0xC000, 256),     // records
            part(0x4000, 0x4000),  // the whole table
            Bytes(64, 0),
            Bytes(1024, 0xFF)};
}

/// Sprays one to three motifs over a stretch of the flash, each copy a little damaged.
Bytes sprayed(Bytes flash, const std::vector<Bytes>& what, Stream& chance) {
    const unsigned kinds = 1 + chance.below(3);
    for (unsigned kind = 0; kind < kinds; ++kind) {
        const Bytes& motif = what[chance.below(static_cast<std::uint32_t>(what.size()))];
        const std::size_t begin = chance.below(0x100000) & ~3u, end = std::min<std::size_t>(flash.size(), begin + 0x1000 + chance.below(0xC0000));
        const std::size_t step = std::max<std::size_t>(4, motif.size() + (chance.below(3) ? 0 : chance.below(64)));
        const bool damaged = chance.below(2) != 0;
        for (std::size_t at = begin; at + motif.size() <= end; at += step) {
            std::copy(motif.begin(), motif.end(), flash.begin() + static_cast<std::ptrdiff_t>(at));
            if (damaged) flash[at + chance.below(static_cast<std::uint32_t>(motif.size()))] ^= static_cast<std::uint8_t>(1u << chance.below(8));
        }
    }
    return flash;
}

}  // namespace

TEST_CASE("work and words of an analysis stay within their budgets, whatever the dump is sprayed with", "[properties][hostile]") {
    const int runs = full_tests() ? 1200 : 120;
    std::vector<Bytes> bases;
    for (const auto& story : stories())
        if (story.name == "healthy-1.5.2" || story.name == "healthy-0.6.3" || story.name == "mixed-key") bases.push_back(story.sample.file);
    REQUIRE(bases.size() == 3);
    Stream chance(2026, "sprayed dumps");
    std::uint64_t most = 0;
    for (int run = 0; run < runs; ++run) {
        CAPTURE(run);
        const auto& base = bases[static_cast<std::size_t>(run) % bases.size()];
        const auto before = modular_powers();
        CHECK(excess(sprayed(base, motifs(base), chance)) == "");
        most = std::max(most, modular_powers() - before);
    }
    INFO(most << " modular powers were the most");
    CHECK(most > 0);
}

TEST_CASE("a budget of keys that was reached is told in the report", "[hostile]") {
    for (const auto& story : stories()) {
        if (story.name != "healthy-1.5.2") continue;
        auto file = story.sample.file;
        const auto judged = [](const Bytes& bytes) {
            const auto& layout = layout_for(bytes);
            return analyze(recognize(bytes, "dump.bin", "", layout), layout);
        };
        CHECK(judged(file).keys.places_untried == 0);
        for (std::size_t i = 0; i < most_key_attempts + 8; ++i) {
            const Bytes head{0x30, 0x82, 0x02, 0x5B, 0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00, static_cast<std::uint8_t>(i)};
            std::copy(head.begin(), head.end(), file.begin() + static_cast<std::ptrdiff_t>(0xC0000 + 0x400 * i));
        }
        std::vector<Analysis> analyses{judged(file)};
        CHECK(analyses.front().keys.places_untried == 8);
        CHECK(render(analyses, Format::Json, {}).find("8 more places than are tried look like the beginning of one") != std::string::npos);
    }
}
