// The handshake over UDP: which step, which code, what light, by release. Measured table: docs/formats/dtls.md.
#include "handshake/dtls.h"
#include "support/ec_pair.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

InstalledSystem system_of(std::string_view release) {
    InstalledSystem system;
    system.system_version = system_version_of_release(release);
    return system;
}

EcPoint as_point(const EcPair& pair) {
    EcPoint point;
    std::copy(pair.point.begin(), pair.point.end(), point.begin());
    return point;
}

struct Connection {
    Bytes device, server, address;
    std::optional<EcPoint> registered;
    std::optional<EcPoint> server_has = {};
};

Connection healthy(const EcPair& pair) {
    const auto files = published_ec_server_slot();
    return {slot_made_by_device(pair, EcWidth::Minimal), Bytes(files.begin(), files.begin() + 192), Bytes(files.begin() + 192, files.end()), as_point(pair)};
}

HandshakeOutcome outcome_of(const Connection& connection, std::string_view release) {
    return simulate_dtls({.device_slot = connection.device,
                          .server_slot = connection.server,
                          .address = connection.address,
                          .rules = dtls_rules(system_of(release)),
                          .registered = connection.registered,
                          .server = connection.server_has});
}

void check_end(const Connection& connection, std::string_view release, Step compares, Step stored, std::optional<int> code) {
    const auto outcome = outcome_of(connection, release);
    INFO(release);
    CHECK(outcome.predictions[0].step == compares);
    CHECK(outcome.predictions[1].step == stored);
    CHECK(outcome.predictions[0].code == (compares == Step::Done ? std::optional(0) : code));
    for (const auto& row : outcome.predictions) {
        CHECK(!row.led.empty());
        CHECK(row.led.find("magenta") == std::string::npos);
    }
}

}  // namespace

TEST_CASE("a healthy UDP device connects at every release", "[dtls]") {
    Dice dice(21);
    const auto good = healthy(rolled_ec_pair(dice));
    for (const auto* release : {"0.5.3", "0.6.0", "0.6.4", "0.7.0", "0.9.0", "1.0.1", "1.4.4", "2.3.1", "3.3.1"})
        check_end(good, release, Step::Done, Step::Done, 0);
}

TEST_CASE("faults of the device's EC key end the handshake where the forks end it", "[dtls]") {
    Dice dice(22);
    const auto pair = rolled_ec_pair(dice), other = rolled_ec_pair(dice);
    auto flipped = healthy(pair);
    flipped.device[30] ^= 0x10;
    check_end(flipped, "2.3.1", Step::DtlsFinish, Step::DtlsFinish, 17);
    check_end(flipped, "0.6.0", Step::DtlsFinish, Step::DtlsFinish, 2);
    auto frame = healthy(pair);
    frame.device[44] ^= 1;
    check_end(frame, "2.3.1", Step::DtlsDeviceKey, Step::DtlsDeviceKey, {});
    auto blank = healthy(pair);
    std::fill(blank.device.begin(), blank.device.end(), std::uint8_t{0xFF});
    check_end(blank, "0.7.0", Step::DtlsFinish, Step::DtlsFinish, 17);
    CHECK(outcome_of(blank, "0.7.0").predictions[0].regenerates_key);
    auto stranger = healthy(pair);
    stranger.registered = as_point(other);
    check_end(stranger, "2.3.1", Step::DtlsFinish, Step::DtlsFinish, 17);
    // Private half registered, point of another key; and the other way round.
    auto halves = healthy(pair);
    halves.device = fresh_slot_with(sec1_of({pair.number, other.point}, EcWidth::Fixed));
    check_end(halves, "2.3.1", Step::DtlsFinish, Step::Done, 17);
    halves.registered = as_point(other);
    check_end(halves, "2.3.1", Step::DtlsFinish, Step::DtlsFinish, 17);
    auto lone = healthy(pair);
    lone.device = fresh_slot_with(sec1_of(pair, EcWidth::Fixed, false));
    check_end(lone, "1.0.1", Step::DtlsDeviceKey, Step::DtlsDeviceKey, {});
    check_end(lone, "1.1.0", Step::Done, Step::Done, 0);
}

