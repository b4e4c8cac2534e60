#include "support/scene.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;
using Ids = std::vector<std::string>;

static constexpr Address page1 = 0x0800C000, page2 = 0x08010000;

static TablePair quiet_table() {
    auto pair = factory_table();
    write_old(pair, 1, 2952, {1, 2});
    return pair;
}

namespace {
struct Bench {
    Image image = table_image(quiet_table());
    Bench& put(Address at, const Bytes& bytes) {
        image.put(at, bytes);
        return *this;
    }
    Bench& active_page(Address at) { return put(at, {0, 0, 0xFF, 0xFF, 1, 0, 0, 0, 2, 0, 1, 0}); }
    Scene scene(std::uint16_t version = 1512) const { return Scene(image, version, DctGeneration::G3); }
};
}  // namespace

TEST_CASE("EEPROM: normal states are silent", "[eeprom][rules]") {
    CHECK(Bench().scene().problems() == Ids{});
    CHECK(Bench().active_page(page1).scene().problems() == Ids{});
    CHECK(Bench().active_page(page2).put(page1, {0, 0, 0xCC, 0xCC, 9, 9, 9, 9}).scene().problems() == Ids{});
}

TEST_CASE("EEPROM: an interrupted swap", "[eeprom][rules]") {
    const auto scene = Bench().active_page(page1).put(page2, {0xEE, 0xEE, 0xFF, 0xFF, 1, 0, 0, 0}).scene();
    CHECK(scene.causes() == Ids{"eeprom-swap-interrupted"});
    CHECK(scene.only("eeprom-swap-unfinished").where.at == range_of(page2, 4));
    CHECK(Bench().active_page(page1).active_page(page2).scene().causes() == Ids{"eeprom-swap-interrupted"});
    CHECK(Bench().put(page2, {0xEE, 0xEE, 0xFF, 0xFF, 1, 0, 0, 0}).scene().causes() == Ids{"eeprom-swap-interrupted"});
}

TEST_CASE("EEPROM: records that cannot be read", "[eeprom][rules]") {
    const auto half = Bench().active_page(page1).put(page1 + 12, {7, 0x80, 3, 0, 8, 0, 4, 0}).scene();
    CHECK(half.causes() == Ids{"eeprom-invalid-record"});
    CHECK(half.only("eeprom-record-invalid").where.at == range_of(page1 + 12, 4));
    CHECK(Bench().active_page(page1).put(page1 + 16, {7, 0, 3, 0}).scene().causes() == Ids{"eeprom-invalid-record"});
    const auto high = Bench().active_page(page1).put(page1 + 12, {7, 0, 0, 9}).scene();
    CHECK(high.causes() == Ids{"eeprom-invalid-record"});
    CHECK(high.only("eeprom-index-too-high").where.at == range_of(page1 + 12, 4));
    // Half a record in the page that is only being filled is part of the interrupted swap.
    CHECK(Bench().active_page(page1).put(page2, {0xEE, 0xEE, 0xFF, 0xFF, 1, 0x80, 0, 0}).scene().causes() == Ids{"eeprom-swap-interrupted"});
}

TEST_CASE("EEPROM: what a bad record hides is told by the installed code", "[eeprom][rules]") {
    const auto half = [](std::uint16_t version) { return Bench().active_page(page1).put(page1 + 12, {7, 0x80, 3, 0, 8, 0, 4, 0}).scene(version); };
    CHECK(half(8).only("eeprom-record-invalid").explain.find("passes over it") != std::string::npos);
    CHECK(half(1512).only("eeprom-record-invalid").explain.find("stops reading") != std::string::npos);
    const auto chain_of = [](const Scene& scene) {
        std::string chain;
        for (const auto& named : diagnose(scene.observations(), scene.findings()).causes)
            for (const auto& link : named.story.chain) chain += link.says;
        return chain;
    };
    CHECK(chain_of(half(1512)).find("stops reading") != std::string::npos);
    CHECK(chain_of(half(8)).find("stops reading") == std::string::npos);
    const auto high = Bench().active_page(page1).put(page1 + 12, {7, 0, 0, 9}).scene();
    CHECK(chain_of(high).find("stops reading") == std::string::npos);
}

TEST_CASE("EEPROM: a damaged page header", "[eeprom][rules]") {
    const auto spare = Bench().active_page(page1).put(page2, {0x12, 0x34, 0x56, 0x78}).scene();
    CHECK(spare.causes() == Ids{"eeprom-invalid-record"});
    CHECK(spare.only("eeprom-header-damaged").severity == Severity::Warning);
    CHECK(Bench().put(page1, {0x12, 0x34, 0x56, 0x78}).scene().only("eeprom-header-damaged").severity == Severity::Problem);
}

TEST_CASE("EEPROM: what the installed version would erase is told before the start", "[eeprom][rules]") {
    const auto both = Bench().active_page(page1).active_page(page2);
    CHECK(both.scene(8).causes() == Ids{"eeprom-will-be-formatted"});
    CHECK(both.scene(8).only("eeprom-will-be-formatted").severity == Severity::Problem);
    CHECK(both.scene(12).causes() == Ids{"eeprom-swap-interrupted"});
    const auto downgraded = Bench().active_page(page1).put(page2, {0, 0, 0xCC, 0xCC, 1, 0, 0, 0});
    CHECK(downgraded.scene(11).causes() == Ids{"eeprom-will-be-formatted"});
    CHECK(downgraded.scene(13).problems() == Ids{});
    const auto retired = Bench().put(page1, {0, 0, 0xCC, 0xCC, 1, 0, 0, 0});
    CHECK(retired.scene(109).causes() == Ids{"eeprom-will-be-formatted"});
    CHECK(retired.scene(8).problems() == Ids{});
    CHECK(Bench().put(page1, {0, 0, 0xCC, 0xCC}).scene(109).problems() == Ids{});  // nothing was stored
}

TEST_CASE("EEPROM: a swap that the old code finishes is no loss", "[eeprom][rules]") {
    const auto receiving = Bench().put(page2, {0xEE, 0xEE, 0xFF, 0xFF, 1, 0, 0, 0});
    const auto old = receiving.scene(8), later = receiving.scene(109);
    CHECK(old.causes() == Ids{"eeprom-swap-interrupted"});
    CHECK(old.only("eeprom-swap-unfinished").explain.find("nothing must be repaired") != std::string::npos);
    CHECK_FALSE(old.fires("eeprom-pages-lost"));
    CHECK(later.only("eeprom-pages-lost").severity == Severity::Problem);
    for (const auto* scene : {&old, &later}) {
        const auto findings = scene->findings();
        const auto diagnosis = diagnose(scene->observations(), findings);
        REQUIRE(diagnosis.causes.size() == 1);
        std::string told;
        for (const auto& link : diagnosis.causes[0].story.chain) told += link.says;
        CHECK((told.find("erases both") != std::string::npos) == (scene == &later));
    }
}

TEST_CASE("EEPROM: a damaged header is judged by the version too", "[eeprom][rules]") {
    const auto first_hit = Bench().put(page1, {0x12, 0x34, 0x56, 0x78}).active_page(page2);
    CHECK(first_hit.scene(8).only("eeprom-header-damaged").severity == Severity::Problem);
    CHECK(first_hit.scene(109).only("eeprom-header-damaged").severity == Severity::Warning);
    CHECK(first_hit.scene(109).only("eeprom-header-damaged").explain.find("harmless") != std::string::npos);
}
