#include "support/repair_damages.h"

#include "flash/external.h"
#include "support/ec_pair.h"
#include "support/keys.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::test {

namespace {

using Damage = RepairDamage;
using Column = RepairColumn;

constexpr Damage damages[] = {
    {"private-key-erased", "", R"({ act = "fill", at = "{key}", length = {key-size}, value = 255 }{sealed})"},
    {"private-key-zeroed", "", R"({ act = "fill", at = "{key}", length = {key-size}, value = 0 }{sealed})"},
    {"private-key-truncated", "", R"({ act = "fill", at = "{key}+60", length = {key-tail}, value = 255 }{sealed})"},
    {"private-key-bit-flip", "", R"({ act = "flip", at = "{key}+{key-middle}", bit = 3 }{sealed})"},
    {"private-key-wrong-encoding", "", R"({ act = "put", at = "{key}", key = 1, form = "pkcs8" }{sealed})"},
    {"private-key-wrong-type", "", R"({ act = "put", at = "{key}", key = 1, form = "public" }{sealed})"},
    {"private-key-mixed", "", R"({ act = "and", at = "{key}", key = 2 }{sealed})"},
    {"private-key-wrong-size", R"({ act = "write", field = "{key-field}", key = 2, form = "pkcs1", wish = "twice-as-long" })", ""},
    {"private-key-der-length-wrong", R"({ act = "write", field = "{key-field}", hex = "80", offset = {length-octet} })", ""},
    {"private-key-unreadable-by-firmware", R"({ act = "write", field = "{key-field}", key = 2, form = "{own-form}", wish = "short-component" })", ""},
    {"private-key-never-generated", "", "", Damage::SetUp::NoKeys},
    {"private-key-regenerated",
     R"({ act = "reinitialize" }, { act = "provision", key = 2 }, { act = "write", field = "{server-field}", server = "published" }, { act = "write", field = "{address-field}", domain = "device.spark.io" })",
     ""},
    {"public-key-does-not-match-private-key", R"({ act = "write", field = "{public-field}", key = 2, form = "public" })", ""},
    {"private-key-and-server-key-swapped",
     R"({ act = "write", field = "{server-field}", key = 1 }, { act = "write", field = "{key-field}", server = "published", pad = {key-size} })", ""},
    {"server-key-erased", "", R"({ act = "fill", at = "{server}", length = {server-size}, value = 255 }{sealed})"},
    {"server-key-corrupted", "", R"({ act = "flip", at = "{server}+{server-middle}", bit = 2 }{sealed})"},
    {"server-key-truncated", "", R"({ act = "fill", at = "{server}+60", length = {server-tail}, value = 255 }{sealed})"},
    {"server-key-of-other-server", "", R"({ act = "put", at = "{server}", server = "other" }{sealed})"},
    {"server-key-wrong-type", "", R"({ act = "put", at = "{server}", key = 1, form = "public" }{sealed})"},
    {"server-address-invalid", "", R"({ act = "fill", at = "{address}", length = 4, value = 7 }{sealed})"},
    {"static-address-unreachable", R"({ act = "write", field = "ip_config", hex = "01ffffff6401a8c000ffffff010ba8c0010ba8c0ffffffff" })", ""},
    {"transport-mismatch", R"({ act = "write", field = "cloud_transport", hex = "00" })", ""},
    {"dct-both-copies-invalid", "", R"({ act = "fill", at = "dct1", length = 16, value = 0 }, { act = "fill", at = "dct2", length = 16, value = 0 })"},
    {"dct-reset-to-default", R"({ act = "reinitialize" })", ""},
    {"dct-copy-crc-bad", "", R"({ act = "flip", at = "dct.reserved1+7", bit = 3 })"},
    {"dct-write-interrupted", R"({ act = "write", field = "product_store", hex = "0a000700", power_lost_in = "body", after_bytes = 3400 })", ""},
    {"dct-frozen", R"({ act = "write", field = "device_code", text = "QQQQ", power_lost_in = "body", after_bytes = 9000 })", ""},
    {"stray-dct-copy", "", R"({ act = "copy", at = "ota", from = "dct", length = 0x4000 })"},
    {"wifi-list-erased", R"({ act = "write", sector_offset = 0x1A30, fill = 0xFF, length = 606 })", ""},
    {"module-missing", "", R"({ act = "fill", at = "{part}", length = {part-size}, value = 255 })"},
    {"module-crc-bad", "", R"({ act = "flip", at = "{part}+0x8000", bit = 1 })"},
    {"module-block-erased", "", R"({ act = "fill", at = "{first-part}+0x9000", length = 4096, value = 255 })"},
    {"module-block-zeroed", "", R"({ act = "fill", at = "{part}+0x8000", length = 4096, value = 0 })"},
    {"module-truncated", "", R"({ act = "fill", at = "{part}+0x10000", length = {part-rest}, value = 255 })"},
    {"module-not-firmware", "", R"({ act = "put", at = "{part}", random = 3000 })"},
    {"module-partly-overwritten", "",
     R"({ act = "overlay", at = "{first-part}", module = "{first-part}", release = "{other-release}", bytes = 0x8000, erase_rest_of_sector = true })"},
    {"module-wrong-platform", R"({ act = "install", module = "{part}", release = "{release}", platform = {other-platform} })", ""},
    {"module-at-wrong-address", R"({ act = "install", module = "{first-part}", release = "{release}", at = "{part}" })", ""},
    {"module-dependency-unsatisfied", R"({ act = "install", module = "{first-part}", release = "{older-release}" })", ""},
    {"module-dependency-unsatisfied", R"({ act = "install", module = "bootloader", release = "{older-release}" })", ""},
    {"system-parts-from-different-releases", R"({ act = "install", module = "{part}", release = "{near-release}" })", ""},
    {"bootloader-does-not-fit-system", R"({ act = "install", module = "bootloader", release = "0.7.0" })", ""},
    {"unknown-program-in-system-place", R"({ act = "install", module = "monolithic", release = "{release}" })", ""},
    {"user-needs-newer-system", R"({ act = "install", module = "user", release = "{release}", needs = [4, 2, 3302] })", ""},
    {"ota-receiving", R"({ act = "receive", module = "{part}", release = "{other-release}", percent = 40 })", ""},
    {"ota-pending",
     R"({ act = "receive", module = "user", release = "{release}", version = 9 }, { act = "queue", module = "user", release = "{release}", version = 9 })", ""},
    {"ota-pending-image-corrupt",
     R"({ act = "receive", module = "user", release = "{release}", version = 9 }, { act = "queue", module = "user", release = "{release}", version = 9 })",
     R"({ act = "flip", at = "ota+0x700" })"},
    {"ota-image-wrong-platform",
     R"({ act = "receive", module = "user", release = "{release}", platform = {other-platform} }, { act = "queue", module = "user", release = "{release}", platform = {other-platform} })",
     ""},
    {"ota-flag-set", R"({ act = "receive", module = "user", release = "{release}", version = 9 }, { act = "write", field = "ota_update_flag", hex = "A5" })",
     ""},
    {"factory-reset-asked", R"({ act = "write", field = "system_flags", hex = "AAAA", offset = 12 })", ""},
    {"ota-interrupted-while-applying",
     R"({ act = "receive", module = "user", release = "{release}", version = 9 }, { act = "queue", module = "user", release = "{release}", version = 9 }, { act = "apply", power_lost_in = "copy", after_bytes = 3000 })",
     ""},
    {"eeprom-swap-interrupted", R"({ act = "eeprom", cells = 200, state = "copying" })", ""},
    {"eeprom-invalid-record", R"({ act = "eeprom", cells = 60 })", R"({ act = "put", at = "eeprom1+40", hex = "12340300" })"},
};

constexpr Column columns[] = {{"photon", "0.4.0"},      {"photon", "0.4.3"},   {"photon", "0.4.7"},   {"photon", "0.6.3"},
                              {"photon", "0.7.0-rc.1"}, {"photon", "1.2.1"},   {"photon", "1.5.2"},   {"photon", "2.3.1"},
                              {"electron", "0.6.3"},    {"electron", "0.7.0"}, {"electron", "2.3.1"}, {"core", "0.7.0"}};

/// One whose parts are too old for this one's.
const char* older_release(std::string_view release) {
    return release == "2.3.1" || release == "1.5.2" ? "1.2.1" : release == "1.2.1" ? "1.0.1" : release == "0.7.0" ? "0.6.3" : "0.4.0";
}

/// The one before it.
const char* near_release(std::string_view release) {
    return release == "2.3.1" ? "2.2.0" : release == "1.5.2" ? "1.5.0" : release == "1.2.1" ? "1.1.0" : release == "0.6.3" ? "0.6.2" : "0.4.6";
}

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
            {"{key-field}", alt + "device_private_key"},
            {"{public-field}", alt + "device_public_key"},
            {"{server-field}", alt + "server_public_key"},
            {"{address-field}", alt + "server_address"},
            {"{own-form}", ec ? "sec1" : "pkcs1"},
            {"{length-octet}", ec ? "1" : "9"},
            {"{sealed}", ec ? R"(, { act = "reseal", copy = 1 }, { act = "reseal", copy = 2 })" : ""},
            {"{other-platform}", ec ? "6" : "10"},
            {"{other-release}", std::string_view(column.release) == "2.3.1" ? "1.5.2" : "2.3.1"},
            {"{older-release}", older_release(column.release)},
            {"{near-release}", near_release(column.release)},
            {"{release}", column.release}};
}

