#include "support/sample/table.h"

#include "base/digest.h"
#include "base/hex.h"
#include "catch.h"
#include "support/shared.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::sample;
using photopsy::test::Bytes;

namespace {

const Layout& photon() { return *builtin_layout("photon"); }
constexpr std::uint32_t application = 0x1D7C;

struct Play {
    Chip chip{photon().flash};
    Table table{chip, photon()};
    Bytes both() const {
        const auto bytes = chip.bytes({0x08004000, 0x0800C000});
        return Bytes(bytes.begin(), bytes.end());
    }
    void write(Writer writer, std::uint32_t at, std::size_t count, std::uint8_t value) { table.write(writer, application + at, Bytes(count, value)); }
};

/// The two writes from which the measured G5 vectors start (docs/formats/dct.md, test vectors).
Play after_two_writes() {
    Play play;
    play.table.put_factory_image(false);
    play.write(Writer::G5, 0, 32, 0x5A);
    play.write(Writer::G5, 34, 16, 0x11);
    return play;
}

}  // namespace

TEST_CASE("the factory table is the published one, bit for bit", "[samples]") {
    Play play;
    play.table.put_factory_image(false);
    CHECK(hex(sha256(play.both())) == "9cf6b9cead9514952f4fd194c363ee8df21bb3c75e5a922dbfecdaa22907545b");
    play.table.put_factory_image(true);
    CHECK(hex(sha256(play.both())) == "214210fbf86d1cad326fcaa5a68304aceb6dc2e8079e07e6a2eb10de7fda4070");
}

TEST_CASE("two writes of the new writer give the measured checksums", "[samples]") {
    Play play;
    play.table.put_factory_image(false);
    play.write(Writer::G5, 0, 32, 0x5A);
    CHECK(hex(play.chip.bytes({0x0800BFF0, 0x0800C000})) == "cd0002dc000070031efd2c0100010000");
    play.write(Writer::G5, 34, 16, 0x11);
    CHECK(hex(play.chip.bytes({0x08007FF0, 0x08008000})) == "cd0002dc00007003d362fa1a00020000");
    CHECK(play.table.current(Writer::G5) == 1);
    CHECK(play.chip.bytes({0x08008009, 0x0800800A})[0] == 0);
}

TEST_CASE("an interruption leaves what was programmed until then", "[samples]") {
    auto play = after_two_writes();
    play.chip.lose_power_in("retire-old", 0);
    play.write(Writer::G5, 0, 8, 0x33);
    CHECK(play.chip.restore_power());
    CHECK(play.table.current(Writer::G5) == 2);
    CHECK(play.table.current(Writer::G3) == 1);
    play.chip.lose_power_in("in-place", 0);
    play.write(Writer::G5, 0, 8, 0x44);
    CHECK_FALSE(play.chip.restore_power());  // G5 has no such step
}

TEST_CASE("writers before 0.7.0 leave one copy, and program over the old one where bits only fall", "[samples]") {
    Play play;
    play.table.put_factory_image(false);
    play.write(Writer::G1, 34, 16, 0x77);
    CHECK(all_erased(play.chip.bytes({0x08004000, 0x08008000})));
    CHECK(play.table.current(Writer::G1) == 2);
    play.chip.lose_power_in("in-place", 5);
    play.write(Writer::G2, 34, 16, 0x1E);
    CHECK(play.chip.restore_power());
    CHECK(hex(play.chip.bytes(range_of(0x08008000 + application + 34, 7))) == "16161616167777");
    CHECK(play.table.current(Writer::G2) == 2);
}

TEST_CASE("every measured vector of the vendor's writers is reproduced", "[samples]") {
    const auto& vectors = test::shared_archive("facts/dct-vectors.tar.zst");
    if (vectors.empty()) {
        WARN("no shared vectors beside this checkout");
        return;
    }
    const auto vector = [&](std::string_view name) {
        const auto place = std::find_if(vectors.begin(), vectors.end(), [&](const auto& one) { return one.first.ends_with(name); });
        REQUIRE(place != vectors.end());
        return place->second;
    };
    Play play;
    play.table.put_factory_image(false);
    CHECK(play.both() == vector("00_dct_prep_v0.4.0.bin"));
    CHECK(after_two_writes().both() == vector("20_G5_two_writes.bin"));
    struct Cut {
        const char *name, *step;
        std::size_t bytes;
    };
    const auto third = vector("21_G5_powerloss_16386.bin");
    const auto app = third.begin() + 0x4000 + application;
    const auto length = static_cast<std::size_t>(std::find_if(app, app + 64, [](std::uint8_t value) { return value != 0x33; }) - app);
    for (const auto& cut : {Cut{"9000", "body", 9000}, Cut{"16000", "header", 20}, Cut{"16380", "trailer", 12}, Cut{"16384", "complete-mark", 0},
                            Cut{"16385", "retire-old", 0}, Cut{"16386", "retire-trailer", 0}}) {
        INFO(cut.name);
        auto again = after_two_writes();
        again.chip.lose_power_in(cut.step, cut.bytes);
        again.write(Writer::G5, 0, length, 0x33);
        CHECK(again.chip.restore_power());
        CHECK(again.both() == vector("21_G5_powerloss_" + std::string(cut.name) + ".bin"));
    }
    Play lost;
    lost.table.reinitialize(Writer::G0);
    CHECK(lost.both() == vector("30_G0_reinit.bin"));
    lost.table.reinitialize(Writer::G5);
    CHECK(lost.both() == vector("31_G5_reinit.bin"));
}
