// A device without a key of its own: what its server key and address decide, they decide before any device key counts.
#include "photopsy.h"

#include "catch.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::size_t first_copy = 0x4000, table_header = 388, table_body = 0x1D7C, server_key_field = 2082, server_name_field = 2466;

/// As it left the factory with this release.
Bytes fresh_unit(std::string_view release) {
    const auto text = fmt::format(
        "title = \"a\"\ndevice = \"photon\"\nseed = 106\nlife = [{{ act = \"install-release\", release = \"{0}\" }}, "
        "{{ act = \"factory-table\", release = \"{0}\", version_string = \"x\" }}]\n",
        release);
    auto made = sample::make_sample(text, "fresh");
    if (!made) FAIL(made.error().message);
    return made->file;
}

Analysis judged(const Bytes& file) {
    const auto& photon = *builtin_layout("photon");
    return analyze(recognize(file, "dump.bin", "", photon), photon);
}

bool end_all_at(const Analysis& analysis, Step step) {
    return !analysis.handshake.predictions.empty() &&
           std::ranges::all_of(analysis.handshake.predictions, [&](const Prediction& row) { return row.step == step; });
}

/// A table that code up to 0.6.4 wrote where it found none, with what the next starts put into it.
Bytes reset_unit(bool with_flags, bool with_more) {
    auto file = fresh_unit("0.6.3");
    const auto at = [&](std::size_t offset) { return file.begin() + static_cast<std::ptrdiff_t>(first_copy + offset); };
    std::fill(at(table_header), at(0x4000), std::uint8_t{0xFF});
    std::fill(at(0x4000), at(0x8000), std::uint8_t{0xFF});
    if (with_flags) std::ranges::copy(Bytes{0xC0, 0xAC, 0xDE, 0x1A, 11, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, at(table_body));
    if (with_more) {
        std::ranges::copy(Bytes{0xAC, 0x0F, 0, 0, 0, 0, 0x0E, 8, 0, 0, 0x0A, 8, 0, 0, 2, 0, 0x0E, 5, 0xFF, 0xFF}, at(table_body + 2852));
        std::ranges::copy(Bytes{'K', '7', 'B', '9'}, at(table_body + 1852));
    }
    return file;
}

}  // namespace

TEST_CASE("a unit without a key fails at its server key or address all the same", "[handshake]") {
    for (const auto* release : {"0.6.3", "1.5.2", "2.3.1"}) {
        INFO(release);
        const auto sound = fresh_unit(release);
        CHECK_FALSE(judged(sound).handshake.unknown.empty());
        CHECK(judged(sound).diagnosis.outcome == Outcome::Healthy);

        auto bit = sound;
        bit[first_copy + table_body + server_key_field + 100] ^= 4;
        CHECK(end_all_at(judged(bit), Step::Recv384));
        CHECK(judged(bit).diagnosis.outcome == Outcome::CloudFails);

        auto loopback = sound;
        std::ranges::copy(Bytes{0, 4, 127, 0, 0, 1}, loopback.begin() + static_cast<std::ptrdiff_t>(first_copy + table_body + server_name_field));
        CHECK(end_all_at(judged(loopback), Step::Connect));

        auto address = sound;  // 192.168.1.100/24, gateway 192.168.11.1
        std::ranges::copy(Bytes{1, 0xFF, 0xFF, 0xFF, 100, 1, 168, 192, 0, 255, 255, 255, 1, 11, 168, 192},
                          address.begin() + static_cast<std::ptrdiff_t>(first_copy + table_body + 1634));
        CHECK(end_all_at(judged(address), Step::Connect));
    }
}

TEST_CASE("a reset table is one whatever its starts have written into it", "[handshake][dct]") {
    for (const bool with_more : {false, true})
        for (const bool with_flags : {false, true}) {
            INFO(with_flags << with_more);
            const auto analysis = judged(reset_unit(with_flags, with_more));
            CHECK(analysis.diagnosis.outcome == Outcome::CloudFails);
            CHECK(end_all_at(analysis, Step::Recv384));
            REQUIRE_FALSE(analysis.diagnosis.causes.empty());
            CHECK(analysis.diagnosis.causes.front().cause->id == "dct-reset-to-default");
        }
}
