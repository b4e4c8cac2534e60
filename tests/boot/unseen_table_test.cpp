// What only the configuration table tells of the next start, where the file does not hold the table.
#include "photopsy.h"

#include "catch.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

using namespace photopsy;

namespace {

Analysis without_tables(std::string_view release, std::string_view factory) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "photon"
seed = 43
life = [ {{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }}{1} ])",
                                                        release, factory),
                                            "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    Capture capture{.image = Image(layout.flash), .name = "dump.bin", .size = sample->file.size()};
    const auto put = [&](Range part) { capture.image.put(part.begin, ByteView(sample->file).subspan(part.begin - layout.flash.begin, part.size())); };
    put({layout.flash.begin, layout.dct.copies.front().begin});
    put({layout.dct.copies.back().end, layout.flash.end});
    return analyze(std::move(capture), layout);
}

const BootStep& pending_step(const Analysis& analysis) {
    for (const auto& step : analysis.boot.ladder)
        if (step.step == "pending-update") return step;
    FAIL("no such step");
    return analysis.boot.ladder.front();
}

constexpr auto factory_application = R"(, { act = "install", module = "user", release = "0.6.3", at = "factory" })";

}  // namespace

TEST_CASE("a factory reset that an unseen table may ask for is not denied where it could be carried out", "[boot]") {
    const auto possible = without_tables("0.6.3", factory_application);
    CHECK(possible.boot.result == BootResult::Unknown);
    CHECK(pending_step(possible).state == BootStep::State::Unknown);
    const auto no_image = without_tables("0.6.3", "");
    CHECK(no_image.boot.result == BootResult::Runs);
    CHECK(pending_step(no_image).explain.find("No whole image lies") != std::string::npos);
    CHECK(without_tables("1.5.2", factory_application).boot.result == BootResult::Runs);  // later bootloaders keep the flag elsewhere
}

TEST_CASE("fields of a table of which only a part is in the file are not called missing", "[boot]") {
    const auto analysis = without_tables("0.6.3", "");
    CHECK(analysis.facts.dct.is_unseen());
    CHECK(analysis.handshake.unknown.find("which copy of the configuration table counts") != std::string::npos);
}
