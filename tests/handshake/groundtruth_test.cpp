#include "handshake/handshake.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"
#include "support/shared.h"

#include "catch.h"

#include <sstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::vector<std::string> columns(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, '\t');) cells.push_back(cell);
    return cells;
}

std::string written(const Prediction& prediction) {
    return std::string(name_of(prediction.step)) + ":" + (prediction.code ? std::to_string(*prediction.code) : "null") +
           (prediction.regenerates_key ? "+regen" : "") + (prediction.generation_fails ? "+genfail" : "") + (prediction.uses_builtin_server_key ? "+bak" : "");
}

/// The true modulus of the key in the slot, by DER: what the cloud was given for "the key in the slot".
Bytes key_in_slot(const Bytes& slot, const std::string& id) {
    if (id != "K04") return device_spki(ByteView(slot).subspan(11, 128));
    Bytes with_exponent_3 = {0x30, 0x81, 0x87, 0x02, 0x81, 0x81, 0x00};
    with_exponent_3.insert(with_exponent_3.end(), slot.begin() + 11, slot.begin() + 139);
    with_exponent_3.insert(with_exponent_3.end(), {0x02, 0x01, 0x03});
    return with_exponent_3;
}

}  // namespace

TEST_CASE("all measured handshakes are predicted", "[handshake][groundtruth]") {
    const auto& files = shared_archive("groundtruth/cases.tar.zst");
    if (files.empty()) {
        WARN("the measured cases are not here: not checked");
        return;
    }
    const std::array<HandshakeGeneration, 6> tags = {HandshakeGeneration::V0_4_7, HandshakeGeneration::V0_6_2, HandshakeGeneration::V0_7_0,
                                                     HandshakeGeneration::V1_0_1, HandshakeGeneration::V1_2_1, HandshakeGeneration::V2_3_1};
    std::stringstream table(shared_text("groundtruth/cases.tsv"));
    std::string line;
    std::getline(table, line);
    int cases = 0;
    while (std::getline(table, line)) {
        const auto row = columns(line);
        const std::string& id = row[0];
        const auto& device = files.at("cases/" + id + ".dev");
        const auto& server = files.at("cases/" + id + ".srv");
        Bytes registered = files.at("public/base-key.spki.der");
        if (row[2] == "key of another device") registered = files.at("public/other-device.spki.der");
        if (row[2] == "the key in the slot") registered = key_in_slot(device, id);
        Bytes cloud = files.at("public/server.spki.der");
        if (row[3] != "server") cloud = server;
        for (std::size_t tag = 0; tag < tags.size(); ++tag) {
            const HandshakeInput input{.device_slot = device,
                                       .server_slot = server,
                                       .generation = tags[tag],
                                       .registered_spki = registered,
                                       .device_known_to_cloud = row[2].rfind("none", 0) != 0,
                                       .server_spki = cloud};
            const auto outcome = simulate_handshake(input);
            for (std::size_t policy = 0; policy < 2; ++policy) {
                INFO(id << " " << row[1] << " policy " << policy << " tag " << tag << ": " << outcome.predictions[policy].explain);
                CHECK(written(outcome.predictions[policy]) == row[4 + policy * 6 + tag]);
            }
        }
        ++cases;
    }
    CHECK(cases == 142);
}
