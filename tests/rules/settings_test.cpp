// Settings that keep a device offline or change what its light means: each rule both ways, and what the handshake makes of a fixed address.
#include "handshake/handshake.h"
#include "handshake/key_owner.h"
#include "rules/rule.h"
#include "support/scene.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::uint32_t device = 0xC0A80164, gateway = 0xC0A80101, mask = 0xFFFFFF00;

void put_word(Bytes& bytes, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// A field of fixed addresses as the firmware stores it.
StaticIp fixed(std::uint32_t address, std::uint32_t netmask, std::uint32_t way_out, std::uint8_t mode = 1, const InstalledSystem& system = {},
               std::uint32_t names = 0x08080808) {
    const auto& layout = *builtin_layout("photon");
    Bytes flash(layout.flash.size(), 0xFF);
    TablePair pair = factory_table();
    Image image(std::move(flash), layout.flash.begin);
    for (const int copy : {1, 2}) image.put(layout.dct.copies[static_cast<std::size_t>(copy) - 1].begin, pair[copy]);
    const auto dct = read_dct(image, layout, DctGeneration::G5);
    Bytes field = {mode, 0xFF, 0xFF, 0xFF};
    for (const auto word : {address, netmask, way_out, names, 0xFFFFFFFFu}) put_word(field, word);
    image.put(dct.field_at(layout, "ip_config").begin, field);
    return read_settings(image, layout, dct, system).ip;
}

struct SettingsWorld {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;
    SettingsWorld() { facts.layout = builtin_layout("photon"); }
    bool fires(std::string_view id) const { return run_rule(*find_rule(id), {facts, keys, handshake, boot}).has(id); }
};

}  // namespace

TEST_CASE("a fixed address is measured by arithmetic", "[settings]") {
    CHECK_FALSE(fixed(device, mask, gateway).reaches_no_gateway());
    CHECK(fixed(device, mask, gateway).on);
    CHECK(fixed(device, mask, 0xC0A80B01).gateway_outside);
    CHECK_FALSE(fixed(device, 0xFFFF0000, 0xC0A80B01).reaches_no_gateway());
    CHECK(fixed(device, mask, 0).no_gateway);
    CHECK(fixed(device, mask, 0xFFFFFFFF).no_gateway);
    CHECK(fixed(device, mask, 0xC0A801FF).no_gateway);
    CHECK(fixed(0xC0A801FF, mask, gateway).no_address);
    CHECK_FALSE(fixed(device, 0xFFFF0000, 0xC0A801FF).reaches_no_gateway());  // of a larger network it is one like others
    CHECK(fixed(device, mask, device).gateway_is_device);
    CHECK(fixed(0, 0, 0).no_address);
    CHECK(fixed(0x7F000001, mask, gateway).no_address);
    // A mask with gaps is one to the firmware, which only compares bits.
    CHECK(fixed(device, 0xFF00FF00, gateway).mask_has_gaps);
    CHECK_FALSE(fixed(device, 0xFF00FF00, gateway).reaches_no_gateway());
    CHECK(fixed(device, 0xFF00FF00, 0xC0A80B01).gateway_outside);
    CHECK_FALSE(fixed(device, mask, gateway).mask_has_gaps);
    CHECK(fixed(device, 0, gateway).all_are_neighbours);
    for (const std::uint32_t no_room : {0u, 0xFFFFFFFEu, 0xFFFFFFFFu}) {
        CHECK(fixed(device, no_room, gateway).no_mask);
        CHECK_FALSE(fixed(device, no_room, gateway).surely_reaches_no_gateway());
    }
    // The network's own address is nobody's, which no arithmetic proves.
    CHECK(fixed(0xC0A80100, mask, gateway).is_network);
    CHECK(fixed(device, mask, 0xC0A80100).gateway_is_network);
    CHECK_FALSE(fixed(device, mask, 0xC0A80100).surely_reaches_no_gateway());
    CHECK_FALSE(fixed(0xC0A80100, 0xFFFF0000, 0xC0A80001).reaches_no_gateway());
    CHECK(fixed(device, mask, 0).surely_reaches_no_gateway());
    for (const std::uint8_t dhcp : Bytes{0x00, 0xFF, 0x02}) CHECK_FALSE(fixed(device, mask, 0, dhcp).on);
    CHECK(fixed(device, mask, 0).in_subnet(0xC0A80177));
    CHECK_FALSE(fixed(device, mask, 0).in_subnet(0xC0A80277));
    CHECK_FALSE(fixed(device, mask, 0).asks_neighbour_for_names);
}

