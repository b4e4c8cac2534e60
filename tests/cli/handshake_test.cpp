// `photopsy handshake`: raw slots and dumps, the contract's object, exit statuses, refusals.
#include "handshake/ec_key.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/rsa_key.h"
#include "handshake/server_address.h"
#include "support/key_folder.h"
#include "support/story.h"

#include "catch.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

struct Slots {
    KeyFolder folder{"handshake"};
    std::string device = folder.put("device.bin", device_slot_of(first_key()));
    std::string server = folder.put("server.bin", published_server_slot());

    Spoken ask(const std::string& release, std::vector<std::string> more = {}) const {
        std::vector<std::string> words = {"handshake", "--device-slot", device, "--server-slot", server, "--device-os", release, "--format", "json"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
};

std::set<std::string> names_of(const json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items()) names.insert(name);
    return names;
}

const test::Story& story(const std::string& name) {
    for (const auto& found : stories())
        if (found.name == name) return found;
    FAIL("no such story");
    return stories().front();
}

}  // namespace

TEST_CASE("the handshake of raw slots is the contract's object", "[cli][handshake]") {
    const Slots slots;
    const auto good = slots.ask("1.2.1");
    CHECK(good.status == 0);
    CHECK(good.err.empty());
    const auto object = json::parse(good.out);
    CHECK(names_of(object) == std::set<std::string>{"schema", "server_key_source", "predictions"});
    CHECK(object["server_key_source"] == "published");
    REQUIRE(object["predictions"].size() == 2);
    CHECK(object["predictions"][0]["server_policy"] == "compares-presented-key");
    CHECK(object["predictions"][1]["server_policy"] == "uses-stored-key");
    for (const auto& row : object["predictions"]) {
        CHECK(names_of(row) == std::set<std::string>{"server_policy", "step", "code", "led"});
        CHECK(row["step"] == "done");
        CHECK(row["code"] == 0);
        CHECK_FALSE(row["led"].get<std::string>().empty());
    }
}

TEST_CASE("the handshake says step and code of the release asked for, and exits 1 where it fails", "[cli][handshake]") {
    Slots slots;
    Bytes broken = device_slot_of(first_key());
    broken[300] ^= 0x10;  // in p
    slots.folder.put("device.bin", broken);
    for (const auto& [release, code] : std::vector<std::pair<std::string, int>>{{"0.4.7", 1}, {"0.6.2", 6}, {"0.7.0", 6}, {"1.0.1", 6}, {"2.3.1", 6}}) {
        const auto said = slots.ask(release);
        INFO(release << " " << said.err);
        CHECK(said.status == 1);
        const auto object = json::parse(said.out);
        for (const auto& row : object["predictions"]) {
            CHECK(row["step"] == "rsa_decrypt");
            CHECK(row["code"] == code);
        }
    }
}

TEST_CASE("what cloud and server hold can be told to the handshake", "[cli][handshake]") {
    const Slots slots;
    const auto other = slots.folder.put("other.pub.pem", public_pem(second_key()));
    const auto same = slots.folder.put("same.pub.der", device_spki(first_key().n.bytes(128)));
    const auto refused = slots.ask("2.3.1", {"--registered-public-key", other});
    CHECK(refused.status == 1);
    CHECK(json::parse(refused.out)["predictions"][0]["step"] == "recv_384");
    CHECK(json::parse(refused.out)["predictions"][0]["code"] == 26);
    CHECK(json::parse(refused.out)["predictions"][1]["step"] == "rsa_decrypt");
    CHECK(slots.ask("2.3.1", {"--registered-public-key", same}).status == 0);

    auto modulus = std::vector<std::uint8_t>(256, 0xC5);
    const auto stranger = slots.folder.put("stranger.pub.der", server_spki(modulus));
    const auto wrong = slots.ask("1.2.1", {"--server-public-key", stranger});
    CHECK(wrong.status == 1);
    CHECK(json::parse(wrong.out)["server_key_source"] == "given");
    const auto wrong_object = json::parse(wrong.out);
    for (const auto& row : wrong_object["predictions"]) CHECK(row["step"] == "recv_384");

    const auto published = slots.folder.file("server-key.der");
    REQUIRE(run({"keys", "server", "-o", published}).status == 0);
    const auto with_address = slots.ask("1.2.1", {"--server-public-key", published});
    CHECK(json::parse(with_address.out)["server_key_source"] == "given");
    auto cut = published_server_slot();
    cut.resize(290);  // the key itself is not whole
    CHECK(slots.ask("1.2.1", {"--server-public-key", slots.folder.put("cut.der", cut)}).status == 2);
}

