// Causes by generations of bootloader: each cell planned and carried out. The table of docs/repair.md is what comes out of it.
#include "catch.h"
#include "flash/external.h"
#include "support/ec_pair.h"
#include "support/keys.h"
#include "support/repair_trial.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Damage {
    const char* cause;
    const char* life;    ///< acts behind the set-up
    const char* damage;  ///< names in braces are the device's own
};

constexpr Damage damages[] = {
    {"private-key-erased", "", R"({ act = "fill", at = "{key}", length = {key-size}, value = 255 })"},
    {"private-key-zeroed", "", R"({ act = "fill", at = "{key}", length = {key-size}, value = 0 })"},
    {"private-key-truncated", "", R"({ act = "fill", at = "{key}+60", length = {key-tail}, value = 255 })"},
    {"private-key-bit-flip", "", R"({ act = "flip", at = "{key}+{key-middle}", bit = 3 })"},
    {"private-key-wrong-encoding", "", R"({ act = "put", at = "{key}", key = 1, form = "pkcs8" })"},
    {"private-key-wrong-type", "", R"({ act = "put", at = "{key}", key = 1, form = "public" })"},
    {"private-key-mixed", "", R"({ act = "and", at = "{key}", key = 2 })"},
    {"server-key-erased", "", R"({ act = "fill", at = "{server}", length = {server-size}, value = 255 })"},
    {"server-key-corrupted", "", R"({ act = "flip", at = "{server}+{server-middle}", bit = 2 })"},
    {"server-key-truncated", "", R"({ act = "fill", at = "{server}+60", length = {server-tail}, value = 255 })"},
    {"server-key-of-other-server", "", R"({ act = "put", at = "{server}", server = "other" })"},
    {"server-key-wrong-type", "", R"({ act = "put", at = "{server}", key = 1, form = "public" })"},
    {"server-address-invalid", "", R"({ act = "fill", at = "{address}", length = 4, value = 7 })"},
    {"transport-mismatch", R"({ act = "write", field = "cloud_transport", hex = "00" })", ""},
    {"dct-both-copies-invalid", "", R"({ act = "fill", at = "dct1", length = 16, value = 0 }, { act = "fill", at = "dct2", length = 16, value = 0 })"},
    {"dct-copy-crc-bad", "", R"({ act = "flip", at = "dct.reserved1+7", bit = 3 })"},
    {"dct-write-interrupted", R"({ act = "write", field = "product_store", hex = "0a000700", power_lost_in = "body", after_bytes = 3400 })", ""},
    {"module-missing", "", R"({ act = "fill", at = "{part}", length = {part-size}, value = 255 })"},
    {"module-crc-bad", "", R"({ act = "flip", at = "{part}+0x8000", bit = 1 })"},
    {"module-block-erased", "", R"({ act = "fill", at = "{first-part}+0x9000", length = 4096, value = 255 })"},
    {"module-block-zeroed", "", R"({ act = "fill", at = "{part}+0x8000", length = 4096, value = 0 })"},
    {"module-truncated", "", R"({ act = "fill", at = "{part}+0x10000", length = {part-rest}, value = 255 })"},
    {"module-not-firmware", "", R"({ act = "put", at = "{part}", random = 3000 })"},
    {"user-needs-newer-system", R"({ act = "install", module = "user", release = "{release}", needs = [4, 2, 3302] })", ""},
    {"ota-pending",
     R"({ act = "receive", module = "user", release = "{release}", version = 9 }, { act = "queue", module = "user", release = "{release}", version = 9 })", ""},
    {"ota-interrupted-while-applying",
     R"({ act = "receive", module = "user", release = "{release}", version = 9 }, { act = "queue", module = "user", release = "{release}", version = 9 }, { act = "apply", power_lost_in = "copy", after_bytes = 3000 })",
     ""},
    {"eeprom-swap-interrupted", R"({ act = "eeprom", cells = 200, state = "copying" })", ""},
};

struct Column {
    const char *device, *release;
};
constexpr Column columns[] = {{"photon", "0.4.0"},      {"photon", "0.4.3"},   {"photon", "0.4.7"},   {"photon", "0.6.3"},
                              {"photon", "0.7.0-rc.1"}, {"photon", "1.2.1"},   {"photon", "1.5.2"},   {"photon", "2.3.1"},
                              {"electron", "0.6.3"},    {"electron", "0.7.0"}, {"electron", "2.3.1"}, {"core", "0.7.0"}};

