#include "cli/key_input.h"
#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "cli/text_output.h"
#include "handshake/device_slot.h"
#include "handshake/ec_slot.h"
#include "mend/keys.h"
#include "report/words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace photopsy {

namespace {

struct CheckCommand {
    std::string file, format = "text";
    LayoutOptions layout;
    TextOptions text;
};

/// What was found, to be told in either format.
struct Checked {
    std::string_view subject = "device-private-key";
    bool usable = false;
    std::string detail;
    std::vector<KeyTest> tests;
};

std::string_view words_for(KeyTest::Result result) {
    switch (result) {
        case KeyTest::Result::Pass:
            return "good";
        case KeyTest::Result::Fail:
            return " BAD";
        case KeyTest::Result::Warn:
            return "odd";
        case KeyTest::Result::NotChecked:
            return "not checked";
    }
    return "";
}

/// The numbers as the slot has them (not as they should be), or as the file has them.
std::optional<RsaKey> numbers_of(const KeySource& source, const SlotReading& reading) {
    if (const auto file = parse_key_file(source.device_slot()); file && file->private_key) return file->private_key;
    constexpr unsigned most_wrong_bones = 10;
    if (reading.bones.extent == 0 || reading.bones.mismatches > most_wrong_bones) return {};
    return read_numbers(source.device_slot(), reading.bones);
}

std::string checked_text(const Checked& checked) {
    const auto row = [](std::string_view name, std::string_view result, const std::string& explain) {
        return fmt::format("{:<36} {}{}\n", name, result, explain.empty() ? "" : "  " + explain);
    };
    auto text = row(checked.subject == "device-private-key" ? "readable for the firmware" : "server key, readable for the firmware",
                    checked.usable ? "good" : " BAD", checked.detail);
    for (const auto& test : checked.tests) text += row(test.name, words_for(test.result), test.explain);
    return text;
}

std::string checked_json(const Checked& checked, const std::string& name) {
    constexpr std::array<std::string_view, 4> results = {"pass", "fail", "warn", "not-checked"};
    nlohmann::ordered_json json{
        {"schema", "photopsy-keys/1"}, {"file", name}, {"subject", checked.subject}, {"usable", checked.usable}, {"detail", checked.detail}};
    json["tests"] = nlohmann::ordered_json::array();
    for (const auto& test : checked.tests)
        json["tests"].push_back({{"name", test.name}, {"result", results[static_cast<std::size_t>(test.result)]}, {"explain", test.explain}});
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

/// By the rules of the installed firmware, or of the newest where a file alone is given.
Checked check_ec(const KeySource& source) {
    Checked checked{.tests = test_ec_key(source.device_slot())};
    const auto reading = source.dump ? EcSlotReading() : read_ec_slot(source.bytes, EcParser::ComputesPublicHalf);
    checked.usable = source.dump ? source.keys.device.usable : reading.usable;
    checked.detail = source.dump ? source.keys.device.detail : reading.detail;
    return checked;
}

Checked check_rsa(const KeySource& source) {
    const auto reading = read_device_slot(source.device_slot());
    Checked checked{.usable = reading.usable, .detail = reading.detail, .tests = {}};
    if (const auto numbers = numbers_of(source, reading)) checked.tests = test_key(*numbers);
    return checked;
}

/// Device OS from 0.7.0 on does without a key in the slot; whether that is so here, a file alone does not tell.
Checked check_server(const ServerSlotFile& file) {
    const bool whole = file.key.what == ServerKeyClass::Published || file.key.what == ServerKeyClass::ValidOther || file.key.harmless_damage;
    Checked checked{.subject = "server-public-key", .usable = whole, .detail = file.key.detail, .tests = {}};
    if (file.key.what == ServerKeyClass::Published) checked.detail = "Particle's published key";
    if (file.key.what == ServerKeyClass::ValidOther) checked.detail = "another server's key";
    if (file.key.what == ServerKeyClass::Erased) checked.detail = "the slot is erased; Device OS from 0.7.0 on then uses Particle's key, which is built in";
    if (!file.address) return checked;
    const auto& address = *file.address;
    const bool usable = (address.kind == ServerAddress::Kind::Domain || address.kind == ServerAddress::Kind::Ip) && !address.unreachable && !address.damaged;
    checked.tests.push_back({"server address",
                             usable               ? KeyTest::Result::Pass
                             : address.falls_back ? KeyTest::Result::Warn
                                                  : KeyTest::Result::Fail,
                             address.detail});
    return checked;
}

void run(const CheckCommand& options, Session& session) {
    if (options.format != "text" && options.format != "json") return session.fail("--format is text or json, not \"" + options.format + "\"");
    const auto paint = asked_paint(options.text, session.terminal, TextPlace::StandardOutput);
    if (!paint) return session.fail(paint.error().message);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto source = read_key_source(options.file, layout->get());
    if (!source) return session.fail(source.error().message);
    if (!source->server_slot && source->device_slot().empty()) return session.fail(options.file + " does not hold the device's key slot");
    const auto checked = source->server_slot ? check_server(*source->server_slot) : source->kind == KeyKind::EcSlot ? check_ec(*source) : check_rsa(*source);
    session.print(options.format == "json" ? checked_json(checked, source->name) : laid_out(checked_text(checked), *paint));
    if (!checked.usable) session.raise(exit_problem);
}

}  // namespace

void setup_keys_check(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<CheckCommand>();
    auto& command = keys.add_subcommand("check", "Whether the firmware can use the device key, number by number, and whether it is weak");
    command.add_option("FILE", &options->file, "Dump, slot file or key file").required();
    command.add_option("--format", &options->format, "text or json").type_name("NAME").choices({"text", "json"});
    add_text_options(command, options->text);
    add_layout_options(command, options->layout);
    command.footer =
        "Exit status: 0 the firmware can use it, 1 it cannot, 2 bad usage or file.\n\nExamples:\n  photopsy keys check dump.bin\n  photopsy keys check "
        "device.der";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
