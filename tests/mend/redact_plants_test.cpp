// An attack by a generator: secrets of every kind, in every spelling, at any place of any device's flash, in every form of a file. Of none may eight bytes in a
// row survive in a copy, in its own spelling or raw. So of no number of a key even a part is left from which its modulus could be factored.
#include "flash/external.h"
#include "flash/intel_hex.h"
#include "mend/redact.h"
#include "support/plants.h"
#include "support/story.h"

#include "catch.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// A device's flashes with secrets in them, and what they are.
struct PlantedDevice {
    const Layout* layout = nullptr;
    Bytes flash, external;
    SurvivorSearch search;
    std::vector<std::string> names;
};

struct Place {
    std::string name;
    bool external = false;
    std::size_t at = 0;
};

std::size_t offset_in_table(const Layout& layout, Dice& dice, std::string& name) {
    const auto& table = layout.dct;
    const auto copy = table.copies[dice.below(table.copies.size())];
    const auto& list = table.system_fields.empty() || dice.below(4) != 0 ? table.fields : table.system_fields;
    const auto& field = list[dice.below(list.size())];
    const auto base = &list == &table.fields ? table.application_offset : 0;
    constexpr std::size_t tails[] = {0, 0, 0, 1, 2, 91, 162, 294, 611, 612};
    const auto inside = tails[dice.below(std::size(tails))];
    name = field.name;
    return copy.begin + base + field.offset + (inside < field.size ? inside : 0);
}

/// Tables, slots (front, anywhere, behind the module), update areas, EEPROM, anywhere.
Place rolled_place(const Layout& layout, Dice& dice) {
    Place place;
    std::size_t address = 0;
    const auto& slot = layout.slots[dice.below(layout.slots.size())];
    switch (dice.below(6)) {
        case 0:
        case 1:
            address = offset_in_table(layout, dice, place.name);
            break;
        case 2:
            place.name = slot.name, address = slot.at.begin + dice.below(slot.at.size());
            break;
        case 3:
            place.name = "end of " + slot.name, address = slot.at.end - 1 - dice.below(slot.at.size() / 4);
            break;
        case 4: {
            const auto& page = layout.eeprom_pages[dice.below(layout.eeprom_pages.size())];
            place.name = "EEPROM", address = page.begin + dice.below(page.size());
            break;
        }
        default:
            place.name = "anywhere", address = layout.flash.begin + dice.below(layout.flash.size());
    }
    if (layout.external && dice.below(3) == 0) place.name = "external flash", address = layout.external->at.begin + dice.below(layout.external->at.size());
    place.external = layout.in_external(static_cast<Address>(address));
    place.at = address - (place.external ? layout.external->at.begin : layout.flash.begin);
    return place;
}

PlantedDevice planted(const test::Story& story, Dice& dice, std::size_t count) {
    PlantedDevice device{
        .layout = builtin_layout(story.sample.recipe.device), .flash = story.sample.flash, .external = story.sample.external, .search = {}, .names = {}};
    for (std::size_t i = 0; i < count; ++i) {
        const auto secret = rolled_secret(dice);
        const auto& spelling = spellings()[dice.below(spellings().size())];
        const auto place = rolled_place(*device.layout, dice);
        if (place.external && device.external.empty()) continue;
        const auto written = spelling.write(secret.bytes);
        if (dice.below(12) == 0) {
            const auto page = device.layout->eeprom_pages[dice.below(device.layout->eeprom_pages.size())];
            plant_in_cells(device.flash, page.begin - device.layout->flash.begin, page.size(), dice.below(200), written);
        } else {
            plant(place.external ? device.external : device.flash, place.at, written);
        }
        device.search.add(secret, spelling);
        device.names.push_back(fmt::format("{}, {}, at {}", secret.kind, spelling.name, place.name));
    }
    return device;
}

Bytes swapped_in(const Bytes& bytes, std::size_t group) {
    Bytes out = bytes;
    for (std::size_t i = 0; i + group <= out.size(); i += group)
        std::reverse(out.begin() + static_cast<std::ptrdiff_t>(i), out.begin() + static_cast<std::ptrdiff_t>(i + group));
    return out;
}