/// What the names in braces mean on a device.
std::vector<std::pair<std::string, std::string>> words_of(const Column& column) {
    const std::string device = column.device;
    const bool ec = device == "electron", core = device == "core";
    const std::string store = core ? "serial." : "dct.", alt = ec ? "alt_" : "";
    return {{"{key}", store + alt + "device_private_key"},
            {"{key-size}", ec ? "192" : "612"},
            {"{key-tail}", ec ? "132" : "552"},
            {"{key-middle}", ec ? "20" : "0x128"},
            {"{server}", store + alt + "server_public_key"},
            {"{server-size}", ec ? "91" : "294"},
            {"{server-tail}", ec ? "31" : "234"},
            {"{server-middle}", ec ? "40" : "0x80"},
            {"{address}", store + alt + "server_address"},
            {"{part}", core ? "monolithic"
                       : ec ? "system-part3"
                            : "system-part2"},
            {"{first-part}", core ? "monolithic"
                             : ec ? "system-part2"
                                  : "system-part1"},
            {"{part-size}", core ? "0x1B000"
                            : ec ? "0x20000"
                                 : "0x40000"},
            {"{part-rest}", core ? "0xB000"
                            : ec ? "0x10000"
                                 : "0x30000"},
            {"{release}", column.release}};
}

std::string filled(std::string text, const Column& column) {
    for (const auto& [name, word] : words_of(column))
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + word.size())) text.replace(at, name.size(), word);
    return text;
}

/// Nothing where such a damage cannot be on such a device.
std::optional<Analysis> damaged(const Damage& damage, const Column& column) {
    std::string life = fmt::format(R"({{ act = "install-release", release = "{0}" }})", column.release);
    if (std::string_view(column.device) == "photon")
        life += fmt::format(R"(, {{ act = "factory-table", release = "{0}", version_string = "x" }})", column.release);
    if (std::string_view(column.device) == "electron") life += fmt::format(R"(, {{ act = "factory-table", release = "{0}" }})", column.release);
    life += R"(, { act = "provision" })";
    if (*damage.life) life += ", " + filled(damage.life, column);
    const auto sample = sample::make_sample(
        fmt::format("title = \"a\"\ndevice = \"{}\"\nseed = 1\nlife = [ {} ]\ndamage = [ {} ]", column.device, life, filled(damage.damage, column)), "matrix");
    if (!sample) return {};
    const auto& layout = *builtin_layout(column.device);
    Capture capture = recognize(sample->flash, "dump.bin", "", layout);
    if (!sample->external.empty()) put_external(capture, sample->external, "second.bin", "", layout);
    return analyze(std::move(capture), layout);
}

bool has_cause(const Analysis& analysis, std::string_view id) {
    return std::ranges::any_of(analysis.diagnosis.causes, [&](const NamedCause& named) { return named.cause->id == id; });
}

bool tells(const std::vector<RepairPlan::Left>& list, std::string_view id) {
    return std::ranges::any_of(list, [&](const RepairPlan::Left& left) { return left.cause == id; });
}

/// "2 sectors erased, 8192 bytes programmed, RESET, one table write".
std::string writes_of(const RepairPlan& plan) {
    std::size_t erased = 0, bytes = 0, resets = 0, tables = 0;
    for (const auto& step : plan.steps) {
        erased += step.operation == RepairOperation::Erase;
        bytes += step.operation == RepairOperation::Program ? step.where.size() : 0;
        resets += step.operation == RepairOperation::ResetIntoDfu;
        tables += step.operation == RepairOperation::WriteTable;
    }
    std::string text;
    const auto add = [&](std::size_t count, const std::string& what) {
        if (count != 0) text += (text.empty() ? "" : ", ") + what;
    };
    add(erased, fmt::format("{} sector{} erased", erased, erased == 1 ? "" : "s"));
    add(bytes, fmt::format("{} bytes", bytes));
    add(resets, "RESET");
    add(tables, "one table write");
    return text;
}

