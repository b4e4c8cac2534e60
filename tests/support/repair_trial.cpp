#include "support/repair_trial.h"

#include "base/hex.h"
#include "flash/external.h"
#include "support/story.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::test {

namespace {

/// The modules of the generator's own firmware, which no release is: here they stand for a release's.
const std::vector<FirmwareModule>& generated_firmware(const Layout& layout, const std::string& release) {
    static std::map<std::string, std::vector<FirmwareModule>> made;
    auto& list = made[layout.name + release];
    if (!list.empty()) return list;
    const bool has_table = layout.dct.store != StoreKind::SerialFlash;
    const auto table = has_table ? fmt::format(R"({{ act = "factory-table", release = "{}", version_string = "x" }}, )", release) : "";
    const auto sample = sample::make_sample(
        fmt::format("title = \"a\"\ndevice = \"{0}\"\nseed = 1\nlife = [ {{ act = \"install-release\", release = \"{1}\" }}, {2}{{ act = \"provision\" }} ]",
                    layout.name, release, table),
        "firmware");
    if (!sample) return list;
    list = firmware_in_file(sample->flash, layout, "firmware-" + release + ".bin");
    for (auto& module : list) {
        module.of_release = true;
        module.header.releases = {release};
    }
    return list;
}

/// Real released files, where they lie beside the checkout.
const std::vector<FirmwareModule>& shared_firmware(const Layout& layout) {
    static std::map<std::string, std::vector<FirmwareModule>> read;
    auto& list = read[layout.name];
    if (!list.empty()) return list;
    for (const auto& [path, bytes] : shared_archive("corpus/firmware.tar.zst"))
        if (path.find("/" + layout.name + "/") != std::string::npos && path.find("/user/") == std::string::npos)
            for (auto& module : firmware_in_file(bytes, layout, path.substr(path.rfind('/') + 1))) list.push_back(std::move(module));
    return list;
}

/// True where there was one to give.
bool give_files(RepairCase& one) {
    const auto before = one.wish.firmware.size();
    const auto& layout = *one.analysis.layout;
    for (const auto& missing : one.repair.plan.missing) {
        const auto* slot = layout.slot(missing.slot);
        const auto wanted = [&](const FirmwareModule& module) {
            const auto& releases = module.header.releases;
            return slot && module.header.function.value == slot->function && module.header.index.value == slot->index &&
                   std::find(releases.begin(), releases.end(), missing.release) != releases.end();
        };
        const auto* bootloader = one.analysis.facts.module("bootloader");
        const auto& more = bootloader && !bootloader->known_as.empty() ? shared_firmware(layout) : generated_firmware(layout, missing.release);
        if (std::any_of(one.wish.firmware.begin(), one.wish.firmware.end(), wanted)) continue;
        std::copy_if(more.begin(), more.end(), std::back_inserter(one.wish.firmware), wanted);
    }
    return one.wish.firmware.size() > before;
}

bool give_consents(RepairCase& one) {
    const auto before = one.wish.consents.size();
    for (const auto& consent : one.repair.plan.consents)
        if (!consent.given) one.wish.consents.push_back(consent.word);
    return one.wish.consents.size() > before;
}

bool can_be_emulated(const Layout& layout) { return layout.name == "photon" || layout.name == "p1" || layout.name == "electron"; }

void add_dumps(std::vector<RepairCase>& cases, const std::string& archive, std::size_t every) {
    std::size_t number = 0;
    for (const auto& [path, bytes] : shared_archive(archive)) {
        if (!path.ends_with(".bin") || (!full_tests() && number++ % every != 0)) continue;
        auto one = repair_case(path.substr(path.rfind('/') + 1), bytes);
        if (can_be_emulated(*one.analysis.layout)) cases.push_back(std::move(one));
    }
}

}  // namespace

void plan_with_all_given(RepairCase& one) {
    do one.repair = plan_repair(one.analysis, one.wish);
    while (static_cast<int>(give_files(one)) + static_cast<int>(give_consents(one)) > 0);
}

RepairWish with_bootloader_agreed(const Analysis& analysis, RepairWish wish) {
    for (const auto& consent : plan_repair(analysis, wish).plan.consents)
        if (!consent.given && consent.word.starts_with(repair_consent::unknown_bootloader)) wish.consents.push_back(consent.word);
    return wish;
}

RepairCase repair_case(std::string name, const Bytes& file) {
    const auto& layout = layout_for(file);
    return repair_case(std::move(name), analyze(recognize(file, "dump.bin", "", layout), layout));
}

RepairCase repair_case(std::string name, Analysis analysis) {
    RepairCase one{.name = std::move(name), .analysis = std::move(analysis)};
    plan_with_all_given(one);
    return one;
}

RepairCase bootloader_case(Analysis analysis) {
    RepairCase one{.name = "bootloader", .analysis = std::move(analysis)};
    one.wish.purpose = RepairPurpose::Bootloader;
    plan_with_all_given(one);
    return one;
}

