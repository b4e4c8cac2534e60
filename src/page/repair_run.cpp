// A repair carried out over the browser's USB by the machine of repair/, one message for each thing it asks for; and what came of it.
#include "dfu/descriptors.h"
#include "dfu/memory_map.h"
#include "dfu/reading_rule.h"
#include "mend/repair_json.h"
#include "page/state.h"
#include "page/transfer.h"
#include "repair/binding.h"
#include "repair/words.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::page;

namespace photopsy::page {

namespace {

constexpr RepairWays in_this_page{.go_on = "put the device into DFU mode again and press \"Go on\"; the backup will be asked for again",
                                  .take_back = "the backup that you saved holds what was there before: unpack it, and photopsy repair undo goes back"};

/// Why what was identified last cannot be written for this plan; "" where it can.
std::string not_for(const Device& device, const RepairPlan& plan, std::string_view maps) {
    const Layout* layout = device.identity.layout;
    if (device.identity.mode != dfu::Mode::Dfu || !layout) return "The device is not in DFU mode.";
    if (layout->name != plan.device.layout) return "This is another kind of device than the one that the plan was made for. Nothing was written.";
    if (plan.purpose == RepairPurpose::Bootloader) return "A bootloader is installed with photopsy repair on the command line. Nothing was written.";
    const bool other = !plan.device.serial.empty() && device.identity.serial_is_device_id && !dfu::same_serial(plan.device.serial, device.serial);
    if (other) return "This is not the device that the plan was made for: its serial number is another. Nothing was written.";
    const auto map = dfu::parse_memory_map(map_of(maps, 0));
    if (map && !dfu::can_be_written(*map, *layout)) return "The device says itself that its flash cannot be written over USB. Nothing was written.";
    return "";
}

/// The page asks for the backup's file and compares it with what was read: the bytes that it held then are those that are kept.
std::optional<ProvedBackup> backup_of(const DeviceCapture* capture) {
    if (!capture) return {};
    const auto second = capture->internal ? ByteView(capture->machine.bytes()) : ByteView{};
    return ProvedBackup::of(completed(*capture), first_flash(*capture).machine.bytes(), second);
}

/// Begins to carry out what not_for() has nothing against.
int begin_run(const Repair& repair, JournalText journal, ByteView configuration, std::string_view maps) {
    auto& held = repair_in_hand();
    if (!held.backup) return fail("A repair begins with the device read twice. Connect it first.");
    const Layout& layout = *state().device.identity.layout;
    const auto interface = dfu::parse_configuration(configuration).value_or(dfu::DfuInterface{});
    held.at_work = &repair;
    held.journal = std::move(journal);
    held.interface = interface.number;
    held.run = std::make_unique<RepairRun>(repair, *held.backup, layout,
                                           reading_rules(layout, dfu::block_rule(interface, layout), second_flash_rule(interface, layout, maps)),
                                           held.journal.left_open());
    return answer(std::to_string(interface.number));
}

/// What was judged last is the device of the repair behind it.
bool is_judged(const DeviceRepair& held) {
    return held.repair && !state().analyses.empty() && state().analyses.front().layout->name == held.repair->plan.device.layout;
}

std::uint32_t kind_of(RepairAsk::Kind kind, const PageStep& step) {
    using Kind = RepairAsk::Kind;
    switch (kind) {
        case Kind::Transfer:
            return is_set_interface(step) ? PageStep::SelectAlternate : PageStep::Transfer;
        case Kind::Reconnect:
            return PageStep::Reconnect;
        case Kind::Proceed:
            return PageStep::Proceed;
        case Kind::NoteBegin:
        case Kind::NoteDone:
            return PageStep::Note;
        case Kind::ResetIntoDfu:
            return PageStep::ResetIntoDfu;
        case Kind::StartSystem:  // no plan of this page asks for it
        case Kind::Ended:
            break;
    }
    return PageStep::Ended;
}

/// The journal with what is to be taken down now.
JournalText noted(const DeviceRepair& repair, const RepairAsk& ask) {
    auto journal = repair.journal;
    if (ask.kind == RepairAsk::Kind::NoteBegin) journal.add_begin(ask.step);
    if (ask.kind == RepairAsk::Kind::NoteDone) journal.add_done(ask.step);
    return journal;
}

std::string_view word_for(RepairEnd::How how) {
    static constexpr std::string_view words[] = {"done",    "stopped",   "elsewhere",     "journal",       "forbidden", "device",
                                                 "differs", "not-reset", "not-installed", "not-backed-up", "advice"};
    return words[static_cast<std::size_t>(how)];
}

}  // namespace

}  // namespace photopsy::page

