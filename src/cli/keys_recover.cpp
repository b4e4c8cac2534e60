#include "base/hex.h"
#include "boot/boot.h"
#include "cli/key_input.h"
#include "cli/key_place.h"
#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/public_key_file.h"
#include "cli/session.h"
#include "cli/shell.h"
#include "cli/text_output.h"
#include "handshake/device_slot.h"
#include "handshake/ec_slot.h"
#include "mend/keys.h"

#include <fmt/format.h>

#include <limits>

namespace photopsy {

namespace {

constexpr std::size_t not_chosen = std::numeric_limits<std::size_t>::max();

struct RecoverCommand {
    std::string file, slot_file, public_key, key;
    std::size_t choice = not_chosen;
    LayoutOptions layout;
    OutputOptions output;
};

std::string_view words_for(KeyOwner owner) {
    return owner == KeyOwner::ThisDevice ? ""
           : owner == KeyOwner::Unknown  ? "; nothing says that it is this device's key"
                                         : "; it is not this device's key, by all that the dump says";
}

std::string describe(const RecoveredKey& key, std::size_t number, bool of_dump) {
    const bool ec = key.kind == KeyKind::EcSlot;
    return fmt::format("{}. From {} ({}){}{}{}\n   public fingerprint {}\n   proved: {}\n", number, key.source, key.method,
                       key.is_present_key ? "; this is the key that the firmware uses now" : "",
                       key.matches_cache ? of_dump ? "; the device's public-key cache names this key" : "; it belongs to the public key that was given" : "",
                       words_for(key.owner), hex(key.public_fingerprint),
                       ec ? "the public point computed from the private number, and a signature made and verified"
                          : "both primes, n = p q, dP, dQ and qInv, and a message encrypted and decrypted again");
}

std::string how_to_write(const RecoverCommand& options, const RecoveredKey& key, const KeySource& source) {
    const auto place = key_place(source.dump ? source.dump->layout : nullptr, source.kind);
    std::string text;
    if (source.dump && source.keys.device.usable && !key.is_present_key)
        text =
            "\nThe key that the device uses now is whole. Where it gets online with that (its light breathes cyan), another key cuts it off: write this one "
            "only where the cloud holds it.\n";
    text += fmt::format("\nTo write it back (device in DFU mode, yellow light):\n  dfu-util -d {:04x}:{:04x} -a 1 -s {} -D {}\n", place.vendor, place.product,
                        place.offset, typed_here(options.output.file));
    if (source.kind == KeyKind::RsaSlot) text += fmt::format("or with the Particle CLI:\n  particle keys load {}\n", typed_here(options.output.file));
    if (source.dump && !predict_boot(source.facts).dct_reachable_by_bootloader)
        text +=
            "Repair the system parts first: this bootloader writes the table (-a 1) with code of the system parts, and as they are now such a write fails.\n";
    return text;
}

/// In the columns of a terminal; into a pipe line by line, as scripts read it.
void tell(const std::string& text, Session& session) {
    const auto& terminal = session.terminal;
    if (!terminal.output_is_tty) return session.print(text);
    const auto paint = asked_paint({}, terminal, TextPlace::StandardOutput);
    session.print(paint ? laid_out(text, *paint) : text);
}

void write_choice(const RecoverCommand& options, const RecoveredKey& key, const KeySource& source, Session& session) {
    const auto slot = slot_of(key.der, key.kind);
    const auto file = key_file_for(source.dump ? source.dump->layout : nullptr, key.der);
    std::vector<OutputFile> files;
    const auto add = [&](const std::string& path, ByteView bytes) {
        if (!path.empty()) files.push_back({path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, mode_private});
    };
    add(options.output.to_stdout() ? "" : options.output.file, file);
    add(options.slot_file, slot);
    if (const auto failure = write_together(files, options.output.force ? Overwrite::Yes : Overwrite::No)) return session.fail(*failure);
    if (!options.output.to_stdout()) {
        tell(fmt::format("\nWritten: {} ({} bytes DER, readable for you only)\n", options.output.file, file.size()) + how_to_write(options, key, source),
             session);
    }
    if (!options.slot_file.empty()) tell(fmt::format("Written: {} (the whole slot, {} bytes)\n", options.slot_file, slot.size()), session);
}

/// Why there is none, where one slot or file is all there is to look at.
std::string nothing_found(const KeySource& source) {
    const std::string detail = source.dump                      ? source.keys.device.detail
                               : source.kind == KeyKind::EcSlot ? read_ec_slot(source.bytes, EcParser::WantsPublicHalf).detail
                                                                : read_device_slot(source.bytes).detail;
    return fmt::format("No private key can be recovered from {}{}{}.\n", source.name, detail.empty() ? "" : ": ", detail);
}

/// The place in the list that was asked for: by the beginning of a public fingerprint, else by number.
Result<std::size_t> chosen(const RecoverCommand& options, const std::vector<RecoveredKey>& keys) {
    if (options.key.empty()) {
        const auto number = options.choice == not_chosen ? 1 : options.choice;
        if (number < 1 || number > keys.size()) return Error{fmt::format("--choose is 1 to {}", keys.size())};
        const bool writes = !options.output.to_stdout() || !options.slot_file.empty();
        if (writes && options.choice == not_chosen && keys.front().owner != KeyOwner::ThisDevice)
            return Error{"nothing says that one of these keys is this device's; say with --key which one you mean"};
        return number - 1;
    }
    if (options.choice != not_chosen) return Error{"--key and --choose both say which key is meant; give one of them"};
    std::vector<std::size_t> hits;
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (hex(keys[i].public_fingerprint).starts_with(options.key)) hits.push_back(i);
    if (hits.size() == 1) return hits.front();
    if (hits.empty()) return Error{fmt::format("--key {}: no key that can be had has a public fingerprint that begins so", options.key)};
    return Error{fmt::format("--key {}: the public fingerprints of several keys begin so; give more digits", options.key)};
}

void run(const RecoverCommand& options, Session& session) {
    if (options.output.file == "-" || options.slot_file == "-")
        return session.fail("a recovered key is written to a file only; give -o and --slot the name of one");
    if (!options.slot_file.empty() && options.slot_file == options.output.file)
        return session.fail("-o and --slot both name " + options.slot_file + "; the key and the slot are two files");
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto source = read_key_source(options.file, layout->get());
    if (!source) return session.fail(source.error().message);
    std::vector<std::uint8_t> wanted;
    if (!options.public_key.empty()) {
        auto read = read_public_key_file(options.public_key);
        if (!read) return session.fail(read.error().message);
        wanted = std::move(*read);
    }
    const auto keys = source->dump ? recover_keys(source->dump->capture.image, source->facts) : recover_key_file(source->bytes, wanted);
    if (keys.empty()) {
        tell(nothing_found(*source), session);
        return session.raise(exit_problem);
    }
    for (std::size_t i = 0; i < keys.size(); ++i) tell(describe(keys[i], i + 1, source->dump.has_value()), session);
    const auto choice = chosen(options, keys);
    if (!choice) return session.fail(choice.error().message);
    write_choice(options, keys[*choice], *source, session);
}

}  // namespace

void setup_keys_recover(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<RecoverCommand>();
    auto& command = keys.add_subcommand("recover", "Get the old private key back: rebuilt from what is left of it, or found elsewhere in the dump");
    command.add_option("FILE", &options->file, "Dump, slot file or key file").required();
    command.add_option("--slot", &options->slot_file, "Write the whole slot (612 bytes, 192 for EC) to this file as well").type_name("FILE");
    command.add_option("--choose", &options->choice, "Which of the keys to write (default: 1, the best)").type_name("N");
    command.add_option("--key", &options->key, "Write the key whose public fingerprint begins with these hexadecimal digits").type_name("FINGERPRINT");
    command.add_option("--public-key", &options->public_key, "With a slot file: public key of the device; helps where much is lost").type_name("FILE");
    add_layout_options(command, options->layout);
    add_output_options(command, options->output);
    command.footer =
        "Without -o the keys are only listed. Exit status: 0 a key can be had, 1 none, 2 bad usage or file.\n\nExamples:\n  photopsy keys recover dump.bin -o "
        "recovered-key.der";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
