#include "report/disassembly.h"

#include "base/hex.h"
#include "facts/code.h"
#include "report/json_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace photopsy {

namespace {

std::optional<Address> parse_address(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    Address address = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), address, 16);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return address;
}

Result<Address> reset_handler(const Image& image, const Facts& facts, std::string_view slot) {
    const auto* module = facts.module(slot);
    if (!module || !module->present()) return Error{fmt::format("no module with a readable header lies in the slot \"{}\"", slot)};
    const auto word = image.bytes(range_of(module->at.begin + 4, 4));
    if (module->header_at == module->at.begin || word.size() != 4)
        return Error{fmt::format("the module in slot \"{}\" has no vector table, so no reset handler: give an address", slot)};
    const auto reset = little_endian<std::uint32_t>(word);
    if ((reset & 1) == 0 || !module->at.contains(reset - 1))
        return Error{fmt::format("the reset vector of the module in slot \"{}\" is {}, which is no function of it", slot, hex_address(reset))};
    return reset - 1;
}

Result<Address> place_of(const Image& image, const Facts& facts, std::string_view where) {
    if (where == "reset") return reset_handler(image, facts, "bootloader");
    if (facts.layout->slot(where)) return reset_handler(image, facts, where);
    const auto address = parse_address(where);
    if (!address) return Error{fmt::format("\"{}\" is no address, no module slot of the {} and not \"reset\"", where, facts.layout->title)};
    return *address & ~Address{1};
}

/// What a call or the beginning of a stub means.
std::string remark(const Image& image, const Facts& facts, const Instruction& line) {
    const auto stub = stub_at(image, facts.modules, line.calls ? line.calls : line.at);
    if (!stub) return {};
    const auto target = stub->resolves() ? fmt::format("{} in {}", hex_address(stub->target), stub->provider) : "leads nowhere";
    return line.calls ? fmt::format("  ; {}", name_of(*stub)) : fmt::format("  ; stub: {} -> {}", name_of(*stub), target);
}

bool is_of_a_module(PublicReason reason) {
    using enum PublicReason;
    return reason == ReleasedModule || reason == ReleasedBlock || reason == ModuleHeader || reason == ModuleEnd || reason == Vectors || reason == ImportStub;
}

struct ShownLine {
    Address at = 0;
    std::string bytes, text, remark;
};

struct ShownCode {
    std::vector<ShownLine> lines;
    std::optional<Address> hidden_from;  ///< what follows may hold the owner's data
};

Result<ShownCode> shown_code(const Image& image, const Facts& facts, const PublicMap& shared, std::string_view where, unsigned count) {
    const auto place = place_of(image, facts, where);
    if (!place) return place.error();
    const auto at = *place;
    if (!facts.layout->flash.contains(at))
        return Error{
            fmt::format("{} lies outside the flash ({} to {})", hex_address(at), hex_address(facts.layout->flash.begin), hex_address(facts.layout->flash.end))};
    count = std::min(count, longest_disassembly);
    const auto bytes = image.leading(range_of(at, std::min(facts.layout->flash.end - at, count * 4)));
    if (bytes.size() < 2) return Error{fmt::format("the file does not hold the bytes at {}", hex_address(at))};
    ShownCode code;
    for (const auto& line : disassemble(bytes, at, count)) {
        const auto range = range_of(line.at, line.size);
        if (!shared.covers(range) || !is_of_a_module(shared.why(line.at))) {
            code.hidden_from = line.at;
            break;
        }
        code.lines.push_back({line.at, hex_spaced(image.bytes(range)), line.text, remark(image, facts, line)});
    }
    if (!code.lines.empty() || !code.hidden_from) return code;
    return Error{
        fmt::format("{} is not proved to be code of a release: it may hold the owner's data, which photopsy does not show", hex_address(*code.hidden_from))};
}

}  // namespace

Result<std::string> disassembly_text(const Image& image, const Facts& facts, const PublicMap& shared, std::string_view where, unsigned count) {
    const auto code = shown_code(image, facts, shared, where, count);
    if (!code) return code.error();
    std::string text;
    for (const auto& line : code->lines) text += fmt::format("{}  {:<11}  {}{}\n", hex_address(line.at), line.bytes, line.text, line.remark);
    if (code->hidden_from) text += fmt::format("{}  (what follows may hold the owner's data and is not shown)\n", hex_address(*code->hidden_from));
    return text;
}

Result<std::string> disassembly_json(const Image& image, const Facts& facts, const PublicMap& shared, std::string_view where, unsigned count) {
    const auto code = shown_code(image, facts, shared, where, count);
    if (!code) return code.error();
    Json json{{"schema", "photopsy-disassembly/1"}, {"lines", Json::array()}};
    for (const auto& line : code->lines) {
        Json row{{"address", hex_address(line.at)}, {"bytes", line.bytes}, {"text", line.text}};
        if (const auto begin = line.remark.find("; "); begin != std::string::npos) row["remark"] = line.remark.substr(begin + 2);
        json["lines"].push_back(std::move(row));
    }
    if (code->hidden_from) json["hidden_from"] = hex_address(*code->hidden_from);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace photopsy
