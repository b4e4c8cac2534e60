#include "facts/facts.h"

#include "base/hex.h"
#include "facts/blocks.h"
#include "facts/carried_bootloader.h"
#include "facts/copied_firmware.h"
#include "facts/monolithic_system.h"
#include "facts/store.h"
#include "facts/whose_device.h"

#include <algorithm>

namespace photopsy {

/// The 12 UID bytes of the DCT field, where they look like an STM32 UID (bytes 1 and 3 zero, 5..11 printable; dct-keys 7).
static std::optional<std::string> device_id(const Image& image, const Layout& layout, const Dct& dct) {
    const auto id = image.bytes(dct.field_at(layout, "device_id"));
    if (id.size() != 12 || all_erased(id) || all_equal(id, 0)) return {};
    return hex(id);
}

/// The first release whose part 1 holds the firmware packed (0.8.0-rc.1; modules/shared/system_module_version.mk@v2.3.1:12-20).
static constexpr std::uint16_t first_packed_version = 300;

/// The Wi-Fi chip's firmware lies in the first of two parts; a modem brings its own.
static bool has_radio_firmware(const Layout& layout) { return layout.boot == BootKind::TwoParts; }

static bool is_sound_part(const Module* part) { return part && part->present() && part->range_ok == true && part->platform_ok == true && part->good(); }

/// The half-written target of a copy, or the beginning of one module before the end of another: its Wi-Fi firmware is the least of what is missing.
static bool is_half_a_module(const Facts& facts, const Module& part) {
    const bool no_end = !part.damage.erased_runs.empty() && part.damage.erased_runs.back().end >= part.at.end + 4;
    return facts.ota.half_written_slot == part.slot || part.damage.other_trailer || no_end;
}

RadioUse radio_use(const Facts& facts) {
    const auto *part1 = facts.system_part(1), *part2 = facts.system_part(2);
    if (!part1 || !has_radio_firmware(*facts.layout) || facts.untrustworthy_capture || is_half_a_module(facts, *part1)) return RadioUse::Unknown;
    if (facts.radio.state == RadioFirmware::State::Damaged) return RadioUse::Damaged;
    if (!is_sound_part(part1)) return RadioUse::Unknown;
    const bool packed = facts.radio.compressed || part1->version.value >= first_packed_version;
    const auto& need = part1->dependency;
    if (!packed || need.function.value != FunctionSystemPart || need.index.value != 2) return RadioUse::Usable;
    if (!is_sound_part(part2)) return RadioUse::Unknown;
    // Every part 2 from 0.8.0 on unpacks it, whatever number a changed header of part 1 asks for (system_module_version.mk@v2.3.1:12-20).
    return part2->version.value < std::min(need.version.value, first_packed_version) ? RadioUse::NotUnpacked : RadioUse::Usable;
}

/// What the device itself said over USB, where its bootloader tells the chip's id.
static std::optional<std::string> recorded_chip_id(const Capture& capture) {
    if (!capture.record || !capture.record->serial_is_device_id) return {};
    std::string id = capture.record->serial;
    for (auto& c : id)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return id;
}

/// A defect that says of all that was given what it is. That of a second flash says nothing of the first.
static bool whole_is(const Capture& capture, const Layout& layout, CaptureDefect defect) {
    return std::any_of(capture.problems.begin(), capture.problems.end(), [&](const CaptureProblem& problem) {
        return problem.defect == defect && (problem.where.empty() || !layout.in_external(problem.where.begin));
    });
}

Facts collect_facts(const Capture& capture, const Layout& layout) {
    const auto& image = capture.image;
    Facts facts;
    facts.layout = &layout;
    facts.capture = capture.problems;
    facts.untrustworthy_capture = capture.untrustworthy();
    facts.blank_capture = whole_is(capture, layout, CaptureDefect::Blank);
    facts.of_other_device = whole_is(capture, layout, CaptureDefect::OtherPlatform) || image.present().empty();
    facts.has_external_flash = layout.external && (capture.external || layout.dct.store == StoreKind::SerialFlash);
    const bool needs_second = layout.external && layout.dct.store == StoreKind::SerialFlash;
    facts.whole_flash_in_file = image.has(layout.flash) && (!needs_second || image.has(layout.external->at));
    facts.modules = read_modules(image, layout);
    explain_damage(image, layout, facts.modules);
    facts.device_is_open = !capture.kind_is_said && device_as_well_possible(facts);

    // Which table code runs depends on the system part 2 that is really installed, and whether that one is half-written is known
    // only after reading the table: so the system is identified twice.
    facts.system = identify_system(layout, facts.modules, "", false);
    facts.dct = read_store({image, layout, facts.system.store});
    facts.ota = read_ota(image, layout, facts.modules, facts.dct, facts.system.bootloader_version);
    bool version_struct = false;
    for (const auto& copy : facts.dct.copies) version_struct = version_struct || copy.has_version_struct;
    const auto first_guess = facts.system.store;
    facts.system = identify_system(layout, facts.modules, facts.ota.half_written_slot, version_struct);
    const auto* copied = facts.ota.by_flag ? copied_by(*facts.ota.by_flag) : nullptr;
    if (copied && copied->slot != facts.system.version_from) judge_by_copied(facts.system, facts.module(copied->slot));
    if (facts.system.store != first_guess) {
        facts.dct = read_store({image, layout, facts.system.store});
        facts.ota = read_ota(image, layout, facts.modules, facts.dct, facts.system.bootloader_version);
    }
    facts.keys = key_set_in_use(image, layout, facts.dct);
    facts.eeprom = read_eeprom(image, layout, facts.system.system_version);
    facts.wifi = read_wifi(image, layout, facts.dct);
    facts.table_flags = read_table_flags(image, layout, facts.dct, facts.system);
    if (layout.dct.store == StoreKind::WicedTable || layout.dct.store == StoreKind::Dcd) facts.settings = read_settings(image, layout, facts.dct, facts.system);
    facts.device_id = device_id(image, layout, facts.dct);
    facts.chip_id = recorded_chip_id(capture);
    if (const auto* part1 = facts.system_part(1); part1 && part1->present() && has_radio_firmware(layout)) facts.radio = read_radio_firmware(image, *part1);
    facts.updater_brings = bootloader_of_updater(image, layout, facts.modules);
    facts.code = read_suspect_code(image, facts.modules);
    facts.regions = cover(facts, image, layout);
    return facts;
}

}  // namespace photopsy
