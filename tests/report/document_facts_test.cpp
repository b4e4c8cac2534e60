// What stands in a report of places that no firmware reads, or of which nothing is known.
#include "report/document.h"
#include "report/report.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Document document_of_file(std::vector<std::uint8_t> file) {
    const auto& layout = *builtin_layout("photon");
    return build_document(analyze(recognize(std::move(file), "dump.bin", "", layout), layout), {});
}

std::vector<std::uint8_t> sound_flash() {
    for (const auto& story : stories())
        if (story.name == "healthy-1.5.2") return story.sample.file;
    FAIL("no such story");
    return {};
}

const KeyText& key_called(const Document& document, std::string_view role) {
    const auto found = std::find_if(document.keys.begin(), document.keys.end(), [&](const KeyText& key) { return key.role == role; });
    REQUIRE(found != document.keys.end());
    return *found;
}

}  // namespace

TEST_CASE("of a blank file nothing is said to be empty, or to be written at the next start", "[report]") {
    const auto blank = document_of_file(std::vector<std::uint8_t>(0x100000, 0xFF));
    CHECK(std::all_of(blank.map.begin(), blank.map.end(), [](const MapCell& cell) { return cell.state == State::NotChecked; }));
    CHECK(blank.remarks.empty());
    CHECK(blank.other.empty());
    const auto sound = document_of_file(sound_flash());
    CHECK(std::any_of(sound.map.begin(), sound.map.end(), [](const MapCell& cell) { return cell.state == State::Good; }));
    CHECK_FALSE(sound.other.empty());
}

TEST_CASE("keys of a table that the firmware does not read are in the file all the same", "[report]") {
    auto flash = sound_flash();
    std::fill_n(flash.begin() + 0x4000 + 12, 4, std::uint8_t{0});
    std::fill_n(flash.begin() + 0x8000 + 12, 4, std::uint8_t{0});
    const auto lost = document_of_file(std::move(flash));
    CHECK(key_called(lost, "server-public-key").says.find("neither copy of the table is in use") != std::string::npos);
    for (const auto& [title, says] : lost.other)
        if (title == "Wi-Fi") CHECK(says == "neither copy of the table is in use");
    for (const auto& key : lost.keys)
        if (key.role == "key-elsewhere") CHECK(key.says.find("another key") == std::string::npos);
    auto cut = sound_flash();
    cut.resize(0x2000);
    CHECK(key_called(document_of_file(std::move(cut)), "server-public-key").says.find("not in the file") != std::string::npos);
}
