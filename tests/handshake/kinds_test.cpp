// What is open of a handshake, and what is not: a device without a key yet, and addresses that nobody knows.
#include "catch.h"
#include "photopsy.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis of_life(const std::string& device, const std::string& life, const std::string& damage = "") {
    const auto sample =
        sample::make_sample(fmt::format("title = \"a device\"\ndevice = \"{}\"\nseed = 412\nlife = [{}]\ndamage = [{}]\n", device, life, damage), "kinds");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = *builtin_layout(device);
    return analyze(recognize(sample->file, "kinds.bin", "", layout), layout);
}

const std::string unprovisioned =
    R"({ act = "install-release", release = "1.5.2" }, { act = "factory-table", release = "1.4.0", version_string = "2019-11-05" })";
const std::string unprovisioned_electron = R"({ act = "install-release", release = "2.3.1" }, { act = "factory-table", release = "2.3.1" })";
const std::string in_use = unprovisioned + R"(, { act = "provision" })";

void check_ends(const Analysis& analysis, Step step) {
    REQUIRE(analysis.keys.device.what == DeviceKeyClass::NeverGenerated);
    CHECK(analysis.diagnosis.outcome == Outcome::CloudFails);
    REQUIRE(analysis.handshake.predictions.size() == 2);
    for (const auto& row : analysis.handshake.predictions) CHECK(row.step == step);
}

void check_open(const Analysis& analysis) {
    REQUIRE(analysis.keys.device.what == DeviceKeyClass::NeverGenerated);
    CHECK(analysis.handshake.unknown.find("no key yet") != std::string::npos);
    CHECK(analysis.handshake.predictions.empty());
    CHECK(analysis.diagnosis.outcome != Outcome::CloudFails);
}

}  // namespace

TEST_CASE("a device that has no key yet fails by a wrong server key or address all the same", "[handshake]") {
    check_open(of_life("photon", unprovisioned));
    CHECK(of_life("photon", unprovisioned).diagnosis.outcome == Outcome::Healthy);
    check_ends(of_life("photon", unprovisioned, R"({ act = "flip", at = "dct.server_public_key+100", bit = 3 })"), Step::Recv384);
    check_ends(of_life("photon", unprovisioned, R"({ act = "flip", at = "dct.server_public_key+288", bit = 0 })"), Step::RsaEncrypt);
    check_ends(of_life("photon", unprovisioned + R"(, { act = "write", field = "server_address", hex = "00047f000001" })"), Step::Connect);
    check_ends(of_life("photon", unprovisioned + R"(, { act = "write", field = "ip_config", hex = "01ffffff6401a8c000ffffff010ba8c0010ba8c0ffffffff" })"),
               Step::Connect);
    // Of a server of its owner's, whose key stands in the slot, nothing is known to be wrong.
    check_open(of_life("photon", unprovisioned + R"(, { act = "write", field = "server_public_key", server = "other" }, )"
                                                 R"({ act = "write", field = "server_address", domain = "cloud.example.org" })"));
}

TEST_CASE("a device without a key yet fails over UDP by a wrong server key all the same", "[handshake][dtls]") {
    check_open(of_life("electron", unprovisioned_electron));
    check_ends(of_life("electron", unprovisioned_electron + R"(, { act = "write", field = "alt_server_public_key", fill = 0, length = 91 })"),
               Step::DtlsServerKey);
    check_ends(of_life("electron", unprovisioned_electron + R"(, { act = "write", field = "alt_server_public_key", server = "other" })"),
               Step::DtlsVerifyServer);
}

TEST_CASE("under another of Particle's names no success is promised, and a failure stays one", "[handshake]") {
    const auto at = [](const std::string& address, const std::string& damage = "") {
        return of_life("photon", in_use + R"(, { act = "write", field = "server_address", )" + address + " }", damage).handshake;
    };
    CHECK(at(R"(domain = "device.spark.io")").unknown.empty());
    CHECK(at(R"(domain = "device.spark.io")").predictions.size() == 2);
    const auto open = at(R"(domain = "api.particle.io")");
    CHECK(open.unknown.find("whether a cloud for them answers there") != std::string::npos);
    CHECK(open.predictions.empty());
    const auto fails = at(R"(domain = "api.particle.io")", R"({ act = "flip", at = "dct.server_public_key+100", bit = 3 })");
    CHECK(fails.unknown.empty());
    CHECK(fails.fails());
}

TEST_CASE("a server's name with a dot at its end is the same name, and whether it is found is left open", "[handshake][dtls]") {
    const auto named = [](const std::string& device, const std::string& life, const std::string& field, const std::string& name,
                          const std::string& damage = "") {
        return of_life(device, life + R"(, { act = "write", field = ")" + field + R"(", domain = ")" + name + "\" }", damage);
    };
    const std::string electron_in_use = unprovisioned_electron + R"(, { act = "provision" })";
    for (const auto& analysis : {named("photon", in_use, "server_address", "device.spark.io."), named("photon", in_use, "server_address", "Device.Spark.IO."),
                                 named("electron", electron_in_use, "alt_server_address", "$id.udp.particle.io.")}) {
        CHECK(analysis.keys.address.particle);
        CHECK_FALSE(analysis.keys.address.damaged);
        CHECK(analysis.handshake.unknown.find("dot at its end") != std::string::npos);
        CHECK(analysis.diagnosis.outcome == Outcome::Attention);
        REQUIRE(analysis.diagnosis.causes.size() == 1);
        CHECK(analysis.diagnosis.causes.front().cause->id == "server-address-invalid");
        CHECK(analysis.diagnosis.causes.front().story.confidence == Confidence::Possible);
        REQUIRE_FALSE(analysis.remedies.front().empty());
        CHECK(analysis.remedies.front().back().title.find("Particle's server key and address") != std::string::npos);
    }
    for (const auto* name : {"device.spark.io..", "device.spark.i."}) {
        const auto analysis = named("photon", in_use, "server_address", name);
        CHECK(analysis.keys.address.damaged);
        CHECK(analysis.handshake.fails());
    }
    const auto fails = named("photon", in_use, "server_address", "device.spark.io.", R"({ act = "flip", at = "dct.server_public_key+100", bit = 3 })");
    CHECK(fails.handshake.fails());
}

TEST_CASE("at a port where something else usually listens no success is promised, and a failure stays one", "[handshake]") {
    const auto at = [](const std::string& release, int port, const std::string& damage = "") {
        return of_life("photon",
                       fmt::format(R"({{ act = "install-release", release = "{}" }}, {{ act = "factory-table", release = "{}" }}, {{ act = "provision" }}, )"
                                   R"({{ act = "write", field = "server_public_key", server = "other" }}, )"
                                   R"({{ act = "write", field = "server_address", domain = "cloud.example.org", port = {} }})",
                                   release, release, port),
                       damage);
    };
    for (const auto* release : {"1.5.2", "0.4.7"}) {  // the one goes to that port, the other to 5683 whatever port is named
        CHECK(at(release, 5683).handshake.unknown.empty());
        const auto open = at(release, 8080);
        CHECK(open.handshake.unknown.find("port 8080") != std::string::npos);
        CHECK(open.handshake.predictions.empty());
        CHECK(open.diagnosis.outcome == Outcome::Attention);
        CHECK_FALSE(open.diagnosis.headline.find("should start and connect") != std::string::npos);
    }
    CHECK(at("1.5.2", 8080, R"({ act = "fill", at = "dct.device_private_key", length = 612, value = 0 })").handshake.fails());
}
