// A table that is lost, and keys in each other's slot, on a device of a private server: what the dump still holds of that server is written back, and nothing
// sends the device elsewhere without its owner's word.
#include "catch.h"
#include "handshake/server_address.h"
#include "mend/repair.h"
#include "support/named_cause.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <algorithm>
#include <tuple>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr const char* own_server =
    "{ act = \"write\", field = \"server_public_key\", server = \"other\" }, "
    "{ act = \"write\", field = \"server_address\", domain = \"cloud.example.com\", port = 5683 }, ";

Bytes flash_of(const std::string& release, const std::string& server) {
    const auto sample = sample::make_sample(
        "title = \"A server of its own\"\ndevice = \"photon\"\nseed = 84\nlife = [{ act = \"install-release\", release = \"" + release +
            "\" }, { act = \"factory-table\", release = \"0.4.5\", version_string = \"2015-06-26\" }, " + "{ act = \"provision\" }, " + server +
            "{ act = \"write\", field = \"claimed\", hex = \"30\" }, " + "{ act = \"write\", field = \"claimed\", hex = \"31\" }]\n",
        "lost");
    REQUIRE(sample);
    return sample->file;
}

Analysis seen_in(const Bytes& file) {
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(file, "lost.bin", "", layout), layout);
}

/// A flash and the places of its table.
struct Flash {
    Bytes bytes;
    Facts facts;
    explicit Flash(Bytes file) : bytes(std::move(file)), facts(seen_in(bytes).facts) {}

    std::size_t copy_at(int number) const { return facts.dct.copy(number)->at.begin - facts.layout->flash.begin; }
    std::size_t field_at(std::string_view name, int number) const { return facts.dct.field_at(*facts.layout, name, number).begin - facts.layout->flash.begin; }
    int selected() const { return *facts.dct.selected; }
    void put(std::size_t at, const Bytes& what) { std::copy(what.begin(), what.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at)); }
    Bytes get(std::size_t at, std::size_t size) const {
        return {bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at + size)};
    }
    void fill(std::string_view field, std::size_t size, std::uint8_t value) {
        for (const int number : {1, 2}) put(field_at(field, number), Bytes(size, value));
    }
    void lose_headers() {
        for (const int number : {1, 2}) put(copy_at(number), Bytes(16, 0xFF));
    }
    void reseal(int number) {
        const auto sum = dct_crc(ByteView(bytes).subspan(copy_at(number), 0x4000));
        for (std::size_t i = 0; i < 4; ++i) bytes[copy_at(number) + 0x3FF8 + i] = static_cast<std::uint8_t>(sum >> (8 * i));
    }
    /// The server's key in the device's slot, and of the device's key so many bytes in the server's.
    void exchange(int number, std::size_t of_device_key) {
        const auto device = field_at("device_private_key", number), server = field_at("server_public_key", number);
        const auto key = get(device, of_device_key), public_key = get(server, 294);
        put(device, Bytes(612, 0xFF));
        put(device, public_key);
        put(server, key);
    }
};

constexpr std::size_t whole_key = 611;  // runs over the address, which begins at byte 384

bool makes(const Remedy& remedy, RemedyStep::Kind kind, Remedy::Role role) {
    return remedy.role == role && std::ranges::any_of(remedy.steps, [&](const RemedyStep& step) { return step.kind == kind; });
}

bool offers(const Analysis& analysis, RemedyStep::Kind kind, Remedy::Role role = Remedy::Role::Way) {
    return std::ranges::any_of(analysis.remedies,
                               [&](const auto& list) { return std::ranges::any_of(list, [&](const Remedy& remedy) { return makes(remedy, kind, role); }); });
}

bool writes(const RepairPlan& plan, std::string_view kind) {
    return std::ranges::any_of(
        plan.steps, [&](const RepairStep& step) { return std::ranges::any_of(step.sources, [&](const RepairSource& source) { return source.kind == kind; }); });
}

bool asks_whose(const RepairPlan& plan) {
    return std::ranges::any_of(plan.consents, [](const auto& consent) { return consent.word == repair_consent::other_server && !consent.given; });
}

/// The report offers that server first and Particle on the owner's word, and the plan puts both back as they were.
void check_own_server_back(const Bytes& damaged, const Bytes& whole) {
    const auto analysis = seen_in(damaged);
    CHECK(offers(analysis, RemedyStep::Kind::MakeOwnServerKey));
    CHECK_FALSE(offers(analysis, RemedyStep::Kind::MakeServerKey));
    CHECK(offers(analysis, RemedyStep::Kind::MakeServerKey, Remedy::Role::OtherWay));
    const auto repair = plan_repair(analysis, {});
    CHECK(writes(repair.plan, "server-key-in-dump"));
    CHECK_FALSE(writes(repair.plan, "published-server-key"));
    CHECK_FALSE(asks_whose(repair.plan));
    const auto flash = repair.target.everything();
    const auto after = seen_in({flash.begin(), flash.end()}), before = seen_in(whole);
    CHECK(after.keys.server.fingerprint == before.keys.server.fingerprint);
    CHECK(after.keys.address.host == before.keys.address.host);
    CHECK(after.keys.address.port == before.keys.address.port);
    CHECK(after.keys.device.public_fingerprint == before.keys.device.public_fingerprint);
}

