// A repair of the connected device, planned as `photopsy repair` plans it.
#include "handshake/key_text.h"
#include "mend/new_key.h"
#include "mend/repair_json.h"
#include "page/state.h"
#include "repair/given.h"
#include "repair/words.h"
#include "report/missing_firmware.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::page;

namespace photopsy::page {

namespace {

const Layout* judged_layout() { return state().analyses.empty() ? nullptr : state().analyses.front().layout; }

std::string title_of(const FirmwareModule& module, const Layout& layout) {
    for (const auto& slot : layout.slots)
        if (slot.linked_at == module.header.start.value) return cell(slot.title);
    return "a module";
}

}  // namespace

bool writes_new_key(const RepairPlan& plan) {
    const auto is_new_key = [](const RepairSource& source) { return source.kind == "given-key"; };
    return std::any_of(plan.steps.begin(), plan.steps.end(),
                       [&](const RepairStep& step) { return std::any_of(step.sources.begin(), step.sources.end(), is_new_key); });
}

DeviceRepair& repair_in_hand() {
    auto& held = state().repair;
    if (!held) held = std::make_unique<DeviceRepair>();
    return *held;
}

const DeviceCapture* capture_behind_verdict() {
    const auto& held = state();
    return held.analyses.empty() ? nullptr : held.taken.get();
}

}  // namespace photopsy::page

void page_repair_forget() { state().repair.reset(); }

int page_repair_take_file(const std::uint8_t* bytes, std::uint32_t size, const char* name) {
    const Layout* layout = page::judged_layout();
    if (!layout) return fail("No dump was judged yet.");
    auto& wish = page::repair_in_hand().wish;
    const auto held = wish.firmware.size();
    const ByteView view(bytes, size);
    static constexpr std::uint32_t largest_key = 64 * 1024;
    if (size <= largest_key && !take_new_key(view, page::repair_key_name, wish)) return answer("a private key\t\n");
    if (const auto why = take_firmware({view.begin(), view.end()}, name, *layout, wish)) return fail(*why);
    std::string table;
    for (std::size_t i = held; i < wish.firmware.size(); ++i)
        table += fmt::format("{}\t{}\n", page::title_of(wish.firmware[i], *layout), wish.firmware[i].of_release ? "a released file" : "");
    return table.empty() ? fail(std::string(name) + " holds no firmware for this device that is not known already, and no private key.") : answer(table);
}

int page_repair_make_key() {
    if (state().analyses.empty()) return fail("No dump was judged yet.");
    const auto& keys = state().analyses.front().facts.keys;
    const auto pair = make_new_pair(keys ? keys->kind : KeyKind::RsaSlot);
    if (pair.der.empty() || take_new_key(pair.der, page::repair_key_name, page::repair_in_hand().wish))
        return fail("The cryptographic library could not make a key.");
    return answer("");
}

int page_repair_public_half() {
    const auto& held = page::repair_in_hand();
    if (!held.repair || !page::writes_new_key(held.repair->plan)) return fail("The plan writes no new key.");
    const auto key = parse_key_file(held.wish.new_key);
    return key ? answer(to_pem(key->public_der, "PUBLIC KEY")) : fail(key.error().message);
}

int page_repair_consent(const char* words) {
    auto& wish = page::repair_in_hand().wish;
    wish.consents.clear();
    std::string_view rest(words);
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        if (!is_repair_consent(word)) return fail("That is no consent a plan asks for.");
        wish.consents.emplace_back(word);
    }
    return answer("");
}

int page_repair_plan() {
    if (state().analyses.empty()) return fail("No dump was judged yet.");
    auto& held = page::repair_in_hand();
    held.run.reset();
    held.repair = plan_repair(state().analyses.front(), held.wish);
    return answer(repair_plan_json(held.repair->plan));
}

int page_repair_steps() {
    const auto& held = page::repair_in_hand();
    if (!held.repair) return fail("No plan was made yet.");
    std::string table;
    for (const auto& step : held.repair->plan.steps)
        table += fmt::format("{}\t{}\t{}\n", page::cell(step_in_words(step)), time_in_words(step.typical_ms), step.typical_ms);
    return answer(table);
}

int page_repair_missing() {
    const auto& held = page::repair_in_hand();
    if (!held.repair || !page::judged_layout()) return fail("No plan was made yet.");
    std::string table;
    for (const auto& file : missing_firmware(held.repair->plan, *page::judged_layout()))
        table += fmt::format("{}\t{}\t{}\n", page::cell(file.name), page::cell(file.source), file.sha256);
    return answer(table);
}
