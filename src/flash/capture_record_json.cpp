#include "base/counted.h"
#include "flash/capture_record.h"

#include "base/hex.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace photopsy {
namespace {

constexpr std::string_view schema = "photopsy-capture/1";

using Json = nlohmann::ordered_json;

Json ranges_json(const std::vector<Range>& ranges) {
    Json list = Json::array();
    for (const Range at : ranges) list.push_back({{"address", hex_address(at.begin)}, {"length", at.size()}});
    return list;
}

template <class T>
T number(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) return 0;
    const auto value = found->get<std::uint64_t>();
    return value <= static_cast<std::uint64_t>(std::numeric_limits<T>::max()) ? static_cast<T>(value) : T{0};
}

std::string text(const Json& json, const char* name) {
    const auto found = json.find(name);
    constexpr std::size_t longest = 200;
    return found != json.end() && found->is_string() ? found->get<std::string>().substr(0, longest) : std::string();
}

bool read_ranges(const Json& json, const char* name, std::vector<Range>& ranges) {
    const auto list = json.find(name);
    if (list == json.end()) return true;
    if (!list->is_array()) return false;
    for (const Json& part : *list) {
        if (!part.is_object()) return false;
        const std::string address = text(part, "address");
        Address begin = 0;
        const auto length = number<std::uint32_t>(part, "length");
        const auto [end, error] = std::from_chars(address.data() + std::min<std::size_t>(2, address.size()), address.data() + address.size(), begin, 16);
        if (error != std::errc{} || end != address.data() + address.size() || length == 0 || begin + std::uint64_t{length} > 0xFFFFFFFFu) return false;
        ranges.push_back(range_of(begin, length));
    }
    return true;
}

void put_file(const CapturedFlash& flash, Json& json) {
    json["sha256"] = flash.sha256;
    json["size"] = flash.size;
}

void put_reading(const CapturedFlash& flash, Json& json) {
    json["reads"] = flash.reads;
    json["verification"] = flash.reads == 1 ? "read once, unverified" : flash.unstable.empty() ? "reads agree" : "reads differ";
    json["retries"] = flash.retries;
    json["reconnects"] = flash.reconnects;
    json["differed"] = ranges_json(flash.differed);
    json["unstable"] = ranges_json(flash.unstable);
}

bool read_flash(const Json& json, CapturedFlash& flash) {
    flash.sha256 = text(json, "sha256");
    flash.size = number<std::uint64_t>(json, "size");
    flash.reads = number<int>(json, "reads");
    flash.retries = number<unsigned>(json, "retries");
    flash.reconnects = number<unsigned>(json, "reconnects");
    return read_ranges(json, "differed", flash.differed) && read_ranges(json, "unstable", flash.unstable);
}

bool read_external(const Json& json, std::optional<CapturedFlash>& flash) {
    const auto found = json.find("external");
    if (found == json.end()) return true;
    return found->is_object() && read_flash(*found, flash.emplace());
}

void tell_unstable(const std::vector<Range>& unstable, Range flash, Capture& capture) {
    for (const Range at : unstable) {
        const Range inside = intersection(at, flash);
        if (inside.empty()) continue;
        capture.problems.push_back(
            {CaptureDefect::Noisy, inside, inside.begin - flash.begin, inside.size(),
             fmt::format("the capture read {} at {} differently each time and could not decide", counted(inside.size(), "byte"), hex_address(inside.begin))});
    }
}

}  // namespace

std::string record_text(const CaptureRecord& record) {
    Json json;
    json["schema"] = schema;
    put_file(record, json);
    json["when"] = record.when;
    json["tool_version"] = record.tool_version;
    json["usb_id"] = record.usb_id;
    json["bcd_device"] = fmt::format("{:04x}", record.bcd_device);
    json["serial"] = record.serial;
    json["serial_is_device_id"] = record.serial_is_device_id;
    json["path"] = record.path;
    json["operating_system"] = record.operating_system;
    put_reading(record, json);
    if (record.external) {
        put_file(*record.external, json["external"]);
        put_reading(*record.external, json["external"]);
    }
    return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::optional<CaptureRecord> parse_record(std::string_view source) {
    const Json json = Json::parse(source, nullptr, false);
    if (!json.is_object() || text(json, "schema") != schema) return std::nullopt;
    CaptureRecord record;
    record.when = text(json, "when");
    record.tool_version = text(json, "tool_version");
    record.usb_id = text(json, "usb_id");
    const auto bcd = from_hex(text(json, "bcd_device"));
    if (bcd && bcd->size() == 2) record.bcd_device = big_endian<std::uint16_t>(*bcd);
    record.serial = text(json, "serial");
    const auto is_id = json.find("serial_is_device_id");
    record.serial_is_device_id = is_id != json.end() && is_id->is_boolean() && is_id->get<bool>();
    record.path = text(json, "path");
    record.operating_system = text(json, "operating_system");
    if (!read_flash(json, record) || !read_external(json, record.external)) return std::nullopt;
    return record;
}

void attach_record(CaptureRecord record, Capture& capture) {
    if (record.sha256 != hex(capture.sha256)) {
        capture.remarks.push_back("a capture record lies beside the file, but it belongs to other bytes (its sha256 does not fit) and is not used");
        return;
    }
    tell_unstable(record.unstable, capture.image.range(), capture);
    capture.record = std::move(record);
}

void attach_external_record(const Layout& layout, Capture& capture) {
    if (!capture.record || !capture.record->external || !capture.external || !layout.external) return;
    if (capture.record->external->sha256 != hex(capture.external->sha256)) {
        capture.remarks.push_back(capture.external->name + " is not the " + layout.external->title +
                                  " that was captured with this dump, or it was changed since");
        return;
    }
    tell_unstable(capture.record->external->unstable, layout.external->at, capture);
}

}  // namespace photopsy
