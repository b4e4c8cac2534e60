// Reads what json.cpp and json_fleet.cpp write. What is not there, or of another type, is unknown.
#include "base/base64.h"
#include "diagnosis/titles.h"
#include "handshake/public_key.h"
#include "report/json_fleet.h"
#include "report/plain_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
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

/// The word where it is one of these; "" else.
std::string one_of(std::initializer_list<std::string_view> words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) == words.end() ? "" : word;
}

bool is_true(const RowJson& object, const char* key) { return part(object, key) == RowJson(true); }

void read_causes(const RowJson& report, fleet::Row& row) {
    for (const auto& cause : part(report, "causes")) row.causes.push_back({word(cause, "id"), word(cause, "title"), word(cause, "place")});
    for (const auto& step : part(part(report, "fleet"), "steps"))
        if (step.is_string()) row.steps.push_back(without_control_characters(step.get_ref<const std::string&>()));
}

/// Of a key that is proved by arithmetic, as it stands or as it can be got back: what stands in a damaged one may be anybody's bits. No key of these devices
/// is longer than `most_bits`, and a stranger's line takes no time for one that is.
std::vector<std::uint8_t> modulus_of(const RowJson& key, const fleet::Row& row) {
    static constexpr std::size_t most_bits = 4096;
    const bool proved = row.old_key == "in-place" || row.old_key == "recoverable";
    const auto der = bytes_of_base64(word(key, "public_key"));
    const auto parsed = der && proved ? parse_public_key(*der) : std::nullopt;
    if (!parsed || static_cast<std::size_t>(parsed->modulus.bits()) > most_bits) return {};
    return parsed->modulus.bytes(static_cast<std::size_t>(parsed->modulus.bits() + 7) / 8);
}

void read_keys(const RowJson& report, fleet::Row& row) {
    const bool stand_in = is_true(part(report, "input"), "redacted");
    for (const auto& key : part(report, "keys")) {
        const auto role = word(key, "role"), fingerprint = word(key, "public_fingerprint");
        if (role == "device-private-key" && !stand_in) row.key = fingerprint, row.modulus = modulus_of(key, row);
        if (role == "device-private-key-in-other-copy" && !stand_in) row.older_modulus = modulus_of(key, row);
        if (role == "server-public-key") row.server_key = word(key, "what") == "published" ? "published" : fingerprint;
    }
    if (row.older_modulus == row.modulus) row.older_modulus.clear();
}

/// A file of another kind is no dump, whatever it is called: text, a picture, nothing at all, modules as they are released; and bytes that are the flash of
/// no known device, unless they are as many as a flash is read in, whole blocks.
bool of_another_kind(const fleet::Row& row) {
    static constexpr std::uint64_t block = 4096;
    if (row.outcome != Outcome::BadCapture || row.causes.empty()) return false;
    const auto& first = row.causes.front();
    if (first.id == "capture-not-binary" || first.id == "capture-empty" || first.title == title_of_firmware_alone) return true;
    return first.title == title_of_no_known_flash && row.size % block != 0;
}

/// "The file is not a flash dump": that something is no trustworthy copy is said of dumps.
std::string reason_of(const fleet::Row& row) { return row.causes.front().title.empty() ? row.headline : row.causes.front().title; }

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
    row.sequence = number<std::uint8_t>(fleet, "sequence");  // a byte in the table
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
    row.old_key = one_of({"in-place", "recoverable", "lost", "unknown"}, word(fleet, "old_key"));
    // 0 or 1, by the contract; what fails is never 0, what is healthy never 1, and a stranger's line changes nothing of that.
    row.exit_status = row.fails() || (!row.healthy() && number<int>(fleet, "exit_status") == 1);
    row.unexplained = part(report, "unexplained").is_array() ? part(report, "unexplained").size() : 0;
    read_causes(report, row);
    read_keys(report, row);
    read_identity(report, row);
    if (of_another_kind(row)) {
        row.standing = fleet::Row::Standing::NoDump, row.why = reason_of(row), row.steps.clear(), row.exit_status = 0;
        row.layout.clear();  // what it was read as
    }
    return row;
}

}  // namespace photopsy
