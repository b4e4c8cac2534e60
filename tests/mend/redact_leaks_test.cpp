// Attempts to get a secret through redact(): the same bytes, pieces of them, or the same written down as text, wherever nobody expects them. Of no
// secret may six bytes in a row survive, in whatever writing, and the copy must be made.
#include "mend/redact.h"
#include "support/planted.h"
#include "support/shared.h"

#include "catch.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

using Plant = std::pair<std::string, std::string>;  // what it is, and the damage that puts it there

std::string hexadecimal(ByteView bytes, std::string_view between, std::string_view before = "") {
    std::string text;
    for (const auto byte : bytes) text += fmt::format("{}{}{:02x}", text.empty() ? "" : between, before, byte);
    return text;
}

std::string decimal(ByteView bytes) { return fmt::format("{}", fmt::join(bytes, ", ")); }

std::string base64(ByteView bytes, std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (i + k < bytes.size() ? bytes[i + k] : 0u);
        for (int k = 3; k >= 0; --k) text += letters[three >> (6 * k) & 63];
    }
    return text;
}

std::string put_text(const std::string& place, const std::string& text) {
    return fmt::format("{{ act = \"put\", at = \"{}\", text = \"{}\" }},\n", place, text);
}
std::string copy_of(const std::string& to, const std::string& from, unsigned length) {
    return fmt::format("{{ act = \"copy\", at = \"{}\", from = \"{}\", length = {} }},\n", to, from, length);
}

constexpr auto seal = "{ act = \"reseal\", copy = 1 }, { act = \"reseal\", copy = 2 },\n";
constexpr auto key = "dct1.device_private_key";

/// Every place outside a secret's own: code, its slack, fields that hold nothing secret, between the fields, EEPROM, update areas.
const std::vector<std::string>& places() {
    static const std::vector<std::string> all = {"system-part1+0x9000",
                                                 "system-part2+0x7001",
                                                 "bootloader+0x3d00",
                                                 "system-part2+0x3ff00",
                                                 "user+0x1f000",
                                                 "ota+0x500",
                                                 "ota+0x1f001",
                                                 "factory+0x1f003",
                                                 "dct1.led_mirror",
                                                 "dct2.power_config",
                                                 "dct2.unused_1658",
                                                 "dct1.server_reserved",
                                                 "dct2.server_address+20",
                                                 "dct1.server_public_key+300",
                                                 "dct2.flash_modules",
                                                 "dct2+16",
                                                 "dct1+0x3e80",
                                                 "dct2.reserved2",
                                                 "eeprom1+0x1001",
                                                 "eeprom2+0x3003",
                                                 "dct2.alt_server_public_key",
                                                 "dct1.led_theme"};
    return all;
}

std::vector<Plant> pieces() {
    std::vector<Plant> plants;
    // p, the middle of d, q with dP, a claim code, a Wi-Fi password: in turn, so that each place sees one of them.
    const std::vector<std::pair<std::string, unsigned>> sources = {{fmt::format("{}+276", key), 65},  {fmt::format("{}+170", key), 64},
                                                                   {fmt::format("{}+343", key), 130}, {"dct1.claim_code", 60},
                                                                   {"dct1.wifi_entry_1+57", 60},      {"dct1.eap_config+1", 64}};
    for (std::size_t i = 0; i < places().size(); ++i) {
        const auto& [from, length] = sources[i % sources.size()];
        const auto room =
            places()[i].find("led_theme") != std::string::npos || places()[i].find("power_config") != std::string::npos ? 32u : std::min(length, 90u);
        plants.emplace_back(fmt::format("{} at {}", from, places()[i]), copy_of(places()[i], from, room));
    }
    return plants;
}

std::vector<Plant> whole_things() {
    return {{"superseded copy displaced by 64 bytes", copy_of("dct2+64", "dct1", 0x3F80)},
            {"superseded copy displaced, its header gone", copy_of("dct2+1", "dct1", 0x3FFE) + "{ act = \"fill\", at = \"dct2\", length = 16, value = 0 },\n"},
            {"key at the wrong place of the table", copy_of("dct2.mode_button_mirror", key, 611)},
            {"key behind the server key", copy_of("dct1.server_public_key+294", fmt::format("{}+276", key), 90)},
            {"tail of an older key behind the key", copy_of(fmt::format("{}+611", key), fmt::format("{}+276", key), 330)},
            {"table in the update area", copy_of("ota+0x4000", "dct1", 0x4000)},
            {"half a table behind the bootloader", copy_of("bootloader+0x3c00", "dct1+0x1D9E", 0x300)},
            {"key in every other record of the EEPROM", copy_of("eeprom2+0x2000", key, 611)}};
}

std::vector<Plant> writings(const sample::Sample& base) {
    const auto slot = layout_of(base).dct.copies[0].begin + layout_of(base).dct.application_offset + layout_of(base).dct.field("device_private_key")->offset;
    const auto p = at(base, range_of(slot + 276, 65)), d = at(base, range_of(slot + 150, 60));
    return {{"hexadecimal in the application", put_text("user+0x1e000", hexadecimal(p, ""))},
            {"hexadecimal behind system part 2", put_text("system-part2+0x3f800", hexadecimal(d, ":"))},
            {"hexadecimal as a C array in the EEPROM's sector", put_text("system-part1+0x9001", hexadecimal(p, ", ", "0x"))},
            {"base64 in system part 1", put_text("system-part1+0x9100", base64(p))},
            {"base64 at an odd offset", put_text("dct1.server_reserved", "k" + base64(d.subspan(1)))},
            {"base64 for addresses of the web", put_text("factory+0x1d000", base64(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))},
            {"decimal in system part 2", put_text("system-part2+0x9003", decimal(d))}};
}

