#include "flash/layout_table.h"

#include "catch.h"

#include <fstream>
#include <iterator>

using namespace photopsy;

TEST_CASE("a layout that was made when photopsy was built is what its file says now", "[layout]") {
    for (const auto name : builtin_layout_names()) {
        CAPTURE(name);
        const auto parsed = parse_layout(builtin_layout_text(name), name);
        REQUIRE(parsed);
        CHECK(*parsed == *builtin_layout(name));
    }
}

TEST_CASE("a layout comes back from its table, whatever it has", "[layout]") {
    std::ifstream file(std::string(PHOTOPSY_SOURCE_DIR) + "/tests/house/made-up.toml");
    const auto parsed = parse_layout(std::string{std::istreambuf_iterator<char>(file), {}}, "made-up");
    REQUIRE(parsed);
    const auto table = layout_table(*parsed);
    CHECK(layout_from_table(table) == *parsed);
    auto other = *parsed;
    other.limits += ".";
    CHECK_FALSE(layout_from_table(layout_table(other)) == *parsed);
    for (std::size_t length = 0; length < table.size(); length += 7) CHECK_FALSE(layout_from_table(table.substr(0, length)) == *parsed);
}
