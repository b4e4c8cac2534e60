#pragma once
// A page that repairs the emulated device: what it keeps, and how it is closed and opened again.
#include "flash/external.h"
#include "mend/repair_json.h"
#include "page/hands.h"
#include "support/repair_trial.h"

namespace photopsy::test {

/// The medium that outlasts the page.
struct Kept {
    std::string journal;
    std::vector<std::uint8_t> backup;
    long transfers = 0, closes_at = -1;  ///< the page is closed in front of this one
    bool full = false;
};

inline Analysis analysis_of_sample(const sample::Sample& sample) {
    const auto& layout = layout_for(sample.file);
    Capture capture = recognize(sample.file, "dump.bin", "", layout);
    if (!sample.external.empty()) put_external(capture, sample.external, "second.bin", "", layout);
    return analyze(std::move(capture), layout);
}

inline PhotonDevice device_of_story(const std::string& name) { return device_with(analysis_of_sample(sample_called(name))); }

inline void read_and_judge(PhotonDevice& device) {
    REQUIRE(begin(device));
    const bool both = answered().ends_with("\talways\n");
    REQUIRE(carry_out(device, never).kind == PageStep::Finished);
    if (both) {
        REQUIRE(page_capture_begin_second());
        REQUIRE(carry_out(device, never).kind == PageStep::Finished);
    }
    REQUIRE(page_capture_take("dump.bin"));
    REQUIRE(page_judge());
}

inline int begin_repair(PhotonDevice& device, const std::string& journal) {
    const auto configuration = device.configuration_descriptor();
    REQUIRE(page_identify(device.vendor, device.product, 0x0250, device.serial().c_str()));
    return page_repair_begin(configuration.data(), static_cast<std::uint32_t>(configuration.size()), maps_of(device).c_str(), journal.c_str());
}

/// What the plan in hand asks for is agreed to.
inline void agree(const RepairPlan& plan) {
    std::string words;
    for (const auto& consent : plan.consents) words += (words.empty() ? "" : "\n") + consent.word;
    REQUIRE(page_repair_consent(words.c_str()));
    REQUIRE(page_repair_plan());
}

/// The backup is kept, and what follows the owner's yes begins.
inline void plan_and_begin(PhotonDevice& device, Kept& kept) {
    REQUIRE(page_repair_plan());
    const auto plan = read_repair_plan(answered());
    REQUIRE(plan);
    agree(*plan);
    REQUIRE(page_repair_backup());
    kept.backup.assign(page_answer(), page_answer() + page_answer_size());
    REQUIRE(begin_repair(device, ""));
}

/// The page anew: nothing but what was kept.
inline void open_again(PhotonDevice& device, Kept& kept) {
    page_forget();
    REQUIRE(page_repair_open_backup(kept.backup.data(), static_cast<std::uint32_t>(kept.backup.size())));
    REQUIRE(page_repair_make_again());
    REQUIRE(begin_repair(device, kept.journal));
}

inline void reset(PhotonDevice& device) {
    const auto cut = device.flash.cut_at, request = device.power_fails_at_request;
    device.power_cycle();
    device.flash.cut_at = cut;
    device.power_fails_at_request = request;
}

/// Until the end (its line), or "" where the page was closed.
inline std::string repair_on(PhotonDevice& device, Kept& kept) {
    for (;;) {
        const PageStep* step = page_repair_step();
        REQUIRE(step != nullptr);
        switch (step->kind) {
            case PageStep::Transfer:
            case PageStep::SelectAlternate:
                if (kept.transfers++ == kept.closes_at) return "";
                carry_out_transfer(device, *step, page_repair_told);
                break;
            case PageStep::Reconnect:
                page_repair_reconnected(come_back(device));
                break;
            case PageStep::Note:
                REQUIRE(page_repair_journal());
                if (!kept.full) kept.journal = answered();
                page_repair_answered(kept.full ? 0 : 1);
                break;
            case PageStep::ResetIntoDfu:
                reset(device);
                page_repair_answered(1);
                break;
            case PageStep::Proceed:
                page_repair_answered(1);
                break;
            default:
                REQUIRE(step->kind == PageStep::Ended);
                REQUIRE(page_repair_end());
                return answered();
        }
    }
}

/// The bytes of both flashes.
inline std::vector<std::uint8_t> held_by(const PhotonDevice& device) {
    auto bytes = device.flash.bytes;
    if (device.second) bytes.insert(bytes.end(), device.second->flash.bytes.begin(), device.second->flash.bytes.end());
    return bytes;
}

/// What the program leaves of the same device.
inline std::vector<std::uint8_t> repaired_by_program(const std::string& story, const RepairWish& wish = {}) {
    const auto analysis = analysis_of_sample(sample_called(story));
    const auto repair = plan_repair(analysis, with_bootloader_agreed(analysis, wish));
    auto device = device_of_story(story);
    MemoryJournal journal;
    REQUIRE(carry_out_on(device, repair, *analysis.layout, journal).how == RepairEnd::How::Done);
    return held_by(device);
}

}  // namespace photopsy::test