/// The copy of a dump with these damages. FAILs where none is made.
std::vector<std::uint8_t> redacted(const std::string& damage, const RedactWish& wish = {}) {
    const auto sample = sample::make_sample(planted_recipe(damage), "planted");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_of(*sample);
    const auto original = analyze(recognize(sample->file, "dump.bin", "", layout), layout);
    auto copy = redact(original, wish);
    if (!copy) FAIL(copy.error().message);
    return copy->bytes;
}

std::string leak_in(const LeakFinder& finder, const std::vector<std::uint8_t>& bytes) {
    return finder.leak_in({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).value_or("no leak");
}

LeakFinder finder_of(const sample::Sample& base) {
    auto finder = secrets_of(base);
    for (const auto* slot : {"user", "ota", "factory"}) finder.add_secret(at(base, range_of(layout_of(base).slot(slot)->at.begin + 0x900, 128)), slot);
    return finder;
}

const sample::Sample& base() {
    static const auto made = sample::make_sample(planted_recipe(seal), "planted");
    if (!made) FAIL(made.error().message);
    return *made;
}

/// In the short run several plants go into one dump; in the long run each gets its own as well.
void check(const std::vector<Plant>& plants, std::size_t together) {
    const auto finder = finder_of(base());
    REQUIRE(finder.size() > 15000);
    const auto one = [&](const std::string& names, const std::string& damage) {
        INFO(names);
        CHECK(leak_in(finder, redacted(damage + seal)) == "no leak");
        if (full_tests()) CHECK(leak_in(finder, redacted(damage)) == "no leak");
    };
    for (std::size_t i = 0; i < plants.size(); i += together) {
        std::string names, damage;
        for (std::size_t k = i; k < std::min(plants.size(), i + together); ++k) names += plants[k].first + "; ", damage += plants[k].second;
        one(names, damage);
    }
    if (full_tests())
        for (const auto& [name, damage] : plants) one(name, damage);
}

}  // namespace

TEST_CASE("the finder sees what is planted where nothing is overwritten", "[redact][leaks]") {
    const auto finder = finder_of(base());
    for (const auto& list : {pieces(), writings(base())})
        for (const auto& [name, damage] : list) {
            const auto sample = sample::make_sample(planted_recipe(damage), "planted");
            if (!sample) FAIL(sample.error().message);
            auto erased = *sample;  // the base's secrets away, so that only the planted one is left to be found
            for (std::size_t i = 0; i < erased.flash.size(); ++i)
                if (erased.flash[i] == base().flash[i]) erased.flash[i] = 0xFF;
            INFO(name);
            CHECK(leak_in(finder, erased.flash) != "no leak");
            if (!full_tests()) break;
        }
}

TEST_CASE("pieces of secrets in places that are not theirs do not survive redaction", "[redact][leaks]") { check(pieces(), 11); }

TEST_CASE("keys and tables in wrong places do not survive redaction", "[redact][leaks]") {
    const auto all = whole_things();
    check({all[0]}, 1);
    check({all[1]}, 1);
    check({all.begin() + 2, all.end()}, all.size());  // these do not touch each other
}

TEST_CASE("secrets written down as text do not survive redaction", "[redact][leaks]") { check(writings(base()), 7); }

TEST_CASE("what is kept on request still repeats no secret of the table", "[redact][leaks]") {
    auto finder = secrets_of(base());
    for (const auto page : layout_of(base()).eeprom_pages) {  // the owner's own cells may stay
        Bytes cells;
        const auto bytes = at(base(), page);
        for (std::size_t record = 4; record + 4 <= bytes.size(); record += 4) cells.push_back(bytes[record]);
        finder.add_public(cells);
    }
    std::string damage = put_text("user+0x1e000", hexadecimal(at(base(), range_of(0x08005D9E + 276, 65)), "")) + copy_of("user+0x900", "dct1.claim_code", 60) +
                         copy_of("user+0x1f000", key, 611) + copy_of("factory+0x1f003", "dct1.wifi_entry_1+57", 60);
    CHECK(leak_in(finder, redacted(damage + seal, {.keep_application = true})) == "no leak");
    CHECK(leak_in(finder, redacted(damage + seal, {.keep_eeprom = true, .keep_application = true})) == "no leak");
}

TEST_CASE("the application and the EEPROM are kept where the owner wishes it, and only there", "[redact]") {
    const auto sample = sample::make_sample(planted_recipe(seal), "planted");
    REQUIRE(sample);
    const auto& layout = layout_of(*sample);
    const auto user = range_of(layout.slot("user")->at.begin + 0x900, 128);
    const auto bytes_of = [&](const std::vector<std::uint8_t>& copy, Range where) {
        const auto begin = copy.begin() + static_cast<std::ptrdiff_t>(where.begin - layout.flash.begin);
        return Bytes(begin, begin + static_cast<std::ptrdiff_t>(where.size()));
    };
    const auto before = [&](Range where) { return Bytes(at(*sample, where).begin(), at(*sample, where).end()); };
    for (const bool eeprom : {false, true})
        for (const bool application : {false, true}) {
            if (eeprom == application && !full_tests()) continue;
            const auto copy = redacted(seal, {.keep_eeprom = eeprom, .keep_application = application});
            CHECK((bytes_of(copy, user) == before(user)) == application);
            for (const auto page : layout.eeprom_pages) CHECK((bytes_of(copy, page) == before(page)) == eeprom);
            const auto claim = range_of(layout.dct.copies[0].begin + layout.dct.application_offset + layout.dct.field("claim_code")->offset, 63);
            CHECK(bytes_of(copy, claim) != before(claim));
        }
}
