// The Wi-Fi list. DFU does not reach it: the running system clears and fills it.
#include "remedy/ways.h"

namespace photopsy {

namespace {

std::vector<Remedy> ways_of_erased_list(const Situation& situation) {
    const auto& version = situation.seen.facts.system.system_version;
    std::vector<Remedy> list = {keep_dump("Networks that were stored before may still stand in the other copy of the table."),
                                {.title = "Clear the Wi-Fi list and set it up again",
                                 .explain = "Hold SETUP until the light blinks dark blue quickly (about 10 seconds): this clears the list. Then set up the "
                                            "network.",
                                 .steps = {{.kind = StepKind::SetUpWifi}},
                                 .cost = Remedy::Cost::WritesOneSetting,
                                 .turn = Remedy::Turn::RunningSystem}};
    if (version && *version >= 14 && *version <= 1405)
        list.push_back({.title = "Update Device OS to 1.4.4 or later",
                        .explain = "It clears such a list by itself.",
                        .steps = {{.kind = StepKind::Update}},
                        .cost = Remedy::Cost::WritesFirmware,
                        .turn = Remedy::Turn::SystemParts,
                        .role = Remedy::Role::OtherWay});
    return list;
}

const RemedyRow rows[] = {{"wifi-list-erased", ways_of_erased_list}};

}  // namespace

std::span<const RemedyRow> wifi_remedies() { return rows; }

}  // namespace photopsy
