#include "cli/key_input.h"
#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "handshake/device_slot.h"
#include "handshake/ec_slot.h"
#include "mend/keys.h"
#include "report/words.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct CheckCommand {
    std::string file;
    LayoutOptions layout;
};

std::string_view words_for(KeyTest::Result result) {
    switch (result) {
        case KeyTest::Result::Pass:
            return "good";
        case KeyTest::Result::Fail:
            return "BAD";
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

void tell_readable(bool usable, const std::string& detail, Session& session) {
    session.print(fmt::format("{:<36} {}{}\n", "readable for the firmware", usable ? "good" : "BAD", detail.empty() ? "" : "  " + detail));
    if (!usable) session.raise(exit_problem);
}

void tell_tests(const std::vector<KeyTest>& tests, Session& session) {
    for (const auto& test : tests)
        session.print(fmt::format("{:<36} {}{}\n", test.name, words_for(test.result), test.explain.empty() ? "" : "  " + test.explain));
}

/// By the rules of the installed firmware, or of the newest where a file alone is given.
void check_ec(const KeySource& source, Session& session) {
    if (source.dump) {
        tell_readable(source.keys.device.usable, source.keys.device.detail, session);
    } else {
        const auto reading = read_ec_slot(source.bytes, EcParser::ComputesPublicHalf);
        tell_readable(reading.usable, reading.detail, session);
    }
    tell_tests(test_ec_key(source.device_slot()), session);
}

void run(const CheckCommand& options, Session& session) {
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto source = read_key_source(options.file, layout->get());
    if (!source) return session.fail(source.error().message);
    if (source->device_slot().empty()) return session.fail(options.file + " does not hold the device's key slot");
    if (source->kind == KeyKind::EcSlot) return check_ec(*source, session);
    const auto reading = read_device_slot(source->device_slot());
    tell_readable(reading.usable, reading.detail, session);
    if (const auto numbers = numbers_of(*source, reading)) tell_tests(test_key(*numbers), session);
}

}  // namespace

void setup_keys_check(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<CheckCommand>();
    auto& command = keys.add_subcommand("check", "Whether the firmware can use the device key, number by number, and whether it is weak");
    command.add_option("FILE", &options->file, "Dump, slot file or key file").required();
    add_layout_options(command, options->layout);
    command.footer =
        "Exit status: 0 the firmware can use it, 1 it cannot, 2 bad usage or file.\n\nExamples:\n  photopsy keys check dump.bin\n  photopsy keys check "
        "device.der";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