/// Only a part of that server is left: nothing of it is written without its owner, and nothing of Particle's either.
void check_owner_is_asked(const Bytes& damaged) {
    const auto analysis = seen_in(damaged);
    CHECK_FALSE(offers(analysis, RemedyStep::Kind::MakeServerKey));
    CHECK(offers(analysis, RemedyStep::Kind::MakeServerKey, Remedy::Role::OtherWay));
    const auto plan = plan_repair(analysis, {}).plan;
    CHECK_FALSE(writes(plan, "published-server-key"));
    CHECK_FALSE(writes(plan, "server-key-in-dump"));
}

}  // namespace

TEST_CASE("what a lost table held of a private server is written back from its bodies", "[repair]") {
    const auto whole = flash_of("1.5.2", own_server);
    Flash lost(whole);
    lost.lose_headers();
    REQUIRE(seen_in(lost.bytes).facts.dct.would_reinitialize);
    check_own_server_back(lost.bytes, whole);
}

TEST_CASE("where only the key or only the address of a lost table's server is left, its owner is asked", "[repair]") {
    Flash no_key(flash_of("1.5.2", own_server)), no_address = no_key;
    no_key.fill("server_public_key", 294, 0);
    no_key.lose_headers();
    check_owner_is_asked(no_key.bytes);
    no_address.fill("server_address", 128, 0xFF);
    no_address.lose_headers();
    check_owner_is_asked(no_address.bytes);
}

TEST_CASE("a lost table of Particle's cloud, or last written for it, gets Particle's key and address", "[repair]") {
    Flash of_particle(flash_of("1.5.2", ""));
    of_particle.lose_headers();
    Flash sent_back(flash_of("1.5.2", own_server));
    sent_back.put(sent_back.field_at("server_public_key", sent_back.selected()), published_server_slot());
    sent_back.lose_headers();
    for (const auto& bytes : {of_particle.bytes, sent_back.bytes}) {
        const auto analysis = seen_in(bytes);
        CHECK(offers(analysis, RemedyStep::Kind::MakeServerKey));
        CHECK_FALSE(offers(analysis, RemedyStep::Kind::MakeOwnServerKey));
        const auto plan = plan_repair(analysis, {}).plan;
        CHECK(writes(plan, "published-server-key"));
        CHECK_FALSE(asks_whose(plan));
    }
}

TEST_CASE("after a reset of the table the private server of the older body is written back", "[repair]") {
    const auto whole = flash_of("0.6.3", own_server);
    Flash reset(whole);
    const auto body = reset.get(reset.copy_at(reset.selected()), 0x4000);
    reset.put(reset.copy_at(2), body);
    reset.put(reset.copy_at(2), Bytes(16, 0xFF));
    reset.put(reset.copy_at(1), Bytes(0x4000, 0xFF));
    reset.put(reset.copy_at(1), Bytes(388, 0));
    reset.put(reset.copy_at(1) + 8, {0, 1, 1, 0, 'B', 'R', 'C', 'M'});
    const auto analysis = seen_in(reset.bytes);
    REQUIRE_FALSE(analysis.diagnosis.causes.empty());
    CHECK(analysis.diagnosis.causes.front().cause->id == "dct-reset-to-default");
    check_own_server_back(reset.bytes, whole);
}

TEST_CASE("keys in each other's slot go back with the address of the device's own server", "[repair]") {
    const auto whole = flash_of("1.5.2", own_server);
    for (const std::size_t size : {std::size_t{384}, whole_key}) {
        Flash swapped(whole);
        swapped.exchange(swapped.selected(), size);
        swapped.reseal(swapped.selected());
        const auto analysis = seen_in(swapped.bytes);
        REQUIRE(analysis.keys.swapped);
        check_own_server_back(swapped.bytes, whole);
    }
    Flash nowhere(whole);
    for (const int number : {1, 2}) nowhere.exchange(number, whole_key);
    nowhere.reseal(nowhere.selected());
    REQUIRE(seen_in(nowhere.bytes).keys.swapped);
    check_owner_is_asked(nowhere.bytes);
}

