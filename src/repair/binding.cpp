#include "repair/binding.h"

#include "base/hex.h"
#include "dfu/identity.h"
#include "mend/repair_json.h"
#include "repair/state.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

std::string digest_of(const RepairPlan& plan) {
    const auto text = repair_steps_json(plan);
    return hex(sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

std::string other_device(const RepairPlan& plan, const Analysis& now) {
    const auto& device = plan.device;
    if (device.layout != now.layout->name) return fmt::format("the plan is for another kind of device ({}), this one is a {}", device.layout, now.layout->name);
    const auto& record = now.capture.record;
    const bool serial_differs = !device.serial.empty() && record && record->serial_is_device_id && !dfu::same_serial(record->serial, device.serial);
    if (serial_differs) return "the plan was made for another device: its serial number is not this one's";
    if (device.flash_sha256 != flash_digest(now.capture.image, *now.layout))
        return "the flash is not the one that the plan was made for: it is another device, or something was written to it since; make the plan anew";
    return "";
}

Result<Repair> made_again(const RepairPlan& plan, const Analysis& analysis, const RepairWish& wish) {
    auto repair = plan_repair(analysis, wish);
    if (repair_steps_json(repair.plan) == repair_steps_json(plan)) return repair;
    for (const auto& file : plan.files) {
        const auto has = [&](const FirmwareModule& module) { return hex(module.sha256) == file.sha256; };
        if (std::none_of(wish.firmware.begin(), wish.firmware.end(), has))
            return Error{fmt::format("the firmware with sha256 {} for {}, which the plan needs, was not found among what was given", file.sha256, file.slot)};
    }
    return Error{"this is not the plan that photopsy makes for this flash: it was edited, or made from other files; make it anew"};
}

std::vector<std::string> differences(const Repair& repair, const Layout& layout, const Image& flash) {
    std::vector<std::string> list;
    if (installs_bootloader(repair)) {  // what the system has written elsewhere since is its own business
        const Range place = repair.plan.steps.back().where;
        if (!std::ranges::equal(flash.bytes(place), repair.target.bytes(place))) list.push_back(hex_address(place.begin));
        return list;
    }
    for (const Range sector : sectors_of(repair, layout))
        if (!std::ranges::equal(flash.bytes(sector), repair.target.bytes(sector))) list.push_back(hex_address(sector.begin));
    for (std::size_t i = repair.plan.steps.size(); i-- > 0;) {
        if (repair.plan.steps[i].operation != RepairOperation::WriteTable) continue;
        if (table_state(repair, layout, flash, i) != TableState::AsAfter) list.push_back("the configuration table");
        break;
    }
    return list;
}

bool holds_target(const Repair& repair, const Layout& layout, ByteView flash) {
    if (flash.size() != layout.flash.size()) return false;
    const Image image({flash.begin(), flash.end()}, layout.flash.begin);
    const auto overlaps = [](const std::vector<Range>& list, Range sector) {
        return std::any_of(list.begin(), list.end(), [&](Range at) { return at.overlaps(sector); });
    };
    const auto is_as_planned = [&](const Sector& sector) {
        return overlaps(layout.dct.copies, sector.at) || overlaps(layout.eeprom_pages, sector.at) ||
               std::ranges::equal(image.bytes(sector.at), repair.target.bytes(sector.at));
    };
    return std::all_of(layout.sectors.begin(), layout.sectors.end(), is_as_planned) && differences(repair, layout, image).empty();
}

std::vector<std::string> changed_meanwhile(const Repair& repair, const Layout& layout, const Image& flash) {
    std::vector<std::string> list;
    const auto touched = sectors_of(repair, layout);
    const auto is_changed = [&](Range sector) {
        return std::find(touched.begin(), touched.end(), sector) == touched.end() && !std::ranges::equal(flash.bytes(sector), repair.original.bytes(sector));
    };
    for (const auto& slot : layout.slots) {
        const bool in_one_piece = slot.function == FunctionMonolithic && layout.boot != BootKind::Monolithic;
        if (slot.linked_at != slot.at.begin || in_one_piece) continue;
        const auto sectors = writable_sectors(layout, slot.at);
        if (std::any_of(sectors.begin(), sectors.end(), is_changed)) list.push_back(slot.title);
    }
    return list;
}

}  // namespace photopsy
