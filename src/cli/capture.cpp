#include "base/hex.h"
#include "cli/capture_record.h"
#include "cli/command.h"
#include "cli/device_reading.h"
#include "cli/file_system.h"
#include "cli/input.h"
#include "cli/options.h"
#include "facts/proven.h"
#include "report/report.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct CaptureCommand {
    std::string file = "dump.bin";
    ReadingOptions reading;
    LayoutOptions layout;
    bool resume = false;
    std::optional<bool> analyze;
    bool to_stdout() const { return file == "-"; }
    std::string partial() const { return file + ".partial"; }
};

bool exists(const std::string& path) { return kind_of(path) != PlaceKind::Nothing; }

/// Why nothing can be written there, before the device is read for nothing.
std::optional<std::string> obstacle(const CaptureCommand& options) {
    if (options.to_stdout()) {
        if (options.resume) return "--resume needs a file; standard output (-o -) keeps nothing to go on from";
        if (options.analyze.value_or(false)) return "--analyze and -o - would both write to standard output; give one of them";
        return {};
    }
    for (const std::string& path : {options.file, options.file + ".json"})
        if (exists(path)) return path + " exists already, and a capture never overwrites: give another name with -o";
    if (!options.resume && exists(options.partial()))
        return options.partial() + " is left from a capture that was interrupted: go on with --resume, or delete it";
    if (options.resume && !exists(options.partial())) return options.partial() + " does not exist: there is nothing to resume";
    const std::string folder = folder_of(options.file);
    if (!can_write_into(folder)) return "cannot write into the directory " + (folder.empty() ? "." : folder);
    return {};
}

Result<EarlierPart> read_partial(const CaptureCommand& options) {
    constexpr std::size_t largest_record = 1u << 20;
    auto bytes = read_file(options.partial(), largest_dump_file);
    if (!bytes) return bytes.error();
    const auto text = read_file(options.partial() + ".json", largest_record);
    if (!text) return text.error();
    auto record = parse_record({reinterpret_cast<const char*>(text->data()), text->size()});
    if (!record || record->sha256 != hex(sha256(*bytes)))
        return Error{options.partial() + " and its .json do not belong together: delete both and capture again without --resume"};
    return EarlierPart{std::move(*bytes), std::move(*record)};
}

/// Dump and record, or a part and its record: both or none. The sentence where they could not be written.
std::optional<std::string> save(const std::string& path, const DeviceReading& reading, Overwrite overwrite) {
    const auto record = record_text(reading.record);
    const std::string_view bytes(reinterpret_cast<const char*>(reading.bytes.data()), reading.bytes.size());
    // The record first: a dump without one is worth less than a record without a dump.
    return write_together({{path + ".json", record, mode_private}, {path, bytes, mode_private}}, overwrite);
}

/// A flash that was read once is worth what its own checksums vouch for; the status says so where they do not vouch for everything.
void tell_read_once(const Analysis& analysis, const DeviceReading& reading, const std::string& name, Session& session) {
    const std::uint64_t unproven = unproven_bytes(analysis.facts, reading.bytes, reading.layout->flash.begin);
    const std::string sentence = name + ": read once, unverified";
    if (unproven == 0) return session.say(sentence + "; but everything in it that is not erased passes a checksum.");
    session.fail(fmt::format("{}; no checksum vouches for {} of its bytes.", sentence, unproven), exit_device);
    session.say("Capture again without --reads 1: two reads that agree show that the connection can be trusted.");
}

void tell_reads(const CaptureRecord& record, Session& session) {
    if (record.reads == 1) return;
    std::string sentence = fmt::format("Read {} times", record.reads);
    sentence += record.differed.empty() ? ", all reads equal" : record.unstable.empty() ? ", differences settled by reading again" : "";
    if (record.retries != 0)
        sentence += record.retries == 1 ? "; one transfer had to be repeated" : fmt::format("; {} transfers had to be repeated", record.retries);
    session.say(sentence + ".");
}

/// Bytes that no number of reads could settle: the dump is written, and nobody shall take it for a sound one.
void tell_unstable(const CaptureRecord& record, Session& session) {
    if (record.unstable.empty()) return;
    std::string places;
    std::size_t shown = 0;
    for (const Range at : record.unstable) {
        if (++shown > 8) break;
        places += fmt::format("{}{} ({} bytes)", places.empty() ? "" : ", ", hex_address(at.begin), at.size());
    }
    if (record.unstable.size() > 8) places += fmt::format(" and {} more places", record.unstable.size() - 8);
    session.fail("these addresses read differently each time and cannot be trusted: " + places + ".", exit_device);
    session.say("Capture again with another cable on a USB 2 port without a hub; if the same addresses stay unstable, the flash cells there are failing.");
}

