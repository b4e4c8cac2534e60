// The Wi-Fi chip's firmware inside system part 1: found by its record, and measured where the module is damaged.
#include "facts/radio.h"

#include "boot/boot.h"
#include "catch.h"
#include "handshake/handshake.h"
#include "handshake/keys.h"
#include "rules/rule.h"
#include "support/module_fixture.h"
#include "support/shared.h"

using namespace photopsy;
using namespace photopsy::test;
using Radio = RadioFirmware::State;

namespace {

/// A raw deflate stream with the fixed codes (RFC 1951, 3.2.6): literals below 144 and repetitions of 258 bytes.
class Stream {
public:
    Stream() { bits(0b011, 3); }
    void literal(std::uint8_t value) { code(0x30u + value, 8); }
    void repeat() {
        code(0b11000101, 8);  // length 258
        code(0, 5);           // distance 1
    }
    Bytes finish() {
        code(0, 7);
        return bytes_;
    }

private:
    void bits(std::uint32_t value, unsigned count) {
        for (unsigned i = 0; i < count; ++i, ++used_) {
            if (used_ % 8 == 0) bytes_.push_back(0);
            bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | (value >> i & 1) << (used_ % 8));
        }
    }
    /// Huffman codes go from their highest bit on.
    void code(std::uint32_t value, unsigned count) {
        while (count > 0) bits(value >> --count & 1, 1);
    }
    Bytes bytes_;
    unsigned used_ = 0;
};

constexpr std::uint32_t literals = 40000, repetitions = 500, size_of_firmware = literals + 258 * repetitions;

Bytes packed_firmware() {
    Stream stream;
    for (std::uint32_t i = 0; i < literals; ++i) stream.literal(static_cast<std::uint8_t>(i * 2654435761u >> 25));
    for (std::uint32_t i = 0; i < repetitions; ++i) stream.repeat();
    return stream.finish();
}

