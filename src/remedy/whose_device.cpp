// Bootloader and the rest are of two devices: nothing in the file says which one lies on the table, what is printed on it does.
#include "facts/whose_device.h"
#include "remedy/order.h"
#include "remedy/ways.h"

#include <fmt/format.h>

namespace photopsy {

static Remedy say_device(const Layout& layout, std::string_view then, Remedy::Role role) {
    return {.title = fmt::format("Where {} is printed on the device: say so", layout.title),
            .explain = fmt::format("{} The report with that word says what to write.", then),
            .steps = {{.kind = StepKind::Analyze, .from = {.kind = FileKind::Dump}, .device = layout.name}},
            .turn = Remedy::Turn::ReadAgain,
            .role = role};
}

std::vector<Remedy> ways_of_open_device(const Facts& facts) {
    const auto* other = device_as_well_possible(facts);
    std::vector<Remedy> list = {keep_dump("It is the only copy of what the device holds now, keys included. Store it before anything is written.")};
    list.push_back(
        say_device(*facts.layout, "Then the modules are the wrong ones, and files for this device are written over USB in their places.", Remedy::Role::Way));
    if (other)
        list.push_back(
            say_device(*other, "Then the modules are right and the bootloader is the wrong one, which no write over USB reaches.", Remedy::Role::Way));
    return list;
}

void write_nothing_by_other_bootloader(std::vector<Remedy>& list) {
    drop_writes(list);
    list.push_back(
        {.title = "Put the bootloader right first",
         .explain = "The one that is installed is made for another device: where and how it would write is that device's. Then read the device again.",
         .turn = Remedy::Turn::Bootloader});
}

}  // namespace photopsy