RepairCase core_case(const std::string& name) {
    const auto& sample = sample_called(name);
    const auto& layout = *builtin_layout("core");
    Capture capture = recognize(sample.file, "core.bin", "", layout);
    put_external(capture, sample.external, "core-external.bin", "", layout);
    return repair_case(name, analyze(std::move(capture), layout));
}

RepairCase bootloader_case(const std::string& device, const std::string& release, const std::string& older) {
    const auto& layout = *builtin_layout(device);
    const auto version = device == "electron" ? "" : ", version_string = \"x\"";
    const auto sample = sample::make_sample(
        fmt::format("title = \"a\"\ndevice = \"{0}\"\nseed = 1\nlife = [ {{ act = \"install-release\", release = \"{1}\" }}, {{ act = \"install\", module = "
                    "\"bootloader\", release = \"{2}\" }}, {{ act = \"factory-table\", release = \"{1}\"{3} }}, {{ act = \"provision\" }} ]",
                    device, release, older, version),
        "older bootloader");
    auto one = bootloader_case(analysis_of(sample ? sample->flash : Bytes{}, layout));
    one.name = device + " " + release + " over " + older;
    return one;
}

std::vector<RepairCase> repair_cases(std::size_t every, std::size_t every_sample) {
    std::vector<RepairCase> cases;
    std::size_t number = 0;
    for (const auto& story : stories()) {
        if (!full_tests() && number++ % every_sample != 0) continue;
        if (!can_be_emulated(*builtin_layout(story.sample.recipe.device))) continue;
        cases.push_back(repair_case(story.name, story.sample.file));
    }
    for (const char* archive : {"dumps/dumps.tar.zst", "dumps/more.tar.zst", "dumps/electron-core.tar.zst"}) add_dumps(cases, archive, every);
    return cases;
}

const sample::Sample& sample_called(const std::string& name) {
    const auto& all = stories();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    return found == all.end() ? all.front().sample : found->sample;
}

Analysis analysis_of(const Bytes& flash, const Layout& layout) { return analyze(recognize(flash, "dump.bin", "", layout), layout); }

PhotonDevice device_with(const Analysis& analysis) {
    PhotonDevice device;
    if (analysis.layout->dct.store == StoreKind::Dcd) device.become_electron();
    if (analysis.layout->dct.store == StoreKind::SerialFlash) device.become_core();
    if (device.second) {
        const auto second = analysis.capture.image.bytes(analysis.layout->external->at);
        device.second->flash.bytes.assign(second.begin(), second.end());
    }
    if (const auto& id = analysis.facts.device_id) device.device_id = *id;  // else its table would be another device's
    const auto bytes = analysis.capture.image.everything();
    device.flash.bytes.assign(bytes.begin(), bytes.end());
    if (!device.second) device.generation = generation_in(device.flash);
    device.protect_as_firmware_does();
    return device;
}

ProvedBackup backup_for(const Repair& repair, const Layout& layout) {
    static std::map<std::string, ProvedBackup> kept;
    if (const auto known = kept.find(repair.backup_sha256); known != kept.end()) return known->second;
    const auto told = [](ByteView bytes) { return CapturedFlash{.sha256 = hex(sha256(bytes)), .size = bytes.size(), .reads = 2}; };
    const auto first = repair.original.everything();
    const bool both = layout.dct.store == StoreKind::SerialFlash;
    const auto second = both ? repair.original.bytes(layout.external->at) : ByteView{};
    CaptureRecord record;
    static_cast<CapturedFlash&>(record) = told(first);
    if (both) record.external = told(second);
    return kept.emplace(repair.backup_sha256, *ProvedBackup::of(record, first, second)).first->second;
}

RepairEnd carry_out_on(PhotonDevice& device, const Repair& repair, const Layout& layout, MemoryJournal& journal) {
    EmulatedPort port(device);
    WillingOwner owner(device);
    return carry_out(repair, backup_for(repair, layout), layout, port, reading_rules(layout), journal, owner);
}

ReadingRules reading_rules(const Layout& layout) {
    const auto block = static_cast<std::uint16_t>(layout.usb.transfer_size);
    std::optional<dfu::BlockRule> second;
    if (layout.dct.store == StoreKind::SerialFlash) second = {.block_size = block, .counts = true, .alternate = 1};
    return reading_rules(layout, {.block_size = block, .counts = true, .alternate = 0}, second);
}

Analysis analysis_of(const PhotonDevice& device, const Layout& layout) {
    Capture capture = recognize(device.flash.bytes, "dump.bin", "", layout);
    if (device.second) put_external(capture, device.second->flash.bytes, "second.bin", "", layout);
    return analyze(std::move(capture), layout);
}

std::string bootloader_family(const Analysis& analysis) {
    const auto version = analysis.facts.system.bootloader_version.value_or(0);
    return version < 100 ? "up to 11" : version < 400 ? "100 to 399" : "from 400 on";
}

}  // namespace photopsy::test
