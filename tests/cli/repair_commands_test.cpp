// The commands that `analyze` prints and the steps of `repair` are one thing said twice: the same places in the same order, the same resets, the same bytes.
// Where they differ, a rule says why, and the rule is what is tested:
//   told       what is printed and not planned belongs to a cause of which the plan says that it cannot, or need not, be repaired (or asks for a file)
//   equal      or the flash holds it already: nothing equal is written
//   other way  what is planned and not printed in the one order is a way of the cause that the report prints as the other one
//   disarmed   or it takes back an update that would undo the repair; the report's commands leave that to the owner
#include "base/hex.h"
#include "catch.h"
#include "handshake/device_slot.h"
#include "handshake/ec_server_slot.h"
#include "handshake/server_address.h"
#include "mend/keys.h"
#include "mend/repair_table.h"
#include "support/repair_trial.h"
#include "support/story.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

using Kind = RemedyStep::Kind;

struct Act {
    enum class What { Table, Reset, Flash } what = What::Flash;
    Address at = 0;  ///< of a module's place
    bool operator==(const Act&) const = default;
};

/// A step that is printed, with the key that the steps before it made.
struct Printed {
    Act act;
    RemedyStep step, made;
    std::size_t cause = 0;
    bool asks_for_reset = false;
};

bool makes_key(const RemedyStep& step) {
    return step.kind == Kind::RecoverKey || step.kind == Kind::MakeKey || step.kind == Kind::MakeServerKey || step.kind == Kind::MakeOwnServerKey;
}

void add_printed(const Remedy& remedy, std::size_t cause, std::vector<Printed>& list) {
    RemedyStep made;
    for (const auto& step : remedy.steps) {
        if (makes_key(step)) made = step;
        const bool table = step.kind == Kind::WriteTable || step.kind == Kind::SetTransport || step.kind == Kind::AskForAddress;
        if (!table && step.kind != Kind::WriteFlash) continue;
        const Act act = table ? Act{Act::What::Table} : Act{Act::What::Flash, step.at};
        list.push_back({act, step, made, cause, remedy.before == Remedy::Before::ResetIntoDfu});
    }
}

std::vector<Printed> printed_by(const Analysis& analysis) {
    std::vector<Printed> list;
    for (const auto& planned : in_one_order(analysis.remedies, analysis.observations()))
        add_printed(analysis.remedies[planned.cause][planned.remedy], planned.cause, list);
    return list;
}

std::vector<Printed> other_ways(const Analysis& analysis) {
    std::vector<Printed> list;
    for (std::size_t cause = 0; cause < analysis.remedies.size(); ++cause)
        for (const auto& remedy : analysis.remedies[cause]) add_printed(remedy, cause, list);
    return list;
}

/// A Core's settings are its table, which lies in sectors of the second flash.
Act act_of(const RepairStep& step, const Layout& layout) {
    if (step.operation == RepairOperation::ResetIntoDfu) return {Act::What::Reset};
    if (step.operation == RepairOperation::WriteTable || layout.in_external(step.where.begin)) return {Act::What::Table};
    for (const auto& slot : layout.slots)
        if (slot.linked_at == slot.at.begin && slot.function != FunctionMonolithic && slot.at.contains(step.where.begin))
            return {Act::What::Flash, slot.at.begin};
    return {Act::What::Flash, layout.slot("monolithic") ? layout.slot("monolithic")->at.begin : step.where.begin};
}

void add_once(std::vector<Act>& acts, const Act& act) {
    if (std::find(acts.begin(), acts.end(), act) == acts.end()) acts.push_back(act);
}

std::vector<Act> planned_by(const Repair& repair, const Layout& layout) {
    std::vector<Act> acts;
    for (const auto& step : repair.plan.steps) add_once(acts, act_of(step, layout));
    return acts;
}

/// One reset between parts and table, where a printed step asks for it.
std::vector<Act> acts_of(const std::vector<Printed>& list) {
    std::vector<Act> acts;
    for (const auto& printed : list) {
        if (printed.asks_for_reset && !acts.empty()) add_once(acts, {Act::What::Reset});
        add_once(acts, printed.act);
    }
    return acts;
}

struct Compared {
    const RepairCase& one;
    std::vector<Printed> printed, others;
    std::vector<Act> planned;