std::vector<Analysis> analyzed(const DeviceReading& reading, const std::string& name) {
    Capture capture = recognize(reading.bytes, name, "", *reading.layout);
    attach_record(reading.record, capture);
    std::vector<Analysis> analyses;
    analyses.push_back(analyze(std::move(capture), *reading.layout));
    return analyses;
}

void show_verdict(const std::vector<Analysis>& analyses, Session& session) {
    session.raise(analyses.front().diagnosis.exit_status);
    const Terminal& terminal = session.terminal;
    session.print(render(analyses, Format::Text,
                         {.width = terminal.width,
                          .extent = ReportStyle::Extent::Short,
                          .colour = terminal.output_is_tty && !terminal.no_colour && !terminal.dumb,
                          .utf8 = terminal.utf8,
                          .owner_reads = terminal.output_is_tty}));
}

/// Keeps the bytes that were read, or as many of them as the disk takes: what a later run need not read again.
void keep_part(const CaptureCommand& options, DeviceReading reading, Session& session) {
    constexpr std::size_t block = 4096;
    while (!reading.bytes.empty()) {
        const auto failure = save(options.partial(), reading, Overwrite::Renew);
        if (!failure)
            return session.say(
                fmt::format("{} bytes are kept in {}: photopsy capture -o {} --resume goes on there.", reading.bytes.size(), options.partial(), options.file));
        reading.bytes.resize(reading.bytes.size() / 2 / block * block);
        if (reading.bytes.empty()) return session.fail(*failure);
        reading.record.size = reading.bytes.size();
        reading.record.sha256 = hex(sha256(reading.bytes));
    }
}

/// The whole flash was read, but there is no room for it: a part that fits keeps the device from having to be read from the start again.
void disk_full(const CaptureCommand& options, const DeviceReading& reading, const std::string& failure, Session& session) {
    session.fail(failure);
    keep_part(options, reading, session);
}

void run(const CaptureCommand& options, Session& session) {
    if (const auto reason = obstacle(options)) return session.fail(*reason);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    std::optional<EarlierPart> earlier;
    if (options.resume) {
        auto part = read_partial(options);
        if (!part) return session.fail(part.error().message);
        earlier = std::move(*part);
    }
    const DeviceReading reading = read_device(options.reading, earlier ? &*earlier : nullptr, layout->get(), session);
    if (!reading.finished) {
        if (!options.to_stdout() && reading.worth_keeping) keep_part(options, reading, session);
        return;
    }

    if (options.to_stdout()) {
        session.print({reinterpret_cast<const char*>(reading.bytes.data()), reading.bytes.size()});
    } else {
        if (const auto failure = save(options.file, reading, Overwrite::No)) return disk_full(options, reading, *failure, session);
        remove_file(options.partial());
        remove_file(options.partial() + ".json");
        session.say(fmt::format("{}: {} bytes, sha256 {}.", options.file, reading.bytes.size(), reading.record.sha256));
    }
    tell_reads(reading.record, session);
    if (!options.to_stdout())
        session.say("Only you can read the file (mode 0600): it holds the device's private key and Wi-Fi passwords. Never post it; reports hold neither.");
    tell_unstable(reading.record, session);
    const bool show = !options.to_stdout() && options.analyze.value_or(session.terminal.output_is_tty);
    if (!show && reading.record.reads > 1) return;
    const std::string name = options.to_stdout() ? "standard output" : name_of(options.file);
    const auto analyses = analyzed(reading, name);
    if (reading.record.reads == 1) tell_read_once(analyses.front(), reading, name, session);
    if (show) show_verdict(analyses, session);
}

}  // namespace

void setup_capture(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<CaptureCommand>();
    auto& command = program.add_subcommand("capture", "Read the flash of a connected device, twice, and say what is wrong with it");
    command.add_option("-o,--output", &options->file, "Where the dump goes (default dump.bin); - is standard output. Never overwrites").type_name("FILE");
    command.add_flag("--resume", &options->resume, "Go on with a capture that was interrupted");
    command.add_flag("--analyze,!--no-analyze", &options->analyze, "Analyze the dump afterwards (default on a terminal)");
    add_reading_options(command, options->reading);
    add_layout_options(command, options->layout);
    command.footer =
        "The device must be in DFU mode: hold SETUP, tap RESET, let go of SETUP when the LED blinks yellow.\n"
        "Nothing is written to the device, ever; it is not reset and stays in DFU mode.\n"
        "Examples:\n"
        "  photopsy capture\n"
        "  photopsy capture -o before-repair.bin --no-analyze\n"
        "  photopsy capture -o before-repair.bin --resume\n"
        "  photopsy capture -o - | xz > dump.bin.xz";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
