// Wrong bytes of a system part that nothing executes: its last ones, unused vectors, the stack word of the second part.
#include "facts/unread_bytes.h"
#include "boot/boot.h"
#include "photopsy.h"
#include "support/sample/sample.h"

#include "catch.h"

#include <fmt/format.h>

using namespace photopsy;

namespace {

constexpr Address first_part = 0x08020000, second_part = 0x08040000;

std::vector<std::uint8_t> electron_of(std::string_view release) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "electron"
seed = 46
life = [ {{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}" }}, {{ act = "provision" }} ])",
                                                        release),
                                            "a");
    if (!sample) FAIL(sample.error().message);
    return sample->file;
}

Analysis judged_with_bit(std::vector<std::uint8_t> file, Address at, unsigned bit) {
    const auto& layout = *builtin_layout("electron");
    file[at - layout.flash.begin] ^= static_cast<std::uint8_t>(1u << bit);
    return analyze(recognize(file, "dump.bin", "", layout), layout);
}

}  // namespace

TEST_CASE("an Electron runs with a wrong bit in the last bytes of a part, and not for certain with one in its code", "[modules][electron]") {
    const auto file = electron_of("2.3.1");
    const auto& layout = *builtin_layout("electron");
    const auto whole = analyze(recognize(file, "dump.bin", "", layout), layout);
    for (const int index : {1, 2, 3}) {
        const auto* part = whole.facts.system_part(index);
        REQUIRE(part);
        for (const Address back : {1u, 4u, 20u, 36u}) {  // of the checksum and before it
            INFO(index << " " << back);
            const auto analysis = judged_with_bit(file, part->at.end + 4 - back, 3);
            CHECK(analysis.boot.result == BootResult::Runs);
            CHECK(analysis.diagnosis.outcome == Outcome::Attention);
            REQUIRE(analysis.facts.system_part(index));
            CHECK(analysis.facts.system_part(index)->damage.spares_code);
        }
        const auto in_code = judged_with_bit(file, part->at.begin + part->at.size() / 2, 3);
        CHECK_FALSE(in_code.facts.system_part(index)->damage.spares_code);
        CHECK(in_code.boot.result == BootResult::Undefined);
    }
}

TEST_CASE("vectors that no part has, and the stack word of all parts but the first, are read by nobody", "[modules]") {
    const std::vector<std::uint8_t> flash(0x100000, 0);
    const auto& layout = *builtin_layout("electron");
    Image image(layout.flash);
    image.put(layout.flash.begin, flash);
    const auto hit = [&](int index, Address begin, Address at, std::uint8_t bit) {
        const std::uint8_t set[] = {static_cast<std::uint8_t>(1u << bit)};
        image.put(at, set);
        Module part{.slot = "system-part", .part = index, .presence = Presence::Present, .header_at = begin + 0x184};
        part.at = range_of(begin, 0x10000);
        part.integrity = Integrity::Bad;
        part.damage.flipped_bit = Field<std::uint8_t>{bit, range_of(at, 1)};
        const bool answer = is_hit_where_nothing_runs(image, part);
        const std::uint8_t clear[] = {0};
        image.put(at, clear);
        return answer;
    };
    CHECK(hit(1, first_part, first_part + 0x41, 2));           // a vector that is zero but for the bit
    CHECK_FALSE(hit(1, first_part, first_part + 4, 2));        // the reset vector
    CHECK_FALSE(hit(1, first_part, first_part, 2));            // the stack that the bootloader loads
    CHECK(hit(2, second_part, second_part + 1, 2));            // and of another part nobody
    CHECK_FALSE(hit(2, second_part, second_part + 0x190, 2));  // the header
    const std::uint8_t vector[] = {0x01, 0x02, 0x04, 0x08};
    image.put(first_part + 0x80, vector);
    CHECK_FALSE(hit(1, first_part, first_part + 0x82, 2));  // a vector that is in use
}
