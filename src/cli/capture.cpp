#include "base/counted.h"
#include "base/hex.h"
#include "cli/capture_files.h"
#include "cli/capture_record.h"
#include "cli/command.h"
#include "cli/device_reading.h"
#include "cli/file_system.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/shell.h"
#include "facts/proven.h"
#include "flash/external.h"
#include "report/report.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct CaptureCommand {
    CaptureNames names;
    ReadingOptions reading;
    LayoutOptions layout;
    bool no_external = false;
    std::optional<bool> analyze;

    bool wants_external(const Layout& device) const {
        if (no_external) return false;
        return !names.external.empty() || (keeps_keys_in_external(device) && !names.to_stdout());
    }
};

/// What was read in this run, or lies there from an earlier one.
struct Captured {
    std::vector<std::uint8_t> bytes;
    CaptureRecord record;
    std::vector<std::uint8_t> external;  ///< empty: not read
};

std::optional<std::string> contradiction(const CaptureCommand& options) {
    if (options.names.to_stdout() && options.analyze.value_or(false)) return "--analyze and -o - would both write to standard output; give one of them";
    if (options.no_external && !options.names.external.empty()) return "--external and --no-external contradict each other; give one of them";
    return {};
}

/// A flash that was read once is worth what its own checksums vouch for; the status says so where they do not vouch for everything.
void tell_read_once(const Analysis& analysis, const std::vector<std::uint8_t>& bytes, Address begin, const std::string& name, Session& session) {
    const std::uint64_t unproven = unproven_bytes(analysis.facts, bytes, begin);
    const std::string sentence = name + ": read once, unverified";
    if (unproven == 0) return session.say(sentence + "; but everything in it that is not erased passes a checksum.");
    session.fail(fmt::format("{}; no checksum vouches for {} of its bytes.", sentence, unproven), exit_device);
    session.say("Capture again without --reads 1: two reads that agree show that the connection can be trusted.");
}

void tell_reads(const CapturedFlash& record, Session& session) {
    if (record.reads == 1) return;
    std::string sentence = fmt::format("Read {} times", record.reads);
    sentence += record.differed.empty() ? ", all reads equal" : record.unstable.empty() ? ", differences settled by reading again" : "";
    if (record.retries != 0)
        sentence += record.retries == 1 ? "; one transfer had to be repeated" : fmt::format("; {} transfers had to be repeated", record.retries);
    session.say(sentence + ".");
}

/// Bytes that no number of reads could settle: the dump is written, and nobody shall take it for a sound one.
void tell_unstable(const CapturedFlash& record, Session& session) {
    if (record.unstable.empty()) return;
    std::string places;
    std::size_t shown = 0;
    for (const Range at : record.unstable) {
        if (++shown > 8) break;
        places += fmt::format("{}{} ({})", places.empty() ? "" : ", ", hex_address(at.begin), counted(at.size(), "byte"));
    }
    if (record.unstable.size() > 8) places += fmt::format(" and {} more places", record.unstable.size() - 8);
    session.fail("these addresses read differently each time and cannot be trusted: " + places + ".", exit_device);
    session.say("Capture again with another cable on a USB 2 port without a hub; if the same addresses stay unstable, the flash cells there are failing.");
}

Analysis analyzed(const Captured& captured, const CaptureNames& names, const Layout& layout) {
    Capture capture = recognize(captured.bytes, names.to_stdout() ? "standard output" : name_of(names.dump), "", layout);
    attach_record(captured.record, capture);
    if (captured.record.external) {
        put_external(capture, captured.external, name_of(names.external_name()), "", layout);
        attach_external_record(layout, capture);
    }
    return analyze(std::move(capture), layout);
}