/// The file that somebody makes of the flash. What stands beside the flash in it is a secret as well.
Bytes file_of(PlantedDevice& device, Dice& dice, std::string& form) {
    const auto& flash = device.flash;
    const auto secret = rolled_secret(dice);
    const auto half = static_cast<std::ptrdiff_t>(flash.size() / 2);
    Bytes file = flash;
    switch (dice.below(9)) {
        case 0:
            form = "cut", file.resize(flash.size() / 2 + dice.below(flash.size() / 2));
            break;
        case 1:
            form = "shifted", file.erase(file.begin(), file.begin() + 0x4000);
            break;
        case 2:
            form = "swapped", file = swapped_in(flash, dice.below(2) ? 2 : 4);
            break;
        case 3: {
            const Piece piece{device.layout->flash.begin, flash};
            form = "hex", file = intel_hex_of({&piece, 1});
            break;
        }
        case 4: {
            const std::vector<Piece> pieces = {{device.layout->flash.begin, ByteView(flash).first(flash.size() / 4)},
                                               {device.layout->flash.begin + static_cast<Address>(half), ByteView(flash).subspan(flash.size() / 2)}};
            form = "hex with a gap", file = intel_hex_of(pieces);
            break;
        }
        case 5:
            form = "with something behind it", file.insert(file.end(), secret.bytes.begin(), secret.bytes.end());
            device.search.add(secret, spellings().front());
            break;
        case 6:
            form = "with something before it", file.insert(file.begin(), secret.bytes.begin(), secret.bytes.end());
            device.search.add(secret, spellings().front());
            break;
        default:
            form = "plain";
    }
    return file;
}

struct Tally {
    std::size_t planted = 0, copies = 0, refused = 0, survivors = 0;
    std::map<std::string, std::size_t> refusals;
};

void attack(const test::Story& story, std::uint64_t seed, std::size_t count, Tally& tally) {
    Dice dice(seed);
    auto device = planted(story, dice, count);
    std::string form;
    const auto file = file_of(device, dice, form);
    auto capture = recognize(file, "dump.bin", "", *device.layout);
    if (!device.external.empty()) put_external(capture, device.external, "external.bin", "", *device.layout);
    const auto copy = redact(analyze(std::move(capture), *device.layout));
    if (!copy) {
        ++tally.refused;
        ++tally.refusals[form + ": " + copy.error().message.substr(0, 130)];
        return;
    }
    tally.planted += device.names.size();
    ++tally.copies;
    INFO(story.name << ", seed " << seed << ", " << form << ": " << fmt::format("{}", fmt::join(device.names, "; ")));
    const auto image = recognize(copy->bytes, "dump.bin", "", *device.layout).image;  // what a HEX text says
    const Bytes told(image.everything().begin(), image.everything().end());
    for (const auto& bytes : {copy->bytes, told, swapped_in(copy->bytes, 2), swapped_in(copy->bytes, 4), copy->external}) {
        const auto survivor = device.search.first_in(bytes);
        if (survivor) ++tally.survivors;
        INFO("at offset " << survivor.value_or(0));
        CHECK_FALSE(survivor);
    }
    const Bytes manifest(copy->manifest.begin(), copy->manifest.end());
    CHECK_FALSE(device.search.first_in(manifest));
}

}  // namespace

TEST_CASE("no secret survives redaction, whatever it is, however it is written, wherever it stands", "[redact][plants]") {
    const std::size_t wanted = full_tests() ? 6000 : 300, together = full_tests() ? 12 : 24;
    Tally tally;
    REQUIRE(stories().size() > 40);
    for (std::uint64_t seed = 1; tally.planted < wanted && seed < wanted; ++seed) attack(stories()[(seed * 7) % stories().size()], seed, together, tally);
    CHECK(tally.survivors == 0);
    CHECK(tally.planted >= wanted);
    if (!full_tests()) return;
    for (const auto& [why, times] : tally.refusals) UNSCOPED_INFO(times << " x " << why);
    WARN(fmt::format("{} plants in {} copies, {} survivors; {} dumps refused", tally.planted, tally.copies, tally.survivors, tally.refused));
}

