// What a handshake ends at is told under the cause that makes it end there, and under no other.
#include "photopsy.h"

#include "catch.h"
#include "support/sample/sample.h"

#include <algorithm>

using namespace photopsy;

namespace {

Analysis photon_with(const std::string& writes) {
    const auto sample = sample::make_sample(
        "title = \"A handshake\"\ndevice = \"photon\"\nseed = 85\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
        "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"2019-11-05\" }, { act = \"provision\" }" +
            writes + "]\n",
        "links");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "links.bin", "", layout), layout);
}

/// Whether the chain of this cause tells how the handshake ends.
bool tells_end(const Analysis& analysis, std::string_view cause) {
    for (const auto& named : analysis.diagnosis.causes)
        if (named.cause->id == cause)
            return std::any_of(named.story.chain.begin(), named.story.chain.end(), [](const ChainLink& link) {
                return link.says.find("The handshake then") != std::string::npos || link.says.find("What happens then depends") != std::string::npos;
            });
    FAIL("no cause " << cause);
    return false;
}

const std::string erased_device_key = ", { act = \"write\", field = \"device_private_key\", fill = 0xFF }";
const std::string zero_device_key = ", { act = \"write\", field = \"device_private_key\", fill = 0 }";
const std::string other_server_key = ", { act = \"write\", field = \"server_public_key\", server = \"other\" }";

}  // namespace

TEST_CASE("an end at the server's key is no end of the device's own key", "[diagnosis]") {
    for (const auto& [write, cause] : {std::pair{erased_device_key, "private-key-erased"}, {zero_device_key, "private-key-zeroed"}}) {
        CHECK(tells_end(photon_with(write), cause));
        const auto both = photon_with(write + other_server_key);
        CHECK_FALSE(tells_end(both, cause));
        CHECK(tells_end(both, "server-key-of-other-server"));
    }
    CHECK(tells_end(photon_with(other_server_key), "server-key-of-other-server"));
}
