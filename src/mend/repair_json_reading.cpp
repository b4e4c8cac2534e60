// Plans in: from a file that anybody may have edited.
#include "mend/repair_json.h"

#include "base/hex.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace photopsy {

namespace {

using Parsed = nlohmann::json;

constexpr std::size_t longest_text = 4096, most_entries = 1000;
constexpr std::uint64_t most_number = 0xFFFFFFFF;
constexpr Address internal_flash = 0x08000000;  ///< the second flash counts from 0

/// One object of the plan, its keys taken one by one; the first thing that is wrong is kept as the sentence.
class PlanObject {
public:
    PlanObject(const Parsed& json, std::string place, std::string& failure) : json_(json), place_(std::move(place)), failure_(failure) {
        if (!json.is_object()) fail("", "is no object");
    }
    PlanObject(const PlanObject&) = delete;
    PlanObject& operator=(const PlanObject&) = delete;
    ~PlanObject() {
        if (failure_.empty() && json_.size() != taken_) fail("", "has a key that photopsy does not write");
    }

    bool has(const char* key) const { return json_.is_object() && json_.contains(key); }

    std::string text(const char* key) {
        const auto* value = take(key);
        if (!value) return "";
        if (!value->is_string() || value->get_ref<const std::string&>().size() > longest_text) return fail(key, "is no text of a plan"), "";
        return value->get<std::string>();
    }
    std::string digest(const char* key) {
        auto digits = text(key);
        const bool good = digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!good) fail(key, "is no SHA-256");
        return digits;
    }
    /// Lower case hex, of any length.
    std::string bytes(const char* key) {
        auto digits = text(key);
        if (digits.size() % 2 != 0 || digits.find_first_not_of("0123456789abcdef") != std::string::npos) fail(key, "is no hexadecimal text");
        return digits;
    }
    std::uint32_t number(const char* key, std::uint64_t most = most_number) {
        const auto* value = take(key);
        if (!value) return 0;
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() > most) return fail(key, "is no number in its range"), 0;
        return static_cast<std::uint32_t>(value->get<std::uint64_t>());
    }
    bool truth(const char* key) {
        const auto* value = take(key);
        if (value && !value->is_boolean()) fail(key, "is neither true nor false");
        return value && value->is_boolean() && value->get<bool>();
    }
    Address address(const char* key) {
        const auto digits = text(key);
        const auto bytes = digits.size() == 10 && digits.starts_with("0x") ? from_hex(digits.substr(2)) : std::nullopt;
        if (!bytes) return fail(key, "is no address like 0x08060000"), 0;
        return big_endian<std::uint32_t>(*bytes);
    }
    std::vector<std::string> texts(const char* key) {
        std::vector<std::string> list;
        for (const auto& entry : entries(key)) {
            if (!entry.is_string() || entry.get_ref<const std::string&>().size() > longest_text)
                fail(key, "holds what is no text");
            else
                list.push_back(entry.get<std::string>());
        }
        return list;
    }
    template <class Read>
    void object(const char* key, Read read) {
        if (const auto* value = take(key)) {
            PlanObject inner(*value, named(key), failure_);
            if (failure_.empty()) read(inner);
        }
    }
    template <class Read>
    void objects(const char* key, Read read) {
        std::size_t number = 0;
        for (const auto& entry : entries(key)) {
            PlanObject inner(entry, fmt::format("{}[{}]", named(key), number++), failure_);
            if (!failure_.empty()) return;
            read(inner);
        }
    }
    void fail(const char* key, std::string_view what) {
        if (failure_.empty())
            failure_ = fmt::format("this is no repair plan of photopsy: {} {}", *key ? named(key) : place_.empty() ? "the whole" : place_, what);
    }

private:
    std::string named(const char* key) const { return place_.empty() ? key : place_ + "." + key; }
    const Parsed* take(const char* key) {
        if (!failure_.empty()) return nullptr;
        if (!has(key)) return fail(key, "is missing"), nullptr;
        ++taken_;
        return &*json_.find(key);
    }
    const Parsed& entries(const char* key) {
        static const Parsed none = Parsed::array();
        const auto* value = take(key);
        if (!value) return none;
        if (!value->is_array() || value->size() > most_entries) return fail(key, "is no list of a plan's length"), none;
        return *value;
    }

    const Parsed& json_;
    std::string place_;
    std::string& failure_;
    std::size_t taken_ = 0;
};

std::vector<RepairPlan::Left> read_lefts(PlanObject& plan, const char* key) {
    std::vector<RepairPlan::Left> list;
    plan.objects(key, [&](PlanObject& left) { list.push_back({left.text("cause"), left.text("why"), left.text("instead")}); });
    return list;
}

void read_device(PlanObject& json, RepairPlan::Device& device) {
    device.layout = json.text("layout");
    device.platform_id = static_cast<std::uint16_t>(json.number("platform_id", 0xFFFF));
    device.serial = json.text("serial");
    device.flash_sha256 = json.digest("flash_sha256");
    device.bootloader_version = static_cast<std::uint16_t>(json.number("bootloader_version", 0xFFFF));
    device.table_code = json.text("table_code");
    device.table_reachable = json.truth("table_reachable");
    device.table_looked_up_anew = json.truth("table_looked_up_anew");
}