    const Layout& layout() const { return *one.analysis.layout; }
    bool plans(const Act& act) const { return std::find(planned.begin(), planned.end(), act) != planned.end(); }
    bool is_told(std::size_t cause) const {
        const auto id = one.analysis.diagnosis.causes[cause].cause->id;
        const auto same = [&](const auto& left) { return left.cause == id; };
        const auto& plan = one.repair.plan;
        return std::ranges::any_of(plan.cannot, same) || std::ranges::any_of(plan.leaves, same) || std::ranges::any_of(plan.missing, same);
    }
};

/// The bytes that a printed write to the table leaves there; nothing where they are the owner's to give.
std::optional<Bytes> bytes_of(const Printed& printed, const Compared& compared) {
    const auto& one = compared.one;
    if (printed.step.kind == Kind::SetTransport) return Bytes{0xFF};
    if (printed.step.kind == Kind::AskForAddress) return Bytes{0x00};
    if (printed.made.kind == Kind::MakeServerKey) {
        const bool ec = printed.made.keys == KeyKind::EcSlot;
        return ec ? published_ec_server_slot() : published_server_slot();
    }
    if (printed.made.kind != Kind::RecoverKey) return {};
    for (const auto& found : recover_keys(one.analysis.capture.image, one.analysis.facts))
        if (hex(found.public_fingerprint) == printed.made.key) return found.der;
    return Bytes{};
}

std::uint32_t offset_of(const Printed& printed, const Layout& layout) {
    if (printed.step.kind == Kind::AskForAddress) return layout.dct.field("ip_config")->offset;
    return printed.step.kind == Kind::SetTransport ? layout.dct.field("cloud_transport")->offset : printed.step.at;
}

/// The application data in force, or where it lies in a Core's second flash.
Bytes data_in(const Image& image, const Compared& compared) {
    const auto& layout = compared.layout();
    if (layout.dct.store == StoreKind::SerialFlash) {
        const auto all = image.bytes(layout.dct.copies.front());
        return {all.begin() + layout.dct.application_offset, all.end()};
    }
    const auto code = table_code(analysis_of(Bytes(image.everything().begin(), image.everything().end()), layout).facts);
    return code ? application_data(image, layout, table_base(image, layout, *code)) : Bytes{};
}

bool holds(const Bytes& data, std::uint32_t at, const Bytes& bytes) {
    return !bytes.empty() && at + bytes.size() <= data.size() && std::equal(bytes.begin(), bytes.end(), data.begin() + at);
}

/// True where the plan leaves the same bytes as the printed command. Where several commands write one place, the last one counts.
bool agrees(const Printed& printed, const Compared& compared) {
    const auto& target = compared.one.repair.target;
    if (printed.act.what == Act::What::Table) {
        const auto bytes = bytes_of(printed, compared);
        const auto data = data_in(target, compared);
        const auto at = offset_of(printed, compared.layout());
        if (!bytes || holds(data, at, *bytes)) return true;
        // A slot of which only erased bytes were lost keeps its own writing of the same key.
        const bool is_key = printed.made.kind == Kind::RecoverKey && takes_erased_cells_only(compared.layout()) && at < data.size();
        return is_key && hex(sha256(read_device_slot(ByteView(data).subspan(at)).public_spki)) == printed.made.key;
    }
    const auto& file = printed.step.file;
    if (file.kind != RemedyFile::Kind::Module || file.release.empty()) return true;  // the owner's own
    const auto* slot = compared.layout().slot(file.slot);
    for (const auto& given : compared.one.wish.firmware) {
        const auto& releases = given.header.releases;
        const bool is_it = given.header.function.value == slot->function && given.header.index.value == slot->index;
        if (is_it && std::find(releases.begin(), releases.end(), file.release) != releases.end())
            return std::ranges::equal(target.bytes(range_of(slot->at.begin, static_cast<std::uint32_t>(given.bytes.size()))), given.bytes);
    }
    const auto known = find_released_module(compared.layout().platform_id, slot->function, slot->index, file.release);
    const auto module = read_module(target, compared.layout(), *slot);
    if (!module.good()) return false;
    if (std::find(module.releases.begin(), module.releases.end(), file.release) == module.releases.end() && !module.known_as.empty()) return false;
    if (!known || known->file_sha256.empty() || module.known_as.empty()) return true;  // a generated module, set right from the dump
    return hex(sha256(target.bytes({module.at.begin, module.at.end + 4}))) == known->file_sha256;
}

