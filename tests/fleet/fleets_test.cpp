// Fleets put together from the stories of samples/: what is found is what was made.
#include "fleet/fleet.h"
#include "report/fleet.h"
#include "report/json_fleet.h"
#include "report/report.h"
#include "support/keys.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>
#include <map>

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::string recipe_of(const std::string& story) {
    const auto text = read_file(source_path("samples/" + story + "/recipe.toml"));
    return {text.begin(), text.end()};
}

std::string with(std::string text, const std::string& key, const std::string& value) {
    const auto at = text.find(key + " = ");
    if (at == std::string::npos) return text;
    const auto end = text.find_first_of("\n ,}", at + key.size() + 3);
    return text.replace(at, end - at, key + " = " + value);
}

Analysis analysis_of(const std::string& recipe) {
    auto sample = sample::make_sample(recipe, "fleet");
    INFO((sample ? "" : sample.error().message));
    REQUIRE(sample);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "dump.bin", "", layout), layout);
}

fleet::Row row_of(const Analysis& analysis, const std::string& path) {
    ReportStyle style;
    style.given = path;
    auto row = row_of_line(render_report_line(analysis, build_document(analysis, style)));
    REQUIRE(row);
    return *row;
}

/// Rows of one story with other keys, names and fillings; the lists of rows must tell apart what the names tell apart.
using Pool = std::map<std::string, fleet::Rows>;

const Pool& pool() {
    static const Pool all = [] {
        Pool made;
        for (const char* story :
             {"healthy-1.5.2", "erased-key", "mixed-key", "wrong-server-key", "part2-bit-error", "broken-dct", "eeprom-swap", "never-provisioned"})
            for (int variant = 0; variant < (full_tests() ? 4 : 2); ++variant)
                made[story].push_back(row_of(analysis_of(with(recipe_of(story), "seed", std::to_string(9000 + variant))), "x"));
        return made;
    }();
    return all;
}

struct Made {
    fleet::Rows rows;
    std::map<std::string, std::size_t> sizes;     ///< of each story, by its name
    std::map<std::string, std::string> story_of;  ///< by path
};

Made random_fleet(Dice& dice) {
    Made made;
    for (const auto& [story, variants] : pool()) {
        const auto count = dice.below(3) == 0 ? 0 : dice.below(9);
        for (std::size_t i = 0; i < count; ++i) {
            auto row = variants[dice.below(variants.size())];
            row.path = std::to_string(dice.next()) + "-" + std::to_string(made.rows.size()) + ".bin";
            row.device = row.path;
            row.key = row.path;
            row.modulus.clear();
            made.story_of[row.path] = story;
            made.rows.push_back(std::move(row));
        }
        if (count) made.sizes[story] = count;
    }
    for (std::size_t i = dice.below(4); i > 0; --i) {
        fleet::Row noise{.path = "noise" + std::to_string(i), .standing = fleet::Row::Standing::NoDump, .why = "text"};
        made.rows.push_back(noise);
    }
    for (std::size_t i = made.rows.size(); i > 1; --i) std::swap(made.rows[i - 1], made.rows[dice.below(i)]);
    return made;
}

bool of_healthy_story(const std::string& story) { return pool().at(story).front().healthy(); }

std::size_t dumps_of(const Made& made) {
    std::size_t count = 0;
    for (const auto& [story, size] : made.sizes) count += size;
    return count;
}

}  // namespace

TEST_CASE("a row says the same however its line came", "[fleet]") {
    std::size_t show_bytes = 0;
    for (const auto& story : stories()) {
        if (!story.sample.external.empty()) continue;
        auto unpacked = unpack(story.sample.file, "dump.bin");
        REQUIRE(unpacked);
        const auto& layout = layout_for(unpacked->bytes);
        const auto capture = recognize(unpacked->bytes, unpacked->name, unpacked->container, layout);
        const auto analysis = analyze(capture, layout), without_bytes = analyze(capture, layout, {.shows_bytes = false});
        ReportStyle style;
        style.given = "a folder/dump.bin";
        const auto document = build_document(analysis, style);
        const auto long_way = row_of_line(render_report_line(analysis, document)), short_way = row_of_line(render_short_line(document));
        INFO(story.name);
        REQUIRE(long_way);
        REQUIRE(short_way);
        CHECK(long_way->path == "a folder/dump.bin");
        for (const auto format : {FleetFormat::Json, FleetFormat::Csv})
            CHECK(render_fleet(fleet::look_together({*long_way}), format, {}) == render_fleet(fleet::look_together({*short_way}), format, {}));
        CHECK(long_way->modulus == short_way->modulus);
        CHECK(long_way->exit_status == analysis.diagnosis.exit_status);
        for (const auto* one : {&analysis, &without_bytes}) CHECK(render_short_line(build_short_document(*one, style)) == render_short_line(document));
        const auto shows = [](const Analysis& one) {
            return std::ranges::any_of(one.findings.all(), [](const Finding& finding) { return !finding.evidence.empty(); });
        };
        CHECK_FALSE(shows(without_bytes));
        show_bytes += shows(analysis) ? 1u : 0u;
    }
    CHECK(show_bytes > 0);
}

