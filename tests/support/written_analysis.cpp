#include "support/written_analysis.h"

#include <array>

namespace photopsy::test {

static void silent(const Observations&, Findings&) {}
static void untold(const Observations&, const Findings&, Story&) {}

static const std::array<Rule, 4> rules = {
    {{"key-byte-changed", Severity::Fatal, "A byte of the private key is changed", "The handshake fails.", "docs", silent},
     {"module-checksum", Severity::Problem, "A module fails its checksum", "It may crash.", "docs", silent},
     {"old-table", Severity::Warning, "The other table is interrupted", "It heals.", "docs", silent},
     {"never-claimed", Severity::Note, "The device was never claimed", "Worth knowing.", "docs", silent}}};
static const std::array<Cause, 2> causes = {
    {{"private-key-bit-flip", "One bit of the private key is changed", "A bit of the key slot is wrong.", {"key-byte-changed"}, {}, untold},
     {"module-crc-bad", "System part 2 is damaged", "A module's checksum is wrong.", {"module-checksum"}, {}, untold}}};

static Finding found(const Rule& rule, const char* region, Range at, const char* explain) {
    return {.rule = &rule, .severity = rule.severity, .where = {region, at}, .explain = explain};
}

static Analysis device() {
    const auto* layout = builtin_layout("photon");
    Analysis analysis{.capture = {.image = Image(std::vector<std::uint8_t>(layout->flash.size(), 0xFF), layout->flash.begin)}, .layout = layout};
    analysis.capture.name = "dump.bin";
    analysis.capture.format = "raw";
    analysis.capture.size = layout->flash.size();
    analysis.facts.layout = layout;
    analysis.facts.device_id = full_id;
    analysis.facts.system.device_os = "1.5.2";
    analysis.facts.system.system_version = 1512;
    analysis.facts.system.bootloader_version = 502;
    analysis.facts.regions = {{"bootloader 1.5.2", {0x08000000, 0x08004000}, State::Good}, {"erased", {0x08004000, 0x08100000}, State::Empty}};
    for (const char* slot : {"bootloader", "system-part1", "system-part2"}) {
        Module module{.slot = slot, .slot_at = layout->slot(slot)->at, .presence = Presence::Present};
        module.start.value = module.slot_at.begin;
        module.end.value = module.slot_at.begin + 0x3000;
        module.version.value = 1512;
        module.integrity = Integrity::Good;
        module.at = range_of(module.slot_at.begin, 0x3000);
        module.releases = {"1.5.2"};
        module.known_as = "photon";
        analysis.facts.modules.push_back(module);
    }
    analysis.facts.dct.copies = {{.number = 1, .at = {0x08004000, 0x08008000}, .state = DctCopyState::Current},
                                 {.number = 2, .at = {0x08008000, 0x0800C000}, .state = DctCopyState::Erased}};
    analysis.facts.dct.selected = 1;
    analysis.keys.device = {
        .at = range_of(0x08005D9E, 612), .dct_copy = 1, .what = DeviceKeyClass::Good, .bits = 1024, .public_fingerprint = Sha256{1, 2, 3}, .usable = true};
    analysis.keys.server = {.at = range_of(0x080065AE, 294), .what = ServerKeyClass::Published};
    analysis.keys.address = {.at = range_of(0x0800672E, 128), .kind = ServerAddress::Kind::Domain, .host = "device.spark.io", .particle = true};
    analysis.boot.result = BootResult::Runs;
    analysis.boot.ladder = {{"bootloader-runs", BootStep::State::Pass, "It is whole."}, {"part1-header", BootStep::State::Pass, "It is sane."}};
    analysis.handshake.predictions = {{.policy = ServerPolicy::ComparesPresentedKey}, {.policy = ServerPolicy::UsesStoredKey}};
    for (auto& prediction : analysis.handshake.predictions) prediction.code = 0;
    analysis.diagnosis.headline = "Nothing in this flash keeps the device from connecting.";
    analysis.diagnosis.cannot_tell = {"Which public key the cloud holds, if any.", "Whether the device is claimed."};
    return analysis;
}

Analysis healthy_device() { return device(); }

Analysis broken_device() {
    auto analysis = device();
    analysis.capture.name = std::string("dump ") + hostile + ".bin";
    analysis.keys.device.what = DeviceKeyClass::BitFlip;
    analysis.keys.device.detail = hostile;
    analysis.keys.address.host = private_host;
    analysis.keys.address.particle = false;
    analysis.facts.modules[2].integrity = Integrity::Bad;
    analysis.facts.modules[2].known_as = hostile;
    auto& prediction = analysis.handshake.predictions[1];
    prediction = {
        .policy = ServerPolicy::UsesStoredKey, .step = Step::RsaDecrypt, .code = -16, .led = "cyan, then 3 orange", .explain = "The CRT part is wrong."};
    auto& list = analysis.findings.all();
    list = {found(rules[0], "DCT copy 1, device private key", range_of(0x08005E10, 1), "One byte of dP differs."),
            found(rules[1], "system part 2", range_of(0x08060100, 0x40), hostile),
            found(rules[2], "DCT copy 2", range_of(0x08008000, 0x4000), "Its device says 3e003d000e47363433353735 and its host cloud.secret-company.example."),
            found(rules[3], "DCT copy 1", range_of(0x08006000, 1), "Never claimed.")};
    list[1].expected = "78 56 34 12";
    list[1].actual = "78 56 34 13";
    list[1].evidence = "de ad be ef";
    auto& diagnosis = analysis.diagnosis;
    diagnosis.outcome = Outcome::CloudFails;
    diagnosis.headline = "The device starts, but its cloud handshake fails.";
    diagnosis.exit_status = 1;
    diagnosis.unexplained = {2};
    const Remedy keep{.title = "Keep this dump", .explain = "It is the only copy."};
    const Remedy send{.title = "Give the cloud the new key",
                      .explain = hostile,
                      .steps = {{.kind = RemedyStep::Kind::RegisterKey, .file = {.kind = RemedyFile::Kind::PublicKey}}},
                      .warning = "Once only.",
                      .cost = Remedy::Cost::WritesOneSetting};
    diagnosis.causes = {{&causes[0], {0}, {.chain = {{"A bit changed.", true}, {hostile, false}}}},
                        {&causes[1], {1}, {.chain = {{"The checksum fails.", true}}, .confidence = Confidence::Likely}}};
    analysis.remedies = {{keep, send}, {keep}};
    return analysis;
}

}  // namespace photopsy::test