TEST_CASE("faults of the server's EC key and address, by release", "[dtls]") {
    Dice dice(23);
    const auto pair = rolled_ec_pair(dice), other = rolled_ec_pair(dice);
    auto erased = healthy(pair);
    std::fill(erased.server.begin(), erased.server.end(), std::uint8_t{0xFF});
    check_end(erased, "0.6.4", Step::DtlsServerKey, Step::DtlsServerKey, 16);
    check_end(erased, "0.5.3", Step::DtlsServerKey, Step::DtlsServerKey, 2);
    check_end(erased, "0.7.0", Step::Done, Step::Done, 0);
    auto foreign = healthy(pair);
    foreign.server = fresh_slot_with(spki_of(other));
    check_end(foreign, "2.3.1", Step::DtlsVerifyServer, Step::DtlsVerifyServer, 17);
    auto no_address = healthy(pair);
    std::fill(no_address.address.begin(), no_address.address.end(), std::uint8_t{0xFF});
    check_end(no_address, "0.6.4", Step::Connect, Step::Connect, {});
    check_end(no_address, "0.7.0", Step::Done, Step::Done, 0);
    // A server of one's own: key and address go together.
    const std::string_view host = "cloud.example.test";
    foreign.address.assign(128, 0);
    foreign.address[0] = 1;
    foreign.address[1] = static_cast<std::uint8_t>(host.size());
    std::copy(host.begin(), host.end(), foreign.address.begin() + 2);
    check_end(foreign, "2.3.1", Step::Done, Step::Done, 0);
    auto half = healthy(pair);
    half.address = foreign.address;
    check_end(half, "2.3.1", Step::DtlsVerifyServer, Step::DtlsVerifyServer, 17);
    foreign.server_has = as_point(pair);
    check_end(foreign, "2.3.1", Step::DtlsVerifyServer, Step::DtlsVerifyServer, 17);
}

TEST_CASE("where nobody answers over UDP the connection comes about and the handshake fails", "[dtls]") {
    Dice dice(24);
    const auto pair = rolled_ec_pair(dice);
    auto other_port = healthy(pair);
    other_port.address.resize(128, 0xFF);
    other_port.address[66] = 0x16, other_port.address[67] = 0x33;  // 5683
    check_end(other_port, "0.5.3", Step::DtlsNoAnswer, Step::DtlsNoAnswer, 2);
    check_end(other_port, "1.0.1", Step::DtlsNoAnswer, Step::DtlsNoAnswer, 17);
    check_end(other_port, "2.3.1", Step::Done, Step::Done, 0);  // it does not read the port
    auto nowhere = healthy(pair);
    nowhere.address.assign(128, 0);
    nowhere.address[1] = 4;
    check_end(nowhere, "2.3.1", Step::DtlsNoAnswer, Step::DtlsNoAnswer, 17);
    auto no_key = nowhere;
    std::fill(no_key.server.begin(), no_key.server.end(), std::uint8_t{0});
    check_end(no_key, "2.3.1", Step::DtlsServerKey, Step::DtlsServerKey, 16);
    auto no_name = healthy(pair);
    no_name.address.assign(128, 0);
    no_name.address[0] = 1, no_name.address[1] = 3;
    no_name.address[2] = 'a', no_name.address[3] = ' ', no_name.address[4] = 'b';
    check_end(no_name, "2.3.1", Step::Connect, Step::Connect, {});
}