/// True where the flash holds already what the command would write.
bool is_there_already(const Printed& printed, const Compared& compared) {
    auto before = compared.one;
    before.repair.target = before.repair.original;
    const Compared now{before, {}, {}, {}};
    return agrees(printed, now);
}

bool takes_updates_back_only(const Repair& repair) {
    return std::ranges::all_of(repair.plan.steps, [](const RepairStep& step) {
        if (step.operation != RepairOperation::WriteTable) return true;
        return std::ranges::all_of(step.sources, [](const RepairSource& source) { return source.kind == "constant"; });
    });
}

/// Sentences about what disagrees without a rule for it.
std::vector<std::string> compare(const Compared& compared) {
    std::vector<std::string> faults;
    std::vector<Printed> both;
    for (const auto& printed : compared.printed) {
        if (compared.plans(printed.act)) {
            both.push_back(printed);
            if (!agrees(printed, compared) && !compared.is_told(printed.cause)) faults.push_back("other bytes than " + std::to_string(printed.step.at));
        } else if (!compared.is_told(printed.cause) && !is_there_already(printed, compared))
            faults.push_back("printed and neither planned nor told: " + std::to_string(printed.step.at));
    }
    std::vector<Act> common = acts_of(both), planned;
    for (const auto& act : compared.planned) {
        const bool is_printed = std::find(common.begin(), common.end(), act) != common.end();
        const auto same = [&](const Printed& other) { return other.act == act; };
        const bool other_way = std::ranges::any_of(compared.others, same);
        const bool disarms = act.what == Act::What::Table && takes_updates_back_only(compared.one.repair);
        if (is_printed) planned.push_back(act);
        if (!is_printed && act.what != Act::What::Reset && !other_way && !disarms) faults.push_back("planned and not printed: " + std::to_string(act.at));
        if (!is_printed && act.what == Act::What::Reset && !compared.plans({Act::What::Table})) faults.push_back("a reset that nothing asks for");
    }
    std::erase_if(common, [&](const Act& act) { return act.what == Act::What::Reset && std::find(planned.begin(), planned.end(), act) == planned.end(); });
    if (common != planned) faults.push_back("another order");
    return faults;
}

}  // namespace

namespace {

Compared compared_of(const RepairCase& one) { return {one, printed_by(one.analysis), other_ways(one.analysis), planned_by(one.repair, *one.analysis.layout)}; }

}  // namespace

TEST_CASE("a plan that does other than the printed commands is found out", "[repair]") {
    const auto whole = repair_case("both", sample_called("version-skew").file);
    const auto key = repair_case("key", sample_called("erased-key").file);
    REQUIRE(compare(compared_of(whole)).empty());
    REQUIRE(compare(compared_of(key)).empty());
    auto fewer = whole;  // a step is left out
    fewer.repair.plan.steps.clear();
    fewer.repair.target = fewer.repair.original;
    CHECK_FALSE(compare(compared_of(fewer)).empty());
    auto other_key = key;  // other bytes in the same place
    Image changed = other_key.repair.target;
    for (const Range copy : other_key.analysis.layout->dct.copies)
        changed.put(copy.begin + other_key.analysis.layout->dct.application_offset + 40, Bytes(8, 0x11));
    other_key.repair.target = changed;
    CHECK_FALSE(compare(compared_of(other_key)).empty());
    auto more = key;  // a place that nothing printed asks for
    more.repair.plan.steps.push_back({.operation = RepairOperation::Program, .where = {0x080A0000, 0x080A0004}});
    CHECK_FALSE(compare(compared_of(more)).empty());
    auto reset = key;
    reset.repair.plan.steps = {{.operation = RepairOperation::ResetIntoDfu}};
    CHECK_FALSE(compare(compared_of(reset)).empty());
}

TEST_CASE("the commands that a report prints and the steps of a repair agree", "[repair]") {
    auto cases = repair_cases(12, 3);
    for (const auto& story : stories())
        if (story.sample.recipe.device == "core" && !story.sample.external.empty()) cases.push_back(core_case(story.name));
    std::size_t writes = 0;
    for (const auto& one : cases) {
        const auto compared = compared_of(one);
        if (!one.repair.plan.steps.empty()) writes += compared.planned.size();
        INFO(one.name);
        for (const auto& fault : compare(compared)) {
            INFO(fault);
            CHECK(fault.empty());
        }
    }
    CHECK(writes >= 10);
}