void put32(Bytes& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

constexpr Address stream_at = 0x08024000;
const auto layout = module_layout();
const auto packed = packed_firmware();

void seal(Bytes& module) {
    const auto end = module.size() - 4;
    const auto crc = crc32(ByteView(module).first(end));
    for (std::size_t i = 0; i < 4; ++i) module[end + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
}

Bytes part1_with_radio(std::uint16_t version = 2302) {
    auto module = make_module(part1_spec(version));
    std::copy(packed.begin(), packed.end(), module.begin() + (stream_at - 0x08020000));
    put32(module, 0x2000, size_of_firmware);
    put32(module, 0x2004, stream_at);
    put32(module, 0x2008, static_cast<std::uint32_t>(packed.size()));
    seal(module);
    return module;
}

/// The same, plain: as up to 0.7.0.
Bytes part1_with_plain_radio() {
    auto spec = part1_spec(109);
    auto module = make_module(spec);
    put32(module, 0x2000, 151000);
    put32(module, 0x2004, stream_at);
    put32(module, 0x2008, 0);
    seal(module);
    return module;
}

Image device_with(const Bytes& part1, std::uint16_t system = 2302, std::uint16_t bootloader = 1006) {
    auto image = healthy_flash(layout, system, bootloader);
    image.put(0x08020000, part1);
    return image;
}

Facts facts_of(const Image& image) {
    auto facts = module_facts(image, layout);
    facts.radio = read_radio_firmware(image, *facts.module("system-part1"));
    facts.code = read_suspect_code(image, facts.modules);
    return facts;
}

bool damage_is_found(const Facts& facts) {
    const KeyFacts keys;
    const HandshakeOutcome handshake;
    const auto boot = predict_boot(facts);
    return run_rule(*find_rule("wifi-firmware-damaged"), {facts, keys, handshake, boot}).has("wifi-firmware-damaged");
}

}  // namespace

TEST_CASE("A deflate stream is measured", "[radio]") {
    CHECK(inflated_size(packed, size_of_firmware) == size_of_firmware);
    CHECK_FALSE(inflated_size(packed, size_of_firmware - 1));
    CHECK_FALSE(inflated_size(ByteView(packed).first(packed.size() / 2), size_of_firmware));
    CHECK_FALSE(inflated_size(Bytes(100, 0xFF), size_of_firmware));
    CHECK_FALSE(inflated_size({}, size_of_firmware));
}

TEST_CASE("A whole part 1: the record is found and nothing is unpacked", "[radio]") {
    const auto facts = facts_of(device_with(part1_with_radio()));
    CHECK(facts.radio.state == Radio::NotChecked);
    CHECK(facts.radio.compressed);
    CHECK(facts.radio.at == range_of(stream_at, static_cast<std::uint32_t>(packed.size())));
    CHECK(radio_use(facts) == RadioUse::Usable);
    CHECK_FALSE(damage_is_found(facts));
    CHECK(facts_of(healthy_flash(layout)).radio.state == Radio::NotFound);
    CHECK(facts_of(device_with(part1_with_plain_radio(), 109, 11)).radio.size == 151000);
}

TEST_CASE("A hole in the packed firmware keeps the radio from starting, a wrong literal does not", "[radio]") {
    auto image = device_with(part1_with_radio());
    fill(image, stream_at + 0x3000, 0x1000);
    auto facts = facts_of(image);
    CHECK(facts.radio.state == Radio::Damaged);
    CHECK(radio_use(facts) == RadioUse::Damaged);
    CHECK(damage_is_found(facts));
    CHECK(predict_boot(facts).result == BootResult::Runs);
    image = device_with(part1_with_radio());
    flip(image, stream_at + 0x3000, 0x40);
    facts = facts_of(image);
    const bool same_length = inflated_size(image.bytes(facts.radio.at), size_of_firmware) == size_of_firmware;
    CHECK((facts.radio.state == Radio::Unpacks) == same_length);
    CHECK(damage_is_found(facts) != same_length);
}

TEST_CASE("Damage beside the firmware leaves the radio alone", "[radio]") {
    auto image = device_with(part1_with_radio());
    flip(image, stream_at - 0x100);
    CHECK(facts_of(image).radio.state == Radio::Unpacks);
    CHECK_FALSE(damage_is_found(facts_of(image)));
}

TEST_CASE("A hole in the plain firmware of older releases", "[radio]") {
    auto image = device_with(part1_with_plain_radio(), 109, 11);
    fill(image, stream_at + 0x3000, 0x1000);
    CHECK(facts_of(image).radio.state == Radio::Damaged);
    image = device_with(part1_with_plain_radio(), 109, 11);
    flip(image, stream_at + 0x3000);
    CHECK(facts_of(image).radio.state == Radio::NotChecked);
    fill(image, 0x08021000, 0x400);
    CHECK(facts_of(image).radio.state == Radio::NotChecked);
}

TEST_CASE("Packed firmware above a part 2 that is too old to unpack it: no network", "[radio]") {
    CHECK(radio_use(facts_of(device_with(part1_with_radio(), 109, 11))) == RadioUse::NotUnpacked);
    CHECK(radio_use(facts_of(healthy_flash(layout, 1512, 502))) == RadioUse::Usable);
    auto unmarked = healthy_flash(layout, 109, 11);
    write(unmarked, part1_spec(1512));  // its version alone says that it is packed
    CHECK(radio_use(facts_of(unmarked)) == RadioUse::NotUnpacked);
    auto facts = facts_of(device_with(part1_with_radio(), 109, 11));
    auto table = layout;
    table.dct.store = StoreKind::WicedTable;
    table.keys.push_back({});
    facts.layout = &table;
    facts.keys = &table.keys.front();
    const auto outcome = predict_handshake(blank_flash(layout), facts, KeyFacts{}, {}, {});
    REQUIRE(outcome.predictions.size() == 2);
    CHECK(outcome.predictions[0].step == Step::Connect);
    CHECK_FALSE(outcome.predictions[0].code);
}

TEST_CASE("The record is found in every released part 1, and every packed one unpacks", "[radio][real]") {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) WARN("no real firmware beside the checkout");
    std::size_t found = 0, unpacked = 0;
    for (const auto& [path, bytes] : all) {
        if (path.find("firmware/p") != 0 || path.find("/system-part1-") == std::string::npos) continue;
        INFO(path);
        Image image(bytes, 0x08020000);
        auto part1 = read_module(image, *builtin_layout(path.starts_with("firmware/p1") ? "p1" : "photon"), *builtin_layout("photon")->slot("system-part1"));
        REQUIRE(part1.good());
        CHECK(read_radio_firmware(image, part1).state == Radio::NotChecked);
        part1.integrity = Integrity::Bad;
        const auto radio = read_radio_firmware(image, part1);
        CHECK(radio.compressed == (part1.version.value >= 300));
        CHECK(radio.state == (radio.compressed ? Radio::Unpacks : Radio::NotChecked));
        ++found;
        unpacked += radio.state == Radio::Unpacks;
    }
    CHECK(all.empty() == (found == 0));
    CHECK(all.empty() == (unpacked == 0));
}