TEST_CASE("the ladder in words shows each step", "[cli][handshake]") {
    const Slots slots;
    const auto said = run({"handshake", "--device-slot", slots.device, "--server-slot", slots.server, "--device-os", "1.2.1"});
    CHECK(said.status == 0);
    for (const auto* step : {"connect", "recv_nonce", "rsa_encrypt", "recv_384", "rsa_decrypt", "send_hello", "done", "\u2713"}) CHECK(has(said.out, step));
    CHECK_FALSE(has(said.out, "\u2717"));
    CHECK_FALSE(tells_secret(said.out, first_key()));
    auto broken = device_slot_of(first_key());
    broken[300] ^= 0x10;
    const auto failing = run({"handshake", "--device-slot", slots.folder.put("broken.bin", broken), "--server-slot", slots.server, "--device-os", "1.2.1"});
    CHECK(failing.status == 1);
    CHECK(has(failing.out, "\u2717"));
    Terminal plain;
    plain.utf8 = false;
    const auto ascii = run({"handshake", "--device-slot", slots.device, "--server-slot", slots.server, "--device-os", "1.2.1"}, plain);
    CHECK(std::all_of(ascii.out.begin(), ascii.out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST_CASE("the handshake of a dump", "[cli][handshake]") {
    const KeyFolder folder("handshake-dump");
    const auto healthy = run({"handshake", folder.put("good.bin", story("healthy-1.5.2").sample.file), "--format", "json"});
    CHECK(healthy.status == 0);
    CHECK(json::parse(healthy.out)["predictions"][0]["step"] == "done");
    const auto damaged = run({"handshake", folder.put("bad.bin", story("damaged-crt-part").sample.file), "--format", "json"});
    CHECK(damaged.status == 1);
    CHECK(json::parse(damaged.out)["predictions"][0]["step"] == "rsa_decrypt");
    const auto other = folder.put("other.pub.pem", public_pem(second_key()));
    const auto refused = run({"handshake", folder.file("good.bin"), "--registered-public-key", other, "--format", "json"});
    CHECK(refused.status == 1);
    CHECK(json::parse(refused.out)["predictions"][0]["step"] == "recv_384");
    const auto out = folder.file("ladder.json");
    CHECK(run({"handshake", folder.file("good.bin"), "--format", "json", "-o", out}).out.empty());
    CHECK(json::parse(folder.get("ladder.json")) == json::parse(healthy.out));
    const auto again = run({"handshake", folder.file("bad.bin"), "--format", "json", "-o", out});
    CHECK(again.status == 2);
    CHECK(one_sentence(again.err));
    CHECK(json::parse(folder.get("ladder.json")) == json::parse(healthy.out));
}

TEST_CASE("a key that was given and can be none of this device's is refused", "[cli][handshake]") {
    const Slots slots;
    const auto dump = slots.folder.put("good.bin", story("healthy-1.5.2").sample.file);
    const auto rsa1024 = slots.folder.put("rsa1024.der", device_spki(second_key().n.bytes(128)));
    const auto rsa2048 = slots.folder.put("rsa2048.der", Bytes(published_server_key().begin(), published_server_key().end()));
    const auto ec = slots.folder.put("ec.der", Bytes(published_ec_server_key().begin(), published_ec_server_key().end()));
    for (const auto& [option, file] :
         {std::pair{"--server-public-key", rsa1024}, {"--server-public-key", ec}, {"--registered-public-key", rsa2048}, {"--registered-public-key", ec}}) {
        INFO(option << " " << file);
        CHECK(slots.ask("1.2.1", {option, file}).status == 2);
        for (const char* command : {"handshake", "analyze"}) {
            const auto said = run({command, dump, option, file});
            CHECK(said.status == 2);
            CHECK(one_sentence(said.err));
            CHECK(has(said.err, file + " holds "));
            CHECK(said.out.empty());
        }
    }
    CHECK(run({"analyze", dump, "--server-public-key", rsa2048}).status == 0);
}

TEST_CASE("slots that are none are refused in one sentence", "[cli][handshake]") {
    const Slots slots;
    const auto& folder = slots.folder;
    const auto slot = device_slot_of(first_key());
    const auto short_slot = folder.put("short.bin", Bytes(slot.begin(), slot.begin() + 100));
    const auto long_slot = folder.put("long.bin", Bytes(5000, 0x30));
    const auto private_pem = folder.put("private.pem", to_pem(encode_for_device(first_key()), "RSA PRIVATE KEY"));
    const std::vector<std::vector<std::string>> wrong = {
        {"--device-slot", short_slot, "--server-slot", slots.server, "--device-os", "1.2.1"},
        {"--device-slot", long_slot, "--server-slot", slots.server, "--device-os", "1.2.1"},
        {"--device-slot", slots.device, "--server-slot", short_slot, "--device-os", "1.2.1"},
        {"--device-slot", slots.device, "--server-slot", long_slot, "--device-os", "1.2.1"},
        {"--device-slot", slots.device, "--server-slot", slots.server},
        {"--device-slot", slots.device, "--server-slot", slots.server, "--device-os", "latest"},
        {"--device-slot", slots.device, "--device-os", "1.2.1"},
        {"--device-slot", slots.device, "--server-slot", slots.server, "--device-os", "1.2.1", "--format", "xml"},
        {"--device-slot", slots.device, "--server-slot", slots.server, "--device-os", "1.2.1", "--registered-public-key", private_pem},
        {"--device-slot", slots.device, "--server-slot", slots.server, "--device-os", "1.2.1", "--server-public-key", slots.device},
        {"--device-slot", folder.file("absent.bin"), "--server-slot", slots.server, "--device-os", "1.2.1"},
        {slots.device, "--device-slot", slots.device, "--server-slot", slots.server, "--device-os", "1.2.1"},
        {slots.device},
        {}};
    for (auto words : wrong) {
        words.insert(words.begin(), "handshake");
        const auto said = run(words);
        INFO(words.back() << " -> " << said.err);
        CHECK(said.status == 2);
        CHECK(said.out.empty());
        CHECK(one_sentence(said.err));
        CHECK_FALSE(tells_secret(said.err, first_key()));
    }
}