TEST_CASE("groups found are groups made", "[fleet]") {
    Dice dice(17);
    for (int round = 0; round < (full_tests() ? 200 : 25); ++round) {
        const auto made = random_fleet(dice);
        const auto found = fleet::look_together(made.rows);
        INFO("fleet " << round);
        CHECK(found.totals.dumps == dumps_of(made));
        std::map<std::string, std::size_t> sizes;
        for (const auto& group : found.groups) {
            const auto& story = made.story_of.at(found.rows[group.members.front()].path);
            for (const auto row : group.members) CHECK(made.story_of.at(found.rows[row].path) == story);
            CHECK(sizes.emplace(story, group.members.size()).second);
            CHECK_FALSE(of_healthy_story(story));
        }
        for (const auto& [story, size] : made.sizes)
            if (!of_healthy_story(story)) CHECK(sizes[story] == size);
        CHECK(found.devices.empty());
        CHECK(found.same_keys.empty());
    }
}

TEST_CASE("what only the sick have is said, and what the healthy have too is not", "[fleet]") {
    Dice dice(18);
    for (int round = 0; round < (full_tests() ? 200 : 25); ++round) {
        auto made = random_fleet(dice);
        const bool healthy_have_it = dice.below(2) == 0;
        std::size_t sick = 0, healthy = 0;
        for (auto& row : made.rows) {
            if (!row.is_dump()) continue;
            const bool is_sick = made.story_of.at(row.path) == "mixed-key";
            row.bootloader = is_sick ? 7 : 502;
            if (row.works() && healthy_have_it && healthy == 0) row.bootloader = 7;
            sick += is_sick, healthy += row.works();
        }
        const auto found = fleet::look_together(made.rows);
        INFO("fleet " << round << ", " << sick << " sick, " << healthy << " healthy, " << healthy_have_it);
        for (const auto& group : found.groups) {
            if (made.story_of.at(found.rows[group.members.front()].path) != "mixed-key") continue;
            const bool told = std::any_of(group.contrast.begin(), group.contrast.end(), [](const auto& one) { return one.trait == fleet::Trait::Bootloader; });
            CHECK(told == (sick > 1 && healthy > 0 && !healthy_have_it));
        }
    }
}

TEST_CASE("an update that stopped halfway is one story wherever it stopped", "[fleet]") {
    fleet::Rows rows;
    for (const char* after : {"30000", "90000", "150000"})
        rows.push_back(
            row_of(analysis_of(with(with(recipe_of("interrupted-update-new-bootloader"), "after_bytes", after), "seed", after)), std::string(after) + ".bin"));
    auto other = with(recipe_of("interrupted-update-new-bootloader"), "after_bytes", "90000");
    for (std::size_t at = 0; (at = other.find("2.3.1", at)) != std::string::npos;) other.replace(at, 5, "1.3.1");
    rows.push_back(row_of(analysis_of(other), "to-another-release.bin"));
    const auto found = fleet::look_together(rows);
    REQUIRE(found.groups.size() == 2);
    CHECK(found.groups[0].members.size() == 3);
    CHECK(found.groups[0].releases.find("2.3.1") != std::string::npos);
    CHECK_FALSE(found.groups[0].remedy.empty());
    CHECK(found.groups[1].members.size() == 1);
}

TEST_CASE("the order of the rows changes nothing", "[fleet]") {
    Dice dice(19);
    auto made = random_fleet(dice);
    const auto before = render_fleet(fleet::look_together(made.rows), FleetFormat::Json, {});
    std::reverse(made.rows.begin(), made.rows.end());
    CHECK(render_fleet(fleet::look_together(made.rows), FleetFormat::Json, {}) == before);
}

namespace {

std::string with_older_copy_erased_too(std::string recipe) {
    const std::string write = "{ act = \"write\", field = \"device_private_key\", fill = 0xFF },";
    const auto at = recipe.find(write);
    REQUIRE(at != std::string::npos);
    return recipe.insert(at, write + "\n  ");
}

}  // namespace

TEST_CASE("where the old key can be had from some dumps, nobody is told to make a new one for them", "[fleet]") {
    const auto recipe = recipe_of("erased-key");
    fleet::Rows rows;
    for (const char* seed : {"9100", "9101"}) {
        rows.push_back(row_of(analysis_of(with(recipe, "seed", seed)), std::string("left-") + seed));
        rows.push_back(row_of(analysis_of(with_older_copy_erased_too(with(recipe, "seed", seed))), std::string("gone-") + seed));
    }
    const std::string new_key = "Give the device a new key and register it";
    const auto found = fleet::look_together(rows);
    REQUIRE(found.groups.size() == 2);
    for (const auto& group : found.groups) {
        const auto& first = found.rows[group.members.front()];
        CHECK(group.members.size() == 2);
        for (const auto row : group.members) CHECK(found.rows[row].old_key == first.old_key);
        CHECK(group.remedy == (first.old_key == "recoverable" ? "Write the old key back" : new_key));
        CHECK((std::count(first.steps.begin(), first.steps.end(), new_key) == 0) == (first.old_key == "recoverable"));
    }
    CHECK(found.for_people.empty());
}
