// A header that was changed and its checksum made anew: the module is whole, and its start ends as the code that reads the header makes it end.
#include "photopsy.h"

#include "base/digest.h"
#include "catch.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

using namespace photopsy;

namespace {

struct Change {
    const char* release;
    std::uint32_t module_at, header_size;
    unsigned field;  ///< of the header
    std::uint8_t value;
    BootResult result;
    const char* cause;
};

Analysis changed(const Change& change) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "photon"
seed = 41
life = [ {{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }} ])",
                                                        change.release),
                                            "a");
    if (!sample) FAIL(sample.error().message);
    auto file = sample->file;
    const auto header = change.module_at + change.header_size;
    file[header + change.field] = change.value;
    const auto length = little_endian<std::uint32_t>(ByteView(file).subspan(header + 4)) - little_endian<std::uint32_t>(ByteView(file).subspan(header));
    const auto crc = crc32(ByteView(file).subspan(change.module_at, length));
    for (unsigned i = 0; i < 4; ++i) file[change.module_at + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    const auto& layout = layout_for(file);
    return analyze(recognize(file, "dump.bin", "", layout), layout);
}

}  // namespace

TEST_CASE("a header that was changed with its checksum has a cause, and the start asks what it asks", "[boot][header]") {
    constexpr std::uint32_t part1 = 0x20000, part2 = 0x60000, user = 0xA0000, vectors = 0x184;
    constexpr const char *kind = "module-at-wrong-address", *need = "module-dependency-unsatisfied";
    for (const auto& change : {
             Change{"0.6.3", 0, vectors, 14, 3, BootResult::Runs, kind},  // before 0.7.0 nobody asks
             Change{"1.5.2", 0, vectors, 14, 3, BootResult::SafeMode, kind},
             Change{"1.5.2", 0, vectors, 14, 6, BootResult::SafeMode, kind},
             Change{"0.6.3", part2, vectors, 14, 3, BootResult::Runs, kind},
             Change{"1.5.2", part2, vectors, 14, 3, BootResult::SafeMode, kind},
             Change{"1.5.2", part2, vectors, 15, 7, BootResult::SafeMode, kind},
             Change{"1.5.2", part1, vectors, 15, 7, BootResult::Runs, kind},
             Change{"1.5.2", part1, vectors, 14, 3, BootResult::Runs, kind},  // no program of one piece: its SHA-256 is a part's
             Change{"1.5.2", user, 0, 14, 6, BootResult::Runs, kind},
             Change{"1.5.2", part2, vectors, 16, 9, BootResult::SafeMode, need},
             Change{"1.5.2", part2, vectors, 17, 7, BootResult::SafeMode, need},
             Change{"1.5.2", part2, vectors, 20, 3, BootResult::SafeMode, need},
         }) {
        INFO(change.release << " " << change.module_at << " " << change.field << " " << int{change.value});
        const auto analysis = changed(change);
        CHECK(analysis.boot.result == change.result);
        REQUIRE_FALSE(analysis.diagnosis.causes.empty());
        CHECK(analysis.diagnosis.causes.front().cause->id == change.cause);
        CHECK_FALSE(analysis.remedies.front().empty());
    }
}

TEST_CASE("a header that was made to name another device is this device's own, and the code that reads it refuses it", "[boot][header]") {
    constexpr std::uint32_t part1 = 0x20000, part2 = 0x60000, user = 0xA0000, vectors = 0x184;
    constexpr std::uint8_t p1 = 8;
    struct Case {
        Change change;
        const char* reason;
    };
    for (const auto& [change, reason] : {
             Case{{"0.6.3", 0, vectors, 12, p1, BootResult::Runs, ""}, ""},  // before 0.7.0 nobody asks
             Case{{"1.5.2", 0, vectors, 12, p1, BootResult::SafeMode, ""}, "bootloader-platform"},
             Case{{"0.6.3", part2, vectors, 12, p1, BootResult::Runs, ""}, ""},
             Case{{"1.5.2", part2, vectors, 12, p1, BootResult::SafeMode, ""}, "part2-platform"},
             Case{{"1.5.2", part1, vectors, 12, p1, BootResult::Dfu, ""}, ""},
             Case{{"1.5.2", user, 0, 12, p1, BootResult::SafeMode, ""}, "no-user-application"},
         }) {
        INFO(change.release << " " << change.module_at);
        const auto analysis = changed(change);
        CHECK(analysis.boot.result == change.result);
        CHECK(analysis.boot.safe_mode_reason == reason);
        REQUIRE(analysis.diagnosis.causes.size() == 1);
        const auto& cause = analysis.diagnosis.causes.front();
        CHECK(cause.cause->id == std::string_view("module-wrong-platform"));
        CHECK(cause.story.confidence == Confidence::Likely);
        CHECK_FALSE(analysis.remedies.front().empty());
    }
}