TEST_CASE("the search finds what is planted", "[redact][plants]") {
    Dice dice(5);
    for (int i = 0; i < 60; ++i) {
        const auto secret = rolled_secret(dice);
        const auto& spelling = spellings()[static_cast<std::size_t>(i) % spellings().size()];
        SurvivorSearch search;
        search.add(secret, spelling);
        Bytes flash(0x1000, 0xFF);
        CHECK_FALSE(search.first_in(flash));
        plant(flash, 0x333, spelling.write(secret.bytes));
        INFO(secret.kind << ", " << spelling.name);
        CHECK(search.first_in(flash));
    }
}

TEST_CASE("what the owner keeps repeats no secret of the tables, however it is written", "[redact][plants]") {
    const auto story = std::find_if(stories().begin(), stories().end(), [](const test::Story& each) { return each.name == "healthy-1.5.2"; });
    REQUIRE(story != stories().end());
    const auto& layout = *builtin_layout("photon");
    const auto original = analyze(recognize(story->sample.flash, "dump.bin", "", layout), layout);
    const auto* chosen = original.facts.dct.current();
    REQUIRE(chosen);
    const auto key = original.facts.dct.field_at(layout, "device_private_key", chosen->number);
    const auto bytes = original.capture.image.bytes(range_of(key.begin + 200, 48));
    const PlantedSecret secret{.kind = "a part of the device's key", .bytes = Bytes(bytes.begin(), bytes.end())};
    for (const auto& spelling : spellings()) {
        auto flash = story->sample.flash;
        plant(flash, 0xF0000, spelling.write(secret.bytes));                                                      // an area that nothing owns is never kept
        plant(flash, layout.slot("user")->at.begin - layout.flash.begin + 0x1003, spelling.write(secret.bytes));  // in an application that is
        plant(flash, layout.eeprom_pages[1].begin - layout.flash.begin + 0x801, spelling.write(secret.bytes));
        SurvivorSearch search;
        search.add(secret, spelling);
        const auto copy = redact(analyze(recognize(flash, "dump.bin", "", layout), layout), {.keep_eeprom = true, .keep_application = true});
        INFO(spelling.name);
        REQUIRE(copy);
        const auto survivor = search.first_in(copy->bytes);
        INFO("at offset " << survivor.value_or(0));
        CHECK_FALSE(survivor);
    }
}

TEST_CASE("what is not proved public leaves no trace: another secret in the same place gives the same copy", "[redact][plants]") {
    const auto story = std::find_if(stories().begin(), stories().end(), [](const test::Story& each) { return each.name == "healthy-1.5.2"; });
    REQUIRE(story != stories().end());
    const auto& layout = *builtin_layout("photon");
    const auto copy_with = [&](std::size_t at, std::uint64_t seed) {
        Dice dice(seed);
        auto flash = story->sample.flash;
        Bytes secret;
        while (secret.size() < 48)
            if (const auto byte = static_cast<std::uint8_t>(dice.below(256)); byte != 0 && byte != 0xFF && (byte & 1) != 0) secret.push_back(byte);
        plant(flash, at, secret);
        const auto copy = redact(analyze(recognize(flash, "dump.bin", "", layout), layout));
        return copy ? copy->bytes : Bytes();
    };
    const std::size_t table = layout.dct.copies[1].begin + layout.dct.application_offset - layout.flash.begin;
    for (const std::size_t at : {table + layout.dct.field("eap_config")->offset + 100, table + layout.dct.field("server_reserved")->offset,
                                 table + layout.dct.field("led_theme")->offset + 4, std::size_t{0xC000 + 5}, std::size_t{0x3C00}, std::size_t{0xF0000}}) {
        const auto one = copy_with(at, 11), other = copy_with(at, 12);
        INFO("offset " << at);
        CHECK(!one.empty());
        CHECK((one == other));
    }
}