std::string filled(std::string text, const Column& column) {
    for (const auto& [name, word] : words_of(column))
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + word.size())) text.replace(at, name.size(), word);
    return text;
}

}  // namespace

std::span<const RepairDamage> repair_damages() { return damages; }

std::span<const RepairColumn> repair_columns() { return columns; }

std::optional<Analysis> damaged(const Damage& damage, const Column& column) { return damaged_by({damage}, column); }

std::optional<Analysis> damaged_by(const std::vector<Damage>& several, const Column& column) {
    const std::string device = column.device;
    std::string life = fmt::format(R"({{ act = "install-release", release = "{0}" }})", column.release), harm;
    if (device == "electron") life += fmt::format(R"(, {{ act = "factory-table", release = "{0}" }})", column.release);
    if (device == "photon" || device == "p1") life += fmt::format(R"(, {{ act = "factory-table", release = "{0}", version_string = "x" }})", column.release);
    if (std::ranges::all_of(several, [](const Damage& damage) { return damage.set_up == Damage::SetUp::Whole; })) life += R"(, { act = "provision" })";
    for (const auto& damage : several) {
        if (*damage.life) life += ", " + filled(damage.life, column);
        if (*damage.damage) harm += (harm.empty() ? "" : ", ") + filled(damage.damage, column);
    }
    const auto sample =
        sample::make_sample(fmt::format("title = \"a\"\ndevice = \"{}\"\nseed = 1\nlife = [ {} ]\ndamage = [ {} ]", column.device, life, harm), "matrix");
    if (!sample) return {};
    const auto& layout = *builtin_layout(column.device);
    Capture capture = recognize(sample->flash, "dump.bin", "", layout);
    if (!sample->external.empty()) put_external(capture, sample->external, "second.bin", "", layout);
    return analyze(std::move(capture), layout);
}

bool give_key(RepairCase& one, std::string_view cause) {
    const auto asks = [&](const RepairPlan::Left& left) { return left.cause == cause && left.why.find("--consent new-key") != std::string::npos; };
    if (std::ranges::none_of(one.repair.plan.cannot, asks)) return false;
    const bool ec = one.analysis.facts.keys && one.analysis.facts.keys->kind == KeyKind::EcSlot;
    const auto slot = device_slot_of(first_key());
    const Bytes number(32, 0x11);
    one.wish.new_key = ec ? sec1_of(ec_pair_of(number), EcWidth::Fixed) : Bytes(slot.begin(), slot.begin() + 611);
    one.wish.new_key_kind = ec ? KeyKind::EcSlot : KeyKind::RsaSlot;
    one.wish.consents.emplace_back(repair_consent::new_key);
    plan_with_all_given(one);
    return true;
}

}  // namespace photopsy::test
