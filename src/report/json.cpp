// Field names and ids are the published contract: docs/report.schema.json says what each means.
#include "report/json.h"

#include "base/hex.h"
#include "report/json_causes.h"
#include "report/json_parts.h"
#include "report/json_updates.h"
#include "report/words.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

Json place_of(Range at) { return {{"address", hex_address(at.begin)}, {"length", at.size()}}; }

Json texts(const std::vector<std::string>& list) {
    auto array = Json::array();
    for (const auto& text : list) array.push_back(without_control_characters(text));
    return array;
}

Json capture(const CaptureRecord& record) {
    auto unstable = Json::array();
    for (const Range at : record.unstable) unstable.push_back(place_of(at));
    return {{"when", record.when},
            {"tool_version", record.tool_version},
            {"usb_id", record.usb_id},
            {"bcd_device", fmt::format("{:04x}", record.bcd_device)},
            {"serial", record.serial},
            {"operating_system", record.operating_system},
            {"reads", record.reads},
            {"retries", record.retries},
            {"reconnects", record.reconnects},
            {"differed", record.differed.size()},
            {"unstable", unstable}};
}

Json input(const Document& document) {
    Json input{{"name", document.name}, {"size", document.size}};
    put_if(input, "sha256", document.sha256);
    input["format"] = document.format;
    put_if(input, "container", document.container);
    if (const auto& file = document.external; !file.name.empty())
        input["external"] = {{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}, {"format", file.format}};
    input["redacted"] = document.redacted_dump;
    if (document.capture) put_if(input["capture"] = capture(*document.capture), "chip_id", document.chip_id);
    return input;
}

Json device(const Document& document) {
    Json device{{"layout", document.layout}, {"platform_id", document.platform_id}};
    put_if(device, "device_os", document.device_os);
    if (document.system_version) device["system_version"] = *document.system_version;
    if (document.bootloader_version) device["bootloader_version"] = *document.bootloader_version;
    put_if(device, "device_id", document.device_id);
    if (!document.external.at.empty()) (device["external_flash"] = place_of(document.external.at))["title"] = document.external.title;
    return device;
}

Json findings(const Document& document) {
    auto array = Json::array();
    for (const auto& finding : document.findings) {
        Json json{{"id", finding.id}, {"severity", name_of(finding.severity)}, {"confidence", name_of(finding.confidence)}};
        json["where"] = {{"region", finding.region}, {"address", hex_address(finding.at.begin)}, {"length", finding.at.size()}};
        put_if(json, "expected", finding.expected);
        put_if(json, "actual", finding.actual);
        put_if(json, "evidence", finding.evidence);
        json["explain"] = finding.explain;
        array.push_back(std::move(json));
    }
    return array;
}

Json regions(const Document& document) {
    auto array = Json::array();
    for (const auto& region : document.regions)
        array.push_back({{"label", region.label}, {"address", hex_address(region.at.begin)}, {"length", region.at.size()}, {"state", name_of(region.state)}});
    return array;
}

Json needs(const Module& module) {
    auto array = Json::array();
    for (const auto* dependency : {&module.dependency, &module.dependency2})
        if (!dependency->none())
            array.push_back({{"function", dependency->function.value}, {"index", dependency->index.value}, {"version", dependency->version.value}});
    return array;
}

Json module_row(const Module& module, const ModuleText& text) {
    const auto if_known = [&](auto value) { return module.present() ? Json(value) : Json(nullptr); };
    Json json{{"slot", module.slot}, {"state", name_of(text.state)}, {"address", hex_address(module.slot_at.begin)}, {"length", module.at.size()}};
    json["start"] = if_known(hex_address(module.start.value));
    json["end"] = if_known(hex_address(module.end.value));
    json["version"] = if_known(module.version.value);
    json["platform_id"] = if_known(module.platform_id.value);
    json["function"] = if_known(module.function.value);
    json["index"] = if_known(module.index.value);
    json["integrity"] = or_null(module.integrity_ok());
    json["range"] = or_null(module.range_ok);
    json["platform"] = or_null(module.platform_ok);
    json["dependencies"] = or_null(module.dependencies_ok);
    json["releases"] = texts(module.releases);
    json["needs"] = module.present() ? needs(module) : Json::array();
    put_if(json, "known_as", module.known_as);
    put_if(json, "remark", text.remark);
    if (module.product_id) json["product_id"] = module.product_id->value;
    if (module.product_version) json["product_version"] = module.product_version->value;
    json["sha256_suffix"] = or_null(module.sha256_good);
    return json;
}

