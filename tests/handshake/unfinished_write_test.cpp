// A table whose write was cut off is no table from before, and a damaged cache is no other key.
#include "catch.h"
#include "photopsy.h"
#include "support/sample/sample.h"
#include "support/shared.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

Bytes flash_after(const std::string& release, const std::string& more) {
    const auto sample = sample::make_sample("title = \"A write\"\ndevice = \"photon\"\nseed = 80\nlife = [{ act = \"install-release\", release = \"" + release +
                                                "\" }, { act = \"factory-table\", release = \"0.4.5\", version_string = \"2015-06-26\" }, "
                                                "{ act = \"provision\" }, { act = \"write\", field = \"device_public_key\", key = 1, form = \"public\" }, " +
                                                more + "]\n",
                                            "write");
    REQUIRE(sample);
    return sample->file;
}

KeyFacts keys_of_flash(const Bytes& file) {
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(file, "write.bin", "", layout), layout).keys;
}

std::string new_key_write(const std::string& cut) { return std::string("{ act = \"write\", field = \"device_private_key\", key = 2") + cut + " }"; }

}  // namespace

TEST_CASE("the unfinished write of a newer key makes the key in use no new one", "[handshake][keys]") {
    for (const char* release : {"0.7.0", "1.5.2"})
        for (const char* step : {"\"body\", after_bytes = 9000", "\"header\"", "\"trailer\"", "\"trailer\", after_bytes = 8"}) {
            INFO(release << " " << step);
            const auto keys = keys_of_flash(flash_after(release, new_key_write(std::string(", power_lost_in = ") + step)));
            CHECK(keys.cache.state == PublicKeyCache::State::Matches);
            CHECK_FALSE(keys.regenerated);
            CHECK(keys.recoveries.empty());
        }
    const auto old = keys_of_flash(flash_after("0.6.3", new_key_write(", power_lost_in = \"erase-old\"")));
    CHECK((old.cache.state != PublicKeyCache::State::Matches || !old.regenerated));
    CHECK(keys_of_flash(flash_after("1.5.2", new_key_write(""))).regenerated);
}

TEST_CASE("a few wrong bytes in the public-key cache are damage; another whole key there is another key", "[handshake][keys]") {
    auto file = flash_after("1.5.2", "{ act = \"write\", field = \"claimed\", hex = \"30\" }");
    const auto whole = keys_of_flash(file);
    REQUIRE(whole.cache.state == PublicKeyCache::State::Matches);
    file[whole.cache.at.begin - builtin_layout("photon")->flash.begin + 60] ^= 4;
    CHECK(keys_of_flash(file).cache.state == PublicKeyCache::State::Garbage);
    const auto other = flash_after("1.5.2", "{ act = \"write\", field = \"device_public_key\", key = 2, form = \"public\" }");
    CHECK(keys_of_flash(other).cache.state == PublicKeyCache::State::BelongsToOtherKey);
}

TEST_CASE("a key that was replaced in a table that was never lost is most likely the one on record", "[handshake][keys]") {
    auto file = flash_after("1.5.2", new_key_write(""));  // the copies are written by turns: the older one still holds the first key
    const auto fresh = keys_of_flash(file);
    CHECK(fresh.regenerated);
    CHECK(fresh.history.find("somebody wrote this one") != std::string::npos);  // where the copy from before holds a whole key
    const auto& layout = *builtin_layout("photon");
    const auto analysis = analyze(recognize(file, "write.bin", "", layout), layout);
    REQUIRE(analysis.facts.dct.other());
    const auto at = [&](std::string_view name, int number) { return analysis.facts.dct.field_at(layout, name, number).begin - layout.flash.begin; };
    const auto now = analysis.facts.dct.current()->number, older = analysis.facts.dct.other()->number;
    const auto spki = analysis.keys.device.public_spki;
    std::copy(spki.begin(), spki.end(), file.begin() + static_cast<std::ptrdiff_t>(at("device_public_key", now)));
    const auto after_start = keys_of_flash(file);
    REQUIRE(after_start.cache.state == PublicKeyCache::State::Matches);
    REQUIRE(after_start.regenerated);
    CHECK(after_start.history.find("never lost") != std::string::npos);
    // Not of a device that was never claimed, nor of a cache that still names the first key.
    auto unclaimed = file;
    unclaimed[at("claimed", now)] = 0xFF;
    CHECK(keys_of_flash(unclaimed).history.find("never lost") == std::string::npos);
    // Without the factory's version string the older copy must have been claimed as well.
    auto bare = file;
    std::fill_n(bare.begin() + static_cast<std::ptrdiff_t>(at("version_string", now)), 32, std::uint8_t{0xFF});
    CHECK(keys_of_flash(bare).history.find("never lost") != std::string::npos);
    bare[at("claimed", older)] = 0xFF;
    CHECK(keys_of_flash(bare).history.find("never lost") == std::string::npos);
}