TEST_CASE("every bit of the server's EC key counts", "[dtls]") {
    const Bytes files = published_ec_server_slot();
    const Bytes slot(files.begin(), files.begin() + 192);
    REQUIRE(read_ec_server_slot(slot).what == ServerKeyClass::Published);
    unsigned accepted = 0, unnamed = 0;
    for (std::size_t at = 0; at < ec_spki_size; ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            Bytes flipped = slot;
            flipped[at] ^= static_cast<std::uint8_t>(1u << bit);
            const auto found = read_ec_server_slot(flipped);
            accepted += found.point.has_value();
            unnamed += found.what != ServerKeyClass::Corrupted || found.damage.size() != 1 || found.damage.front().begin != at;
        }
    CHECK(accepted == 0);
    CHECK(unnamed == 0);
    Bytes behind = slot;
    behind[ec_spki_size] = 0;
    CHECK(read_ec_server_slot(behind).what == ServerKeyClass::Published);
}

TEST_CASE("another server's EC key with a wrong bit is told from Particle's, and from what was overwritten", "[handshake][electron]") {
    Dice dice(41);
    const auto slot_with = [](Bytes spki) {
        spki.resize(ec_server_slot_size, 0xFF);
        return spki;
    };
    auto other = slot_with(spki_of(rolled_ec_pair(dice)));
    REQUIRE(read_ec_server_slot(other).what == ServerKeyClass::ValidOther);
    other[40] ^= 0x04;
    CHECK(read_ec_server_slot(other).what == ServerKeyClass::Corrupted);
    CHECK(read_ec_server_slot(other).damaged_other);
    auto particles = slot_with({published_ec_server_key().begin(), published_ec_server_key().end()});
    particles[40] ^= 0x04;
    CHECK(read_ec_server_slot(particles).what == ServerKeyClass::Corrupted);
    CHECK_FALSE(read_ec_server_slot(particles).damaged_other);
    auto overwritten = slot_with({published_ec_server_key().begin(), published_ec_server_key().end()});
    std::fill(overwritten.begin() + 28, overwritten.begin() + 90, std::uint8_t{0x5A});
    CHECK_FALSE(read_ec_server_slot(overwritten).damaged_other);
}

TEST_CASE("the port of a UDP server is read up to 1.0.1 and ignored later", "[dtls]") {
    Bytes field(128, 0);
    field[0] = 0;
    field[2] = 10, field[5] = 7;
    field[66] = 0x1F, field[67] = 0x90;
    const auto port = [&](std::string_view release) { return decode_udp_address(field, dtls_rules(system_of(release)).address).port; };
    CHECK(port("0.6.4") == 8080);
    CHECK(port("0.8.0-rc.2") == 8080);
    CHECK(port("0.9.0") == udp_port);
    CHECK(port("1.0.1") == 8080);
    CHECK(port("1.1.0") == udp_port);
    CHECK(port("2.3.1") == udp_port);
    const auto ignored = [&](std::string_view release) { return decode_udp_address(field, dtls_rules(system_of(release)).address).ignored_port; };
    CHECK(ignored("1.0.1") == 0);
    CHECK(ignored("2.3.1") == 8080);
    field[66] = 0x16, field[67] = 0x34;  // 5684, to which it goes all the same
    CHECK(ignored("2.3.1") == 0);
    field[66] = field[67] = 0xFF;
    CHECK(ignored("2.3.1") == 0);
}

TEST_CASE("the ladder over UDP has its own rungs", "[dtls]") {
    Prediction at_server{.transport = Transport::Dtls, .step = Step::DtlsServerKey, .explain = "because"};
    const auto ladder = handshake_ladder(at_server);
    std::vector<std::string> names;
    for (const auto& rung : ladder) names.emplace_back(name_of(rung.step));
    CHECK(names == std::vector<std::string>{"connect", "dtls_device_key", "dtls_server_key", "dtls_no_answer", "dtls_verify_server", "dtls_finish",
                                            "send_hello", "done"});
    CHECK(ladder[1].state == LadderStep::State::Passed);
    CHECK(ladder[2].state == LadderStep::State::Failed);
    CHECK(ladder[3].state == LadderStep::State::NotReached);
}