void show_verdict(Analysis analysis, Session& session) {
    session.raise(analysis.diagnosis.exit_status);
    std::vector<Analysis> analyses;
    analyses.push_back(std::move(analysis));
    const Terminal& terminal = session.terminal;
    session.print(render(analyses, Format::Text,
                         {.width = terminal.width,
                          .extent = ReportStyle::Extent::Short,
                          .colour = terminal.output_is_tty && !terminal.no_colour && !terminal.dumb,
                          .utf8 = terminal.utf8,
                          .owner_reads = terminal.output_is_tty}));
}

/// The internal flash, into its file. Nothing where it ended early: told, and what can be resumed from is kept.
std::optional<Captured> capture_internal(const CaptureNames& names, std::optional<EarlierPart> earlier, ConnectedDevice& device, Session& session) {
    if (earlier && earlier->whole) return Captured{std::move(earlier->bytes), std::move(earlier->record), {}};
    FlashReading reading = device.read(earlier ? earlier->bytes : std::vector<std::uint8_t>());
    CaptureRecord record = device.record();
    static_cast<CapturedFlash&>(record) = captured(reading, earlier ? &earlier->record : nullptr);
    if (!reading.finished) {
        if (!names.to_stdout() && reading.worth_keeping) keep_part(names, names.dump, std::move(reading.bytes), std::move(record), session);
        return std::nullopt;
    }
    if (names.to_stdout()) {
        session.print({reinterpret_cast<const char*>(reading.bytes.data()), reading.bytes.size()});
    } else if (const auto failure = save_with_record(names.dump, reading.bytes, record, Overwrite::No)) {
        // There is no room for it: a part that fits keeps the device from having to be read from the start again.
        session.fail(*failure);
        keep_part(names, names.dump, std::move(reading.bytes), std::move(record), session);
        return std::nullopt;
    } else {
        remove_part(names.dump);
        session.say(fmt::format("{}: {} bytes, sha256 {}.", names.dump, reading.bytes.size(), record.sha256));
    }
    tell_reads(record, session);
    return Captured{std::move(reading.bytes), std::move(record), {}};
}

/// The second flash, into a file of its own; the dump's record tells of it from now on.
void capture_external(const CaptureNames& names, std::optional<EarlierPart> earlier, ConnectedDevice& device, Captured& captured_so_far, Session& session) {
    const std::string path = names.external_name();
    FlashReading reading = device.read_external(earlier ? earlier->bytes : std::vector<std::uint8_t>());
    CaptureRecord record = device.record();
    static_cast<CapturedFlash&>(record) = captured(reading, earlier ? &earlier->record : nullptr);
    const auto keep = [&] { keep_part(names, path, std::move(reading.bytes), std::move(record), session); };
    if (!reading.finished) {
        if (reading.worth_keeping) return keep();
        return session.say(fmt::format("{} is whole; the {} is missing: photopsy capture -o {} --resume reads it.", names.dump, device.layout().external->title,
                                       typed_here(names.dump)));
    }
    CaptureRecord both = captured_so_far.record;
    both.external = record;
    const std::string_view content(reinterpret_cast<const char*>(reading.bytes.data()), reading.bytes.size());
    auto failure = write_together({{path, content, mode_private}}, Overwrite::No);
    if (failure) {
        session.fail(*failure);
        return keep();
    }
    remove_part(path);
    const auto text = record_text(both);
    if ((failure = write_together({{names.dump + ".json", text, mode_private}}, Overwrite::Renew))) session.fail(*failure);
    session.say(fmt::format("{}: {} bytes, sha256 {}: the {}.", path, reading.bytes.size(), record.sha256, device.layout().external->title));
    tell_reads(record, session);
    captured_so_far.record = std::move(both);
    captured_so_far.external = std::move(reading.bytes);
}

/// Why the second flash cannot be had, although it is wanted.
std::optional<std::string> external_trouble(const CaptureNames& names, const ConnectedDevice& device) {
    const Layout& layout = device.layout();
    if (!layout.external) return "--external: a " + layout.title + " has one flash only; leave it out";
    if (!device.offers_external())
        return fmt::format("the bootloader of this {} does not offer its {} over USB; --no-external captures the internal flash alone", layout.title,
                           layout.external->title);
    return external_obstacle(names);
}

