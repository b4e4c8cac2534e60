// What those that fail have in common and those that work have not.
#include "fleet/fleet.h"
#include "report/fleet.h"

#include "catch.h"

using namespace photopsy;
using fleet::Row;
using fleet::Rows;

static Row judged(const std::string& path, Outcome outcome, std::uint32_t product) {
    Row row{.path = path, .outcome = outcome, .device = path};
    row.product = product;
    if (outcome != Outcome::Healthy) row.causes = {{"some-cause", std::string(name_of(outcome)), "DCT copy"}};
    return row;
}

static std::string about_products(const std::vector<fleet::Contrast>& list) {
    std::string text;
    for (const auto& contrast : list)
        if (contrast.trait == fleet::Trait::Product) text += contrast_in_words(contrast) + "\n";
    return text;
}

TEST_CASE("what devices that work have too sets no failure apart", "[fleet]") {
    const auto contrasts = [](std::uint32_t of_attention) {
        Rows rows;
        for (const char* number : {"1", "2", "3"}) {
            rows.push_back(judged(std::string("fails") + number, Outcome::CloudFails, 4711));
            rows.push_back(judged(std::string("works") + number, Outcome::Attention, of_attention));
            rows.push_back(judged(std::string("well") + number, Outcome::Healthy, 1));
        }
        const auto all = fleet::look_together(std::move(rows));
        std::string text = about_products(all.contrast);
        for (const auto& group : all.groups) text += about_products(group.contrast);
        return text;
    };
    CHECK(contrasts(4711).empty());  // neither of all that fail, nor only of the one group or of the other
    const std::string told = "all 3 have product id 4711, none of the 6 others that work has\n";
    CHECK(contrasts(1) == told + told);
    CHECK(contrasts(2) == told + told + "all 3 have product id 2, none of the 3 others that work has\n");
}

TEST_CASE("several dumps of one device are no contrast", "[fleet]") {
    const auto contrast = [](const std::vector<std::string>& devices, bool known) {
        Rows rows;
        for (const auto& device : devices) {
            rows.push_back(judged("copy" + std::to_string(rows.size()), Outcome::CloudFails, 4711));
            rows.back().device = known ? device : "";
            rows.back().sha256 = device;
        }
        for (const char* path : {"x", "y"}) rows.push_back(judged(path, Outcome::Healthy, 1));
        return about_products(fleet::look_together(std::move(rows)).contrast);
    };
    for (const bool known : {true, false}) {
        CHECK(contrast({"one", "one", "one"}, known).empty());
        CHECK(contrast({"one", "one", "two"}, known) == "all 3 have product id 4711, none of the 2 others that work has\n");
    }
}
