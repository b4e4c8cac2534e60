// Reads what json.cpp and json_fleet.cpp write. What is not there, or of another type, is unknown.
#include "base/base64.h"
#include "handshake/public_key.h"
#include "report/json_fleet.h"
#include "report/plain_text.h"

#include <nlohmann/json.hpp>

#include <limits>

namespace photopsy {

namespace {

using RowJson = nlohmann::json;

const RowJson& part(const RowJson& object, const char* key) {
    static const RowJson nothing;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? *found : nothing;
}

std::string word(const RowJson& object, const char* key) {
    const auto& value = part(object, key);
    static constexpr std::size_t longest = 4096;
    return value.is_string() ? without_control_characters(value.get_ref<const std::string&>().substr(0, longest)) : "";
}

template <class Number>
std::optional<Number> number(const RowJson& object, const char* key) {
    const auto& value = part(object, key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<Number>::max()) return {};
    return value.get<Number>();
}

bool is_true(const RowJson& object, const char* key) { return part(object, key) == RowJson(true); }

void read_causes(const RowJson& report, fleet::Row& row) {
    for (const auto& cause : part(report, "causes")) row.causes.push_back({word(cause, "id"), word(cause, "title"), word(cause, "place")});
    for (const auto& step : part(part(report, "fleet"), "steps"))
        if (step.is_string()) row.steps.push_back(without_control_characters(step.get_ref<const std::string&>()));
}

/// Of a key that is whole: what stands in a damaged one may be anybody's bits.
std::vector<std::uint8_t> modulus_of(const RowJson& key) {
    const auto der = bytes_of_base64(word(key, "public_key"));
    const auto parsed = der && is_true(key, "usable") ? parse_public_key(*der) : std::nullopt;
    if (!parsed) return {};
    return parsed->modulus.bytes(static_cast<std::size_t>(parsed->modulus.bits() + 7) / 8);
}

void read_keys(const RowJson& report, fleet::Row& row) {
    const bool stand_in = is_true(part(report, "input"), "redacted");
    for (const auto& key : part(report, "keys")) {
        const auto role = word(key, "role"), fingerprint = word(key, "public_fingerprint");
        if (role == "device-private-key" && !stand_in) row.key = fingerprint, row.modulus = modulus_of(key);
        if (role == "server-public-key") row.server_key = word(key, "what") == "published" ? "published" : fingerprint;
    }
}

/// A file of another kind is no dump, whatever it is called.
bool of_another_kind(const fleet::Row& row) {
    return row.outcome == Outcome::BadCapture && !row.causes.empty() && row.causes.front().id == "capture-not-binary";
}

std::optional<fleet::Row> failure_row(const RowJson& line) {
    fleet::Row row{.path = word(part(line, "fleet"), "path"), .standing = fleet::Row::Standing::Unread, .why = word(line, "failure"), .exit_status = 2};
    row.tool_version = word(part(line, "tool"), "version");
    if (is_true(line, "no_dump")) row.standing = fleet::Row::Standing::NoDump, row.exit_status = 0;
    return row;
}

void read_identity(const RowJson& report, fleet::Row& row) {
    const auto &fleet = part(report, "fleet"), &device = part(report, "device");
    row.layout = word(device, "layout");
    row.device_os = word(device, "device_os");
    row.bootloader = number<std::uint16_t>(device, "bootloader_version");
    row.shown_id = word(device, "device_id");
    row.device = word(fleet, "device");
    row.chip = word(fleet, "chip");
    row.address = word(fleet, "address");
    row.application = word(fleet, "application");
    row.product = number<std::uint32_t>(fleet, "product");
    row.sequence = number<std::uint32_t>(fleet, "sequence");
}

}  // namespace

std::optional<fleet::Row> row_of_line(std::string_view line) {
    // What is nested deeper than a report is, is passed over: a stranger's line takes no memory for it.
    static constexpr int deepest = 12;
    const auto not_too_deep = [](int depth, RowJson::parse_event_t, RowJson&) { return depth <= deepest; };
    const auto report = RowJson::parse(line, not_too_deep, false);
    if (word(report, "schema") == "photopsy-failure/1") return failure_row(report);
    const auto outcome = fleet::outcome_named(word(part(report, "verdict"), "outcome"));
    if (word(report, "schema") != "photopsy-report/1" || !outcome) return {};
    const auto &input = part(report, "input"), &fleet = part(report, "fleet");
    fleet::Row row{.path = word(fleet, "path"), .sha256 = word(input, "sha256"), .size = number<std::uint64_t>(input, "size").value_or(0), .outcome = *outcome};
    if (row.path.empty()) row.path = word(input, "name");
    row.headline = word(part(report, "verdict"), "headline");
    row.tool_version = word(part(report, "tool"), "version");
    row.old_key = word(fleet, "old_key");
    row.exit_status = number<int>(fleet, "exit_status").value_or(*outcome > Outcome::Attention);
    row.unexplained = part(report, "unexplained").is_array() ? part(report, "unexplained").size() : 0;
    read_causes(report, row);
    read_keys(report, row);
    read_identity(report, row);
    if (of_another_kind(row)) row.standing = fleet::Row::Standing::NoDump, row.why = row.headline, row.exit_status = 0;
    return row;
}

}  // namespace photopsy