RepairOperation read_operation(PlanObject& json) {
    const auto name = json.text("operation");
    for (const auto operation :
         {RepairOperation::Erase, RepairOperation::Program, RepairOperation::WriteTable, RepairOperation::ResetIntoDfu, RepairOperation::StartSystem})
        if (name == name_of(operation)) return operation;
    json.fail("operation", "is none that photopsy carries out");
    return RepairOperation::ResetIntoDfu;
}

void read_place(PlanObject& json, RepairStep& step) {
    const bool table = step.operation == RepairOperation::WriteTable;
    step.alternate = static_cast<std::uint8_t>(json.number("alternate", 2));
    const auto begin = json.address("address");
    const bool internal = begin >= internal_flash;
    if (table ? step.alternate != 1 : internal != (step.alternate == 0)) json.fail("alternate", "does not go with the operation");
    const auto length = json.number("length", table ? 4096 : 0x20000);
    if (length == 0 || begin > most_number - length) json.fail("length", "is no length of a step");
    step.where = range_of(begin, std::min<std::uint32_t>(length, 0xFFFFFFFFu - begin));
}

RepairStep read_step(PlanObject& json) {
    RepairStep step{.operation = read_operation(json)};
    step.reason = json.text("reason");
    if (step.operation != RepairOperation::ResetIntoDfu) {
        json.object("where", [&](PlanObject& where) { read_place(where, step); });
        step.region = json.text("region");
        step.before = json.digest("before");
        step.after = json.digest("after");
        json.objects("sources", [&](PlanObject& source) { step.sources.push_back({source.text("kind"), source.text("sha256"), source.text("place")}); });
    }
    step.timeout_ms = json.number("timeout_ms", 600000);
    step.typical_ms = json.number("typical_ms", 600000);
    json.object("if_power_fails", [&](PlanObject& failure) {
        step.if_power_fails = {failure.text("boot"), failure.text("explain"), failure.text("way_back")};
    });
    json.object("undo", [&](PlanObject& undo) { step.undo = {undo.truth("possible"), undo.text("explain")}; });
    return step;
}

RepairPurpose read_purpose(PlanObject& json) {
    const auto name = json.text("purpose");
    for (const auto purpose : {RepairPurpose::Cure, RepairPurpose::Bootloader})
        if (name == name_of(purpose)) return purpose;
    json.fail("purpose", "is none that photopsy plans for");
    return RepairPurpose::Cure;
}

RepairPlan::Missing read_missing(PlanObject& json) {
    return {.cause = json.text("cause"),
            .slot = json.text("slot"),
            .release = json.text("release"),
            .file = json.text("file"),
            .sha256 = json.text("sha256"),
            .published_in = json.text("published_in")};
}

void read_lists(PlanObject& json, RepairPlan& plan) {
    plan.only_causes = json.texts("only_causes");
    plan.cures = json.texts("cures");
    plan.leaves = read_lefts(json, "leaves");
    plan.cannot = read_lefts(json, "cannot");
    json.objects("files", [&](PlanObject& file) { plan.files.push_back({file.text("slot"), file.text("release"), file.digest("sha256"), file.text("from")}); });
    plan.key_file = json.text("key_file");
    plan.registered_key = json.bytes("registered_key");
    json.objects("missing", [&](PlanObject& one) { plan.missing.push_back(read_missing(one)); });
    json.objects("consents", [&](PlanObject& consent) { plan.consents.push_back({consent.text("word"), consent.text("loses"), consent.truth("given")}); });
}

void read_plan(PlanObject& json, RepairPlan& plan) {
    if (json.text("schema") != "photopsy-repair-plan/1") return json.fail("schema", "is not photopsy-repair-plan/1");
    json.object("tool", [&](PlanObject& tool) {
        if (tool.text("name") != "photopsy" || tool.text("version") != version)
            tool.fail("version", fmt::format("is another than this photopsy's ({}): make the plan anew", version));
    });
    json.object("dump", [&](PlanObject& dump) {
        plan.dump_name = dump.text("name");
        plan.dump_sha256 = dump.digest("sha256");
        plan.dump_size = dump.number("size");
    });
    json.object("device", [&](PlanObject& device) { read_device(device, plan.device); });
    plan.purpose = read_purpose(json);
    read_lists(json, plan);
    json.objects("steps", [&](PlanObject& step) { plan.steps.push_back(read_step(step)); });
    json.object("expect", [&](PlanObject& expect) {
        plan.expect.outcome = expect.text("outcome");
        plan.expect.causes = expect.texts("causes");
    });
    const auto sealed = json.digest("sha256");
    if (sealed != repair_plan_sha256(plan)) json.fail("sha256", "does not go with the rest: the plan was edited since photopsy wrote it, make it anew");
}

}  // namespace

Result<RepairPlan> read_repair_plan(std::string_view text) {
    if (text.size() > largest_repair_plan) return Error{"this is no repair plan of photopsy: it has more than 1 MiB"};
    const auto json = Parsed::parse(text, nullptr, false);
    if (json.is_discarded()) return Error{"this is no repair plan of photopsy: it is no JSON"};
    RepairPlan plan;
    std::string failure;
    {
        PlanObject object(json, "", failure);
        if (failure.empty()) read_plan(object, plan);
    }
    if (!failure.empty()) return Error{failure};
    return plan;
}

}  // namespace photopsy