TEST_CASE("Particle's key in the device's slot goes back to its own with Particle's address", "[repair]") {
    Flash swapped(flash_of("1.5.2", ""));
    swapped.exchange(swapped.selected(), whole_key);
    swapped.reseal(swapped.selected());
    const auto analysis = seen_in(swapped.bytes);
    REQUIRE(analysis.keys.swapped);
    CHECK(offers(analysis, RemedyStep::Kind::MakeServerKey));
    const auto plan = plan_repair(analysis, {}).plan;
    CHECK(writes(plan, "published-server-key"));
    CHECK_FALSE(asks_whose(plan));
}

TEST_CASE("what is left of another server's key, or of its name, is not taken for Particle's", "[repair]") {
    const auto named_address = [](const Analysis& analysis) { return cause_called(analysis, "server-address-invalid") != nullptr; };
    const Flash whole(flash_of("1.5.2", own_server));
    const auto damaged = [&](std::size_t from, std::size_t size, std::uint8_t value, const Bytes& address) {
        auto flash = whole;
        for (const int number : {1, 2}) {
            flash.put(flash.field_at("server_public_key", number) + from, Bytes(size, value));
            if (!address.empty()) flash.put(flash.field_at("server_address", number), address);
        }
        return seen_in(flash.bytes);
    };
    const auto text_of = [](std::string_view host) {
        Bytes address = {1, static_cast<std::uint8_t>(host.size())};
        address.insert(address.end(), host.begin(), host.end());
        address.push_back(0);
        return address;
    };
    const Bytes erased(128, 0xFF);
    for (const auto& [from, size, value] : {std::tuple(150u, 144u, 0xFFu), {100u, 64u, 0xFFu}, {150u, 144u, 0u}})
        for (const auto& address : {erased, text_of("my.ser~er.org"), text_of("::1")}) {
            INFO(from << " " << value << " " << address.size());
            const auto analysis = damaged(from, size, static_cast<std::uint8_t>(value), address);
            CHECK(analysis.keys.server.damaged_other);
            CHECK_FALSE(offers(analysis, RemedyStep::Kind::MakeServerKey));
            CHECK(offers(analysis, RemedyStep::Kind::MakeOwnServerKey));
            CHECK_FALSE(writes(plan_repair(analysis, {}).plan, "published-server-key"));
            CHECK((address == erased || named_address(analysis)));  // two faults, and a connection that fails has a cause
        }
    // Beside Particle's own address nobody's word but the owner's says whose the device is.
    const auto beside = damaged(150, 144, 0xFF, text_of("device.spark.io"));
    CHECK(asks_whose(plan_repair(beside, {}).plan));
    // Of Particle's key any piece shows whose it was.
    Flash of_particle(flash_of("1.5.2", ""));
    of_particle.put(of_particle.field_at("server_public_key", of_particle.selected()) + 150, Bytes(144, 0xFF));
    CHECK_FALSE(seen_in(of_particle.bytes).keys.server.damaged_other);
    CHECK_FALSE(asks_whose(plan_repair(seen_in(of_particle.bytes), {}).plan));
}

TEST_CASE("a name that is much like Particle's beside a whole key of another server was written so", "[keys]") {
    const auto server_at = [](const std::string& host) {
        return seen_in(
            flash_of("1.5.2", R"({ act = "write", field = "server_public_key", server = "other" }, { act = "write", field = "server_address", domain = ")" +
                                  host + R"(", port = 5683 }, )"));
    };
    for (const char* host : {"device.spark.io.lan", "device.spark.io.example.org", "my-device.spark.io.de"}) {
        INFO(host);
        const auto analysis = server_at(host);
        CHECK(analysis.diagnosis.causes.empty());
        CHECK_FALSE(analysis.handshake.fails());
    }
    CHECK(cause_called(server_at("device.spbrk.io"), "server-address-invalid"));  // as long as Particle's, one letter changed
}

TEST_CASE("another server's key in another form beside Particle's address is no cure", "[repair]") {
    Flash flash(flash_of("1.5.2", R"({ act = "write", field = "server_public_key", server = "other" }, )"));
    for (const int number : {1, 2}) {
        const auto at = flash.field_at("server_public_key", number);
        const auto spki = flash.get(at, 294);
        flash.put(at, Bytes(294, 0xFF));
        flash.put(at, Bytes(spki.begin() + 24, spki.end()));  // the PKCS#1 key inside
        flash.put(flash.field_at("server_address", number), Bytes{1, 15, 'd', 'e', 'v', 'i', 'c', 'e', '.', 's', 'p', 'a', 'r', 'k', '.', 'i', 'o', 0});
    }
    const auto analysis = seen_in(flash.bytes);
    REQUIRE(cause_called(analysis, "server-key-wrong-type"));
    CHECK(offers(analysis, RemedyStep::Kind::MakeServerKey));
    CHECK_FALSE(offers(analysis, RemedyStep::Kind::MakeOwnServerKey));
    CHECK(asks_whose(plan_repair(analysis, {}).plan));
}