int page_repair_begin(const std::uint8_t* configuration, std::uint32_t size, const char* maps, const char* journal) {
    auto& held = page::repair_in_hand();
    const auto& device = state().device;
    if (!held.repair || held.repair->plan.steps.empty()) return fail("There is no plan with a step to carry out.");
    const auto& plan = held.repair->plan;
    if (const auto why = page::not_for(device, plan, maps); !why.empty()) return fail(why);
    if (is_advice_only(plan)) return fail("The bootloader is no released file, and this needs your word first.");
    if (*journal != '\0') {
        auto earlier = JournalText::read(journal, digest_of(plan));
        if (!earlier) return fail("What this browser kept of the repair " + earlier.error().message + ".");
        return page::begin_run(*held.repair, std::move(*earlier), {configuration, size}, maps);
    }
    held.backup = page::backup_of(page::capture_behind_verdict());
    return page::begin_run(*held.repair, JournalText(digest_of(plan)), {configuration, size}, maps);
}

int page_repair_plan_restoration() {
    auto& held = page::repair_in_hand();
    if (!page::is_judged(held)) return fail("No repair was carried out.");
    held.run.reset();
    const auto& now = state().analyses.front();
    held.restoration = changed_meanwhile(*held.repair, *now.layout, now.capture.image).empty() ? Repair{} : plan_restoration(*held.repair, now);
    return answer(repair_plan_json(held.restoration->plan));
}

int page_repair_begin_restoration(const std::uint8_t* configuration, std::uint32_t size, const char* maps) {
    const auto& held = page::repair_in_hand();
    if (!held.restoration || held.restoration->plan.steps.empty()) return fail("There is nothing to put back.");
    const auto& plan = held.restoration->plan;
    if (const auto why = page::not_for(state().device, plan, maps); !why.empty()) return fail(why);
    return page::begin_run(*held.restoration, JournalText(digest_of(plan)), {configuration, size}, maps);
}

const PageStep* page_repair_step() {
    auto* held = state().repair.get();
    if (!held || !held->run) return nullptr;
    held->ask = held->run->ask();
    auto& told = held->step;
    told = {};
    told.wait_ms = held->ask.wait_ms;
    told.timeout_ms = held->ask.timeout_ms;
    told.pass = static_cast<std::uint32_t>(held->run->step());
    if (held->ask.kind == RepairAsk::Kind::Transfer) {
        if (const auto* write = std::get_if<dfu::WriteRequest>(&held->ask.request))
            page::put_setup(dfu::setup_packet(*write, held->interface), write->payload(), told);
        else
            page::put_request(*std::get_if<dfu::Request>(&held->ask.request), held->interface, told, held->payload);
    }
    told.kind = page::kind_of(held->ask.kind, told);
    return &told;
}

void page_repair_told(std::uint32_t result, const std::uint8_t* bytes, std::uint32_t size) {
    auto* held = state().repair.get();
    if (!held || !held->run || held->run->ask().kind != RepairAsk::Kind::Transfer) return;
    held->run->told({page::transfer_result(result), {bytes, size}});
}

void page_repair_reconnected(std::uint32_t trouble) {
    auto* held = state().repair.get();
    if (held && held->run && held->run->ask().kind == RepairAsk::Kind::Reconnect) held->run->reconnected(page::trouble_numbered(trouble));
}

void page_repair_answered(std::uint32_t yes) {
    auto* held = state().repair.get();
    if (!held || !held->run) return;
    if (yes != 0) held->journal = page::noted(*held, held->run->ask());
    held->run->answered(yes != 0);
}

int page_repair_journal() {
    const auto* held = state().repair.get();
    return held && held->run ? answer(page::noted(*held, held->run->ask()).text()) : fail("No repair was begun.");
}

int page_repair_end() {
    const auto* held = state().repair.get();
    if (!held || !held->run || held->run->ask().kind != RepairAsk::Kind::Ended) return fail("No repair came to its end.");
    const auto& end = held->run->end();
    return answer(fmt::format("{}\t{}\t{}\n", page::word_for(end.how), page::cell(end_in_words(end, held->at_work->plan, page::in_this_page)), end.written));
}

int page_repair_compare() {
    const auto* held = state().repair.get();
    if (!held || !page::is_judged(*held)) return fail("No repair was carried out.");
    const auto& now = state().analyses.front();
    const auto& plan = held->repair->plan;
    std::string sentences;
    for (const auto& place : differences(*held->repair, *now.layout, now.capture.image))
        sentences += fmt::format("The device does not hold what the plan makes at {}.\n", place);
    for (const auto& title : changed_meanwhile(*held->repair, *now.layout, now.capture.image))
        sentences += fmt::format("The {} is no longer the one in the backup: the device has started meanwhile.\n", page::cell(title));
    if (name_of(now.diagnosis.outcome) != plan.expect.outcome)
        sentences += fmt::format("The plan promised \"{}\", and it is \"{}\".\n", plan.expect.outcome, name_of(now.diagnosis.outcome));
    return answer(sentences);
}