/// True where a key of the owner's was what was missing.
bool give_key(RepairCase& one, const char* cause) {
    const auto asks = [&](const RepairPlan::Left& left) { return left.cause == cause && left.why.find("--consent new-key") != std::string::npos; };
    if (std::ranges::none_of(one.repair.plan.cannot, asks)) return false;
    const bool ec = one.analysis.facts.keys && one.analysis.facts.keys->kind == KeyKind::EcSlot;
    const auto slot = device_slot_of(first_key());
    const Bytes number(32, 0x11);
    one.wish.new_key = ec ? sec1_of(ec_pair_of(number), EcWidth::Fixed) : Bytes(slot.begin(), slot.begin() + 611);
    one.wish.new_key_kind = ec ? KeyKind::EcSlot : KeyKind::RsaSlot;
    one.wish.consents.emplace_back(repair_consent::new_key);
    one.repair = plan_repair(one.analysis, one.wish);
    return true;
}

void carry_out_and_look(const RepairCase& one, const char* cause) {
    const auto& layout = *one.analysis.layout;
    auto device = device_with(one.analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, one.repair, layout, journal).how == RepairEnd::How::Done);
    const auto after = analysis_of(device, layout);
    CHECK_FALSE(has_cause(after, cause));
    CHECK(name_of(after.diagnosis.outcome) == one.repair.plan.expect.outcome);
}

std::string cell(const Damage& damage, const Column& column) {
    INFO(damage.cause << ", " << column.device << " " << column.release);
    auto analysis = damaged(damage, column);
    if (!analysis || !has_cause(*analysis, damage.cause)) return "-";
    auto one = repair_case("matrix", std::move(*analysis));
    const bool new_key = give_key(one, damage.cause);
    const auto& plan = one.repair.plan;
    const bool cures = std::ranges::find(plan.cures, damage.cause) != plan.cures.end();
    if (!cures) return tells(plan.leaves, damage.cause) ? "nothing is written" : tells(plan.cannot, damage.cause) ? "not over DFU" : "?";
    carry_out_and_look(one, damage.cause);
    return (new_key ? "with a new key: " : "") + writes_of(plan);
}

std::vector<std::string> split(const std::string& text, const std::string& at) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (auto end = text.find(at); end != std::string::npos; from = end + at.size(), end = text.find(at, from)) parts.push_back(text.substr(from, end - from));
    return parts;
}

std::string heading() {
    std::string head = "| cause |", line = "|---|";
    for (const auto& column : columns) {
        const auto analysis = damaged({"", "", ""}, column);
        const auto version = analysis ? analysis->facts.system.bootloader_version.value_or(0) : 0;
        const std::string device = column.device;
        const auto named = device == "photon" ? "" : device == "core" ? "Core " : "Electron ";
        head += fmt::format(" {}{}{} |", named, column.release, version ? fmt::format(" (bootloader {})", version) : "");
        line += "---|";
    }
    return head + "\n" + line + "\n";
}

std::string row(const Damage& damage) {
    std::string text = fmt::format("| `{}` |", damage.cause);
    for (const auto& column : columns) text += fmt::format(" {} |", cell(damage, column));
    return text + "\n";
}

}  // namespace

TEST_CASE("the table of causes and bootloaders in docs/repair.md is what plans and the emulated device do", "[repair][golden]") {
    const std::string begin = "<!-- table made by the tests -->\n", end = "<!-- end of the table -->";
    const auto bytes = read_file(source_path("docs/repair.md"));
    std::string page(bytes.begin(), bytes.end());
    const auto from = page.find(begin), to = page.find(end);
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    if (const char* update = std::getenv("PHOTOPSY_UPDATE_GOLDEN"); update && *update == '1') {
        std::string now = heading();
        for (const auto& damage : damages) now += row(damage);
        page.replace(from + begin.size(), to - from - begin.size(), now);
        std::ofstream(source_path("docs/repair.md"), std::ios::binary) << page;
        return;
    }
    const auto lines = split(page.substr(from + begin.size(), to - from - begin.size()), "\n");
    REQUIRE(lines.size() == std::size(damages) + 2);
    std::size_t number = 0;
    for (std::size_t i = 0; i < std::size(damages); ++i) {
        const auto cells = split(lines[i + 2], " |");
        REQUIRE(cells.size() == std::size(columns) + 1);
        CHECK(cells[0] == fmt::format("| `{}`", damages[i].cause));
        for (std::size_t j = 0; j < std::size(columns); ++j)
            if (full_tests() || ++number % 13 == 0) CHECK(cells[j + 1] == " " + cell(damages[i], columns[j]));
    }
}
