// The product's choice between two sectors of a DCD against the generator's own model of the vendor's code, over histories of mixed generations.
#include "support/sample/dcd.h"

#include "catch.h"
#include "facts/store.h"
#include "support/sample/stream.h"
#include "support/shared.h"

#include <array>
#include <memory>

using namespace photopsy;
using namespace photopsy::sample;
using photopsy::test::Bytes;

namespace {

const Layout& electron() { return *builtin_layout("electron"); }

constexpr Range stores{0x08004000, 0x0800C000};

struct DcdPlay {
    DcdPlay() = default;
    DcdPlay(const DcdPlay&) = delete;  // the store refers to this chip

    Chip chip{electron().flash};
    Dcd dcd{chip, {electron().dct.copies[0], electron().dct.copies[1]}};

    ByteView sector(int number) const { return chip.bytes(electron().dct.copies[static_cast<std::size_t>(number - 1)]); }
};

constexpr std::array writers{DcdWriter::D1, DcdWriter::D2, DcdWriter::D3};
constexpr std::array generations{DcdGeneration::D1, DcdGeneration::D2, DcdGeneration::D3};

/// One write, whole or cut off somewhere.
void write_or_fail(DcdPlay& play, Stream& draw) {
    constexpr std::array steps{"erase-other", "body", "footer", "checksum", "watermark", "seal", "retire-old"};
    const auto writer = writers[draw.below(writers.size())];
    const bool cut = draw.below(3) == 0;
    if (cut) play.chip.lose_power_in(steps[draw.below(steps.size())], draw.below(4) == 0 ? draw.below(12) : draw.below(0x3000));
    const auto value = draw.bytes(1 + draw.below(40));
    play.dcd.write(writer, 8 + draw.below(0x3000), value);
    play.chip.restore_power();
}

/// A bit anywhere, or a header word that something wrote.
void damage_some(DcdPlay& play, Stream& draw) {
    constexpr std::array<std::uint32_t, 6> words{0x1E1C279A, 0xEDA15E00, 0x69A00C00, 0, 0xFFFFFFFF, 0x12345678};
    const Address sector = stores.begin + 0x4000 * draw.below(2);
    const auto kind = draw.below(4);
    if (kind == 0) {
        const Address at = sector + draw.below(0x4000);
        const std::uint8_t flipped = play.chip.bytes(range_of(at, 1))[0] ^ static_cast<std::uint8_t>(1u << draw.below(8));
        play.chip.set(at, Bytes{flipped});
    } else if (kind < 3) {
        constexpr std::array<std::uint32_t, 4> places{0, 4, 0x3FF8, 4};
        const auto word = words[draw.below(words.size())];
        const Bytes bytes{static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word >> 16),
                          static_cast<std::uint8_t>(word >> 24)};
        play.chip.set(sector + places[draw.below(places.size())], bytes);
    }
}

std::unique_ptr<DcdPlay> lived(std::uint64_t number) {
    Stream draw(number, "history of a store");
    auto made = std::make_unique<DcdPlay>();
    auto& play = *made;
    if (draw.below(3)) play.dcd.put_factory_image();
    const auto writes = draw.below(5);
    for (std::uint32_t i = 0; i < writes; ++i) write_or_fail(play, draw);
    for (auto hits = draw.below(3); hits > 0; --hits) damage_some(play, draw);
    return made;
}

Image image_of(const DcdPlay& play) {
    Image image(electron().flash);
    image.put(electron().flash.begin, play.chip.all());
    return image;
}

/// What the device would do: the bootloader reads, and makes a blank table where it finds none; then the system reads.
int read_at_start(Chip chip, DcdWriter bootloader, DcdWriter system) {
    Dcd dcd{chip, {electron().dct.copies[0], electron().dct.copies[1]}};
    const bool blanked = dcd.current(bootloader) == 0;
    if (blanked) dcd.reinitialize(bootloader);
    const int chosen = dcd.current(system), fresh = bootloader == DcdWriter::D1 ? 1 : 2;
    return blanked && chosen == fresh ? 0 : chosen;
}

}  // namespace

TEST_CASE("the factory's image of a DCD is read as copy 1 by all code, though its checksum does not fit", "[samples][dcd]") {
    DcdPlay play;
    play.dcd.put_factory_image();
    CHECK_FALSE(read_dcd_head(play.sector(1)).sum_good);
    CHECK(read_dcd_head(play.sector(2)).seal == DcdSeal::Retired);
    for (const auto writer : writers) CHECK(play.dcd.current(writer) == 1);
}

TEST_CASE("the copy that is read is the one that the model reads, over histories of mixed generations with power cuts", "[samples][dcd]") {
    const std::uint64_t histories = photopsy::test::full_tests() ? 20000 : 5000;
    std::size_t compared = 0, blank = 0, second = 0;
    for (std::uint64_t number = 0; number < histories; ++number) {
        const auto made = lived(number);
        const auto& play = *made;
        const auto one = read_dcd_head(play.sector(1)), two = read_dcd_head(play.sector(2));
        for (std::size_t i = 0; i < writers.size(); ++i, ++compared) {
            const int model = play.dcd.current(writers[i]), product = select_dcd(one, two, generations[i]);
            blank += model == 0, second += model == 2;
            if (model != product) FAIL("history " << number << ", generation " << i + 1 << ": " << product << " instead of " << model);
        }
    }
    CHECK(compared == 3 * histories);
    CHECK(blank > histories / 10);
    CHECK(second > histories / 2);
}

TEST_CASE("bootloader and system of different generations read one after the other", "[samples][dcd]") {
    std::size_t destroyed = 0;
    for (std::uint64_t number = 0; number < 600; ++number) {
        const auto made = lived(number);
        const auto& play = *made;
        const auto image = image_of(play);
        const std::size_t boot = number % 3, system = number / 3 % 3;
        StoreCode code{.system = generations[system], .bootloader = generations[boot], .system_version = 2302, .bootloader_version = 1006};
        const auto dct = read_store({image, electron(), code});
        REQUIRE(dct.dcd);
        if (dct.dcd->migrated_from) continue;
        const int expected = read_at_start(play.chip, writers[boot], writers[system]);
        INFO("history " << number);
        CHECK(dct.selected.value_or(0) == expected);
        CHECK(dct.would_reinitialize == (expected == 0));
        destroyed += dct.dcd->bootloader_destroys();
    }
    CHECK(destroyed > 0);
}