Json modules(const Facts& facts, const Document& document) {
    auto array = Json::array();
    for (std::size_t i = 0; i < facts.modules.size() && i < document.modules.size(); ++i) array.push_back(module_row(facts.modules[i], document.modules[i]));
    return array;
}

Json dct(const Facts& facts, const Document& document) {
    auto array = Json::array();
    for (std::size_t i = 0; i < facts.dct.copies.size() && i < document.dct.size(); ++i) {
        const auto& copy = facts.dct.copies[i];
        const auto& text = document.dct[i];
        Json json{{"copy", copy.number}, {"state", name_of(text.state)}, {"address", hex_address(copy.at.begin)}, {"selected", text.selected}};
        json["what"] = contract_name_of(copy.state);
        if (const auto& dcd = facts.dct.dcd) {
            json["generation"] = name_of(dcd->system);
            json["bootloader_generation"] = name_of(dcd->bootloader);
            json["seal"] = name_of(dcd->head(copy.number).seal);
        } else
            json["generation"] = copy.has_version_struct ? "G4-G5" : copy.magic_good() ? "G0-G3" : "";
        json["crc"] = text.checksum;
        if (copy.has_version_struct) json["sequence"] = copy.sequence.value;
        json["reinitialized"] = copy.reinitialized_mark;
        array.push_back(std::move(json));
    }
    return array;
}

Json components(const DeviceKey& key) {
    auto array = Json::array();
    for (const auto& component : key.components)
        array.push_back(
            {{"name", component.name}, {"address", hex_address(component.at.begin)}, {"length", component.at.size()}, {"state", name_of(component.state)}});
    return array;
}

void add_device_key(Json& json, const DeviceKey& key) {
    json["encoding"] = name_of(key.encoding);
    if (key.bits) json["bits"] = key.bits;
    json["usable"] = key.usable;
    json["components"] = components(key);
}

Json keys(const KeyFacts& facts, const Document& document) {
    auto array = Json::array();
    for (const auto& key : document.keys) {
        Json json{{"role", key.role}, {"state", name_of(key.state)}};
        if (!key.at.empty()) json.update(place_of(key.at));
        json["what"] = key.what;
        put_if(json, "public_fingerprint", key.fingerprint);
        put_if(json, "public_key", key.spki);
        put_if(json, "detail", key.detail);
        if (key.role == "device-private-key") add_device_key(json, facts.device);
        if (key.role == "device-private-key-in-other-copy" && facts.device_in_other_copy) add_device_key(json, *facts.device_in_other_copy);
        if (key.role == "key-elsewhere") json["where"] = key.title;
        array.push_back(std::move(json));
    }
    return array;
}

Json redactions(const Document& document) {
    auto array = Json::array();
    for (const auto& redaction : document.redactions) {
        array.push_back({{"what", redaction.what}, {"why", redaction.why}});
        if (!redaction.at.empty()) array.back()["where"] = place_of(redaction.at);
    }
    return array;
}

}  // namespace

std::string render_json(const Analysis& analysis, const Document& document, int indent) {
    Json json{{"schema", "photopsy-report/1"}, {"tool", {{"name", "photopsy"}, {"version", document.tool_version}}}};
    json["input"] = input(document);
    json["device"] = device(document);
    json["verdict"] = {{"outcome", name_of(document.outcome)}, {"headline", document.headline}, {"confidence", name_of(document.confidence)}};
    put_if(json["verdict"], "led_remark", document.led_remark);
    if (!document.for_the_light.empty()) json["verdict"]["led_remedies"] = json_for_the_light(document);
    json["causes"] = json_causes(document);
    json["plan"] = json_plan(document);
    if (document.afterwards) json["afterwards"] = json_afterwards(document);
    json["boot"] = json_boot(document);
    json["handshake"] = json_handshake(document);
    json["findings"] = findings(document);
    json["unexplained"] = document.unexplained;
    json["regions"] = regions(document);
    json["modules"] = modules(analysis.facts, document);
    json["dct"] = dct(analysis.facts, document);
    json["keys"] = keys(analysis.keys, document);
    json["ota"] = updates_json(analysis.facts.ota);
    json["eeprom"] = eeprom_json(analysis.facts.eeprom);
    json["wifi"] = wifi_json(analysis.facts.wifi);
    json["remarks"] = texts(document.remarks);
    json["cannot_tell"] = texts(document.cannot_tell);
    json["redactions"] = redactions(document);
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace photopsy