TEST_CASE("the beginning of one key and the end of another are two keys in one slot, and no failing cell", "[handshake][keys]") {
    const auto& layout = *builtin_layout("photon");
    const auto first = flash_after("1.5.2", "{ act = \"write\", field = \"claimed\", hex = \"30\" }"), second = flash_after("1.5.2", new_key_write(""));
    const auto old_slot = keys_of_flash(first).device.at, new_slot = keys_of_flash(second).device.at;
    const auto spliced = [&](std::size_t bytes) {
        auto file = first;
        std::copy_n(second.begin() + static_cast<std::ptrdiff_t>(new_slot.begin - layout.flash.begin), bytes,
                    file.begin() + static_cast<std::ptrdiff_t>(old_slot.begin - layout.flash.begin));
        return analyze(recognize(file, "write.bin", "", layout), layout);
    };
    for (const std::size_t bytes : {500u, 540u, 570u}) {
        INFO(bytes);
        const auto analysis = spliced(bytes);
        CHECK(analysis.keys.device.what == DeviceKeyClass::Mixed);
        CHECK(analysis.keys.device.of_two_parts);
        CHECK(analysis.keys.device.method == "from p and q");
        REQUIRE(!analysis.diagnosis.causes.empty());
        CHECK(analysis.diagnosis.causes.front().cause->id == "private-key-mixed");
        CHECK(analysis.diagnosis.causes.front().story.confidence == Confidence::Likely);
        // The cache still names the older key: that one is taken to be on record, and the slot presents the newer one.
        REQUIRE(analysis.handshake.predictions.size() == 2);
        CHECK(analysis.handshake.predictions[0].step == Step::Recv384);
        CHECK(analysis.handshake.predictions[1].step == Step::RsaDecrypt);
    }
    auto bits = first;
    for (const Address at : {480u, 520u, 560u}) bits[old_slot.begin - layout.flash.begin + at] ^= 0x5A;
    const auto flipped = keys_of_flash(bits);
    CHECK(flipped.device.what == DeviceKeyClass::BitFlip);
    CHECK_FALSE(flipped.device.of_two_parts);
}

TEST_CASE("a key over another is laid to the release that writes in place, or to an older one", "[keys][diagnosis]") {
    for (const auto& [release, says] :
         {std::pair{"0.6.3", "writes a new key over the old one in place before"}, {"1.5.2", "The installed release writes a key to erased flash only"}}) {
        const auto sample =
            sample::make_sample("title = \"Two\"\ndevice = \"photon\"\nseed = 81\nlife = [{ act = \"install-release\", release = \"" + std::string(release) +
                                    "\" }, { act = \"factory-table\", release = \"0.4.5\", version_string = \"2015-06-26\" }, { act = \"provision\" }]\n"
                                    "damage = [{ act = \"and\", at = \"dct.device_private_key\", key = 2 }]\n",
                                "two");
        REQUIRE(sample);
        const auto& layout = *builtin_layout("photon");
        const auto analysis = analyze(recognize(sample->file, "two.bin", "", layout), layout);
        CHECK(analysis.keys.device.what == DeviceKeyClass::Mixed);
        CHECK_FALSE(analysis.keys.device.of_two_parts);
        std::string told;
        for (const auto& named : analysis.diagnosis.causes)
            if (named.cause->id == "private-key-mixed")
                for (const auto& link : named.story.chain) told += link.says;
        CHECK(told.find(says) != std::string::npos);
    }
}