TEST_CASE("each setting has its rule, and an untouched table none", "[settings][rules]") {
    const SettingsWorld plain;
    for (const auto& rule : setting_rules()) CHECK_FALSE(plain.fires(rule.id));
    SettingsWorld world;
    world.facts.settings.ip = fixed(device, mask, 0xC0A80B01);
    CHECK(world.fires("static-address-unreachable"));
    CHECK_FALSE(world.fires("static-address-set"));
    world.facts.settings.ip = fixed(device, mask, gateway);
    CHECK_FALSE(world.fires("static-address-unreachable"));
    CHECK(world.fires("static-address-set"));
    // Without a way out it reaches a server in its own network.
    world.facts.settings.ip = fixed(device, mask, 0);
    world.keys.address = {.kind = ServerAddress::Kind::Ip, .host = "192.168.1.9"};
    CHECK_FALSE(world.fires("static-address-unreachable"));
    CHECK(world.fires("static-address-set"));
    world.keys.address.host = "192.168.2.9";
    CHECK(world.fires("static-address-unreachable"));
    CHECK_FALSE(world.fires("static-address-set"));
    // A name leads to a neighbour only where one is asked for it, and Particle's never does.
    world.keys.address = {.kind = ServerAddress::Kind::Domain, .host = "server.example"};
    CHECK(world.fires("static-address-unreachable"));
    world.facts.settings.ip.asks_neighbour_for_names = true;
    CHECK_FALSE(world.fires("static-address-unreachable"));
    world.keys.address.of_particle = true;
    CHECK(world.fires("static-address-unreachable"));
    world.keys.address = {};
    // Systems before 0.4.5 read nothing there.
    world.facts.settings.ip = fixed(device, mask, 0, 1, {.system_version = *system_version_of_release("0.4.4")});
    for (const auto* id : {"static-address-unreachable", "static-address-set"}) CHECK_FALSE(world.fires(id));
    world.facts.settings.ip = fixed(device, mask, 0, 1, {.system_version = *system_version_of_release("0.4.5")});
    CHECK(world.fires("static-address-unreachable"));
    const Range somewhere = range_of(0x08005D7C, 4);
    world.facts.settings.led_theme = world.facts.settings.antenna = world.facts.settings.claim_waiting = somewhere;
    world.facts.settings.antenna_choice = 1;
    for (const auto* id : {"led-theme-set", "antenna-chosen", "claim-code-waiting"}) CHECK(world.fires(id));
    world.facts.settings.feature_flags = somewhere;
    world.facts.settings.feature_flags_value = 0xFFFFFFFE;  // bit 0 is known
    CHECK_FALSE(world.fires("feature-flags-odd"));
    world.facts.settings.feature_flags_value = 0xFFFFFF0A;  // a line feed is told with the update flag in front of it
    CHECK_FALSE(world.fires("feature-flags-odd"));
    world.facts.settings.feature_flags_value = 0xFFFFFF0B;
    CHECK(world.fires("feature-flags-odd"));
}

TEST_CASE("a device that knows its server by a name needs somebody who tells its address", "[settings][rules]") {
    SettingsWorld world;
    world.keys.address = {.kind = ServerAddress::Kind::Domain, .host = "device.spark.io"};
    const auto asks = [&](std::uint32_t server) {
        world.facts.settings.ip = fixed(device, mask, gateway, 1, {}, server);
        CHECK(world.fires("static-address-no-names") != world.fires("static-address-set"));
        return world.fires("static-address-no-names");
    };
    for (const std::uint32_t nobody : {0u, 0xFFFFFFFFu, 0x7F000001u, 0xE0000001u, device, 0xC0A801FFu, 0xC0A80100u}) CHECK(asks(nobody));
    for (const std::uint32_t somebody : {0x08080808u, gateway, 0x0A000001u}) CHECK_FALSE(asks(somebody));
    world.keys.address = {.kind = ServerAddress::Kind::Ip, .host = "10.0.0.9"};
    CHECK_FALSE(asks(0));
}

TEST_CASE("the id in the table is compared with what the chip said", "[settings][rules]") {
    SettingsWorld world;
    world.facts.device_id = "3b0021001747353236343033";
    CHECK_FALSE(world.fires("table-id-not-the-chips"));
    world.facts.chip_id = "3b0021001747353236343033";
    CHECK_FALSE(world.fires("table-id-not-the-chips"));
    world.facts.chip_id = "410033000f47353138383138";
    CHECK(world.fires("table-id-not-the-chips"));
    CHECK(table_is_copied(world.facts));
    world.facts.chip_id = "3b0021001747353236343031";  // one bit: damage, or a chip beside it
    CHECK(world.fires("table-id-not-the-chips"));
    CHECK_FALSE(table_is_copied(world.facts));
}
