// The backup of a repair: what stood in the device before, its record and the plan, in one file that the owner keeps and brings back.
#include "base/hex.h"
#include "flash/archive_members.h"
#include "flash/capture_record.h"
#include "flash/external.h"
#include "mend/repair_json.h"
#include "page/state.h"
#include "repair/binding.h"
#include "repair/given.h"
#include "report/bundle.h"

using namespace photopsy;
using namespace photopsy::page;

namespace photopsy::page {

namespace {

/// What a backup of this page holds: the names are those that `photopsy repair undo photopsy-repair.json` looks for.
struct Backup {
    std::vector<std::uint8_t> bytes, second, key;  ///< secret
    std::string record, plan;
};
constexpr auto plan_name = "photopsy-repair.json", bytes_name = "photopsy-repair.backup.bin", second_name = "photopsy-repair.backup-external.bin",
               record_name = "photopsy-repair.backup.bin.json";

BundleFile file_of(const char* name, const std::vector<std::uint8_t>& bytes) { return {name, {bytes.begin(), bytes.end()}}; }

Backup backup_in(const std::vector<std::uint8_t>& zip) {
    Backup backup;
    const auto members = ArchiveMembers::open_bytes(zip);
    while (members) {
        auto member = members->next();
        if (!member) break;
        std::string text(member->bytes.begin(), member->bytes.end());
        if (member->name == plan_name) backup.plan = std::move(text);
        if (member->name == record_name) backup.record = std::move(text);
        if (member->name == bytes_name) backup.bytes = std::move(member->bytes);
        if (member->name == second_name) backup.second = std::move(member->bytes);
        if (member->name == repair_key_name) backup.key = std::move(member->bytes);
    }
    return backup;
}

/// The flash of the backup, judged again as it was; the plan's own device.
Result<Analysis> analysis_of(Backup& backup, const RepairPlan& plan) {
    const Layout* layout = builtin_layout(plan.device.layout);
    const auto record = parse_record(backup.record);
    const bool whole = layout && record && record->sha256 == hex(sha256(backup.bytes)) &&
                       (record->external ? record->external->sha256 == hex(sha256(backup.second)) : backup.second.empty());
    if (!whole) return Error{"The backup is damaged: it does not hold what was read from the device."};
    Capture capture = recognize(std::move(backup.bytes), bytes_name, "", *layout);
    attach_record(*record, capture);
    if (record->external) {
        put_external(capture, backup.second, second_name, "", *layout);
        attach_external_record(*layout, capture);
    }
    return analyze(std::move(capture), *layout, judging_of(plan));
}

}  // namespace

}  // namespace photopsy::page

int page_repair_backup() {
    const auto* capture = page::capture_behind_verdict();
    const auto& held = page::repair_in_hand();
    if (!capture || !held.repair) return fail("A backup is made of a device that was read here, for a plan.");
    const auto& plan = held.repair->plan;
    std::vector<BundleFile> files{{page::plan_name, repair_plan_json(plan)},
                                  page::file_of(page::bytes_name, page::first_flash(*capture).machine.bytes()),
                                  {page::record_name, record_text(page::completed(*capture))}};
    if (capture->internal) files.push_back(page::file_of(page::second_name, capture->machine.bytes()));
    if (page::writes_new_key(plan)) files.push_back(page::file_of(page::repair_key_name, held.wish.new_key));
    const auto zip = zip_of(files);
    return zip ? answer(*zip) : fail(zip.error().message);
}

int page_repair_open_backup(const std::uint8_t* bytes, std::uint32_t size) {
    if (size > max_unpacked_size) return fail("That is no backup of a repair: it is too large.");
    auto backup = page::backup_in({bytes, bytes + size});
    auto plan = read_repair_plan(backup.plan);
    if (!plan) return fail("That is no backup of a repair that this page made.");
    auto before = page::analysis_of(backup, *plan);
    if (!before) return fail(before.error().message);
    repair_in_hand().backup = ProvedBackup::of(before->capture, *before->layout);
    state().analyses.clear();
    state().given.clear();
    state().member.clear();
    state().options = judging_of(*plan);  // the device is judged with it behind the repair as well
    state().analyses.push_back(std::move(*before));
    auto& held = page::repair_in_hand();
    held.run.reset();
    held.asked = std::move(*plan);
    if (!backup.key.empty()) (void)take_new_key(backup.key, page::repair_key_name, held.wish);
    return answer("");
}

int page_repair_make_again() {
    auto& held = page::repair_in_hand();
    if (!held.asked || state().analyses.empty()) return fail("No backup was opened yet.");
    held.wish.causes = held.asked->only_causes;
    held.wish.consents.clear();
    for (const auto& consent : held.asked->consents)
        if (consent.given) held.wish.consents.push_back(consent.word);
    auto again = made_again(*held.asked, state().analyses.front(), held.wish);
    if (!again) return fail(again.error().message);
    held.run.reset();
    held.repair = std::move(*again);
    return answer(repair_plan_json(held.repair->plan));
}