void tell_doubts(const Captured& captured, const Analysis& analysis, const CaptureNames& names, const Layout& layout, Session& session) {
    if (captured.record.reads == 1)
        tell_read_once(analysis, captured.bytes, layout.flash.begin, names.to_stdout() ? "standard output" : name_of(names.dump), session);
    if (captured.record.external && captured.record.external->reads == 1)
        tell_read_once(analysis, captured.external, layout.external->at.begin, name_of(names.external_name()), session);
}

bool reads_once(const Captured& captured) { return captured.record.reads == 1 || (captured.record.external && captured.record.external->reads == 1); }

void run(const CaptureCommand& options, Session& session) {
    const CaptureNames& names = options.names;
    if (const auto reason = contradiction(options)) return session.fail(*reason);
    if (const auto reason = obstacle(names)) return session.fail(*reason);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    auto earlier = read_earlier(names);
    if (!earlier) return session.fail(earlier.error().message);
    auto earlier_external = read_earlier_external(names);
    if (!earlier_external) return session.fail(earlier_external.error().message);

    const auto device = ConnectedDevice::open(options.reading, layout->get(), session);
    if (!device) return;
    for (const auto* part : {&*earlier, &*earlier_external})
        if (*part && !device->is_of((*part)->record)) return;
    const bool both = options.wants_external(device->layout());
    if (both)
        if (const auto reason = external_trouble(names, *device)) return session.fail(*reason);
    if (*earlier && (*earlier)->whole && !both) return session.fail(names.dump + " is whole: there is nothing to resume");

    auto result = capture_internal(names, std::move(*earlier), *device, session);
    if (!result) return;
    if (both) capture_external(names, std::move(*earlier_external), *device, *result, session);
    if (!names.to_stdout()) {
        session.say(fmt::format("Only you can read it ({}): it holds private key and Wi-Fi passwords.", kept_private_by()));
        session.say("Never post it; reports hold neither.");
    }
    tell_unstable(result->record, session);
    if (result->record.external) tell_unstable(*result->record.external, session);
    const bool show = !names.to_stdout() && options.analyze.value_or(session.terminal.output_is_tty);
    if (!show && !reads_once(*result)) return;
    auto analysis = analyzed(*result, names, device->layout());
    tell_doubts(*result, analysis, names, device->layout(), session);
    if (show) show_verdict(std::move(analysis), session);
}

}  // namespace

void setup_capture(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<CaptureCommand>();
    auto& command = program.add_subcommand("capture", "Read the flash of a connected device, twice, and say what is wrong with it");
    command.add_option("-o,--output", &options->names.dump, "Where the dump goes (default dump.bin); - is standard output. Never overwrites").type_name("FILE");
    command
        .add_option("--external", &options->names.external, "Read the second flash too, into this file (default where the keys lie in it: dump-external.bin)")
        .type_name("FILE");
    command.add_flag("--no-external", &options->no_external, "Leave the second flash out");
    command.add_flag("--resume", &options->names.resume, "Go on with a capture that was interrupted");
    command.add_flag("--analyze,!--no-analyze", &options->analyze, "Analyze the dump afterwards (default on a terminal)");
    add_reading_options(command, options->reading);
    add_layout_options(command, options->layout);
    command.footer =
        "The device must be in DFU mode: hold SETUP (MODE), tap RESET, let go of the button when the LED blinks yellow.\n"
        "Nothing is written to the device, ever; it is not reset and stays in DFU mode.\n"
        "Examples:\n"
        "  photopsy capture\n"
        "  photopsy capture -o before-repair.bin --no-analyze\n"
        "  photopsy capture -o before-repair.bin --resume\n"
        "  photopsy capture -o - | xz > dump.bin.xz";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
