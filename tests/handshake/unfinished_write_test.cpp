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
