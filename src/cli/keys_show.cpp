#include "base/hex.h"
#include "cli/key_input.h"
#include "cli/keys_commands.h"
#include "cli/keys_json.h"
#include "cli/options.h"
#include "cli/session.h"
#include "cli/text_output.h"
#include "handshake/device_slot.h"
#include "handshake/ec_search.h"
#include "handshake/judge.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "mend/keys.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

struct ShowCommand {
    std::string file, format = "text";
    LayoutOptions layout;
    TextOptions text;
};

std::string_view words_for(ComponentState state) {
    switch (state) {
        case ComponentState::Good:
            return "intact";
        case ComponentState::Damaged:
            return "damaged";
        case ComponentState::Redundant:
            return "intact, never read by the firmware";
        case ComponentState::NotChecked:
            return "cannot be checked";
    }
    return "";
}

std::string show_device_key(const DeviceKey& key) {
    std::string text = fmt::format("Device private key: {}{}\n", name_of(key.what), key.detail.empty() ? "" : "; " + key.detail);
    if (key.what == DeviceKeyClass::NotInFile) return text;
    if (key.dct_copy) text += fmt::format("  place           DCT copy {}, {}\n", key.dct_copy, hex_address(key.at.begin));
    const bool holds_nothing = key.what == DeviceKeyClass::Erased || key.what == DeviceKeyClass::Zeroed;
    const auto encoding = name_of(key.encoding);
    if (!encoding.empty() && encoding != "none" && !holds_nothing) text += fmt::format("  encoding        {}\n", encoding);
    if (key.bits && !holds_nothing) text += fmt::format("  size            {}{} bits\n", key.kind == KeyKind::EcSlot ? "EC, " : "", key.bits);
    text += fmt::format("  for the firmware {}\n", key.usable ? "usable" : "not usable");
    if (key.first_public_fingerprint) text += fmt::format("  first key       another; public fingerprint {}\n", hex(*key.first_public_fingerprint));
    // Where the firmware cannot take the slot apart, its numbers were not looked at one by one; `keys check` does that of any whole key.
    const bool looked_at = std::any_of(key.components.begin(), key.components.end(), [](const auto& one) { return one.state != ComponentState::NotChecked; });
    for (const auto& component : key.components)
        if (looked_at) text += fmt::format("  {:<15} {}\n", component.name, words_for(component.state));
    if (!key.method.empty()) text += fmt::format("  can be rebuilt  {}: photopsy keys recover\n", key.method);
    return text;
}

std::string show_public_key(ByteView spki) {
    if (spki.empty()) return "Public key: unknown\n";
    return fmt::format("Public key, SHA-256 of its DER: {}\n{}", hex(fingerprint_of(spki)), to_pem(spki, "PUBLIC KEY"));
}

/// A private key that is there, or can be computed again: only with one the cached public half can agree.
bool is_known(const DeviceKey& key) { return key.what == DeviceKeyClass::Good || key.usable || !key.method.empty(); }

std::string show_cache(const PublicKeyCache& cache, bool known) {
    if (cache.state == PublicKeyCache::State::Matches && !known)
        return "Public-key cache: holds a public key; the slot has no private key to compare it with\n";
    constexpr std::array<std::string_view, 5> words = {"not in the file", "empty", "matches the private key", "belongs to another private key",
                                                       "holds no public key"};
    auto text = fmt::format("Public-key cache: {}\n", words[static_cast<std::size_t>(cache.state)]);
    if (cache.fingerprint && cache.state == PublicKeyCache::State::BelongsToOtherKey) text += fmt::format("  fingerprint     {}\n", hex(*cache.fingerprint));
    return text;
}

std::string show_server(const ServerKey& key) {
    constexpr std::array<std::string_view, 8> words = {"not in the file", "Particle's published key",   "another server's key",  "erased", "damaged",
                                                       "cut short",       "no server key of this kind", "a device's private key"};
    auto text = fmt::format("Server key: {}{}\n", words[static_cast<std::size_t>(key.what)], key.detail.empty() ? "" : "; " + key.detail);
    if (key.fingerprint) text += fmt::format("  fingerprint     {}\n", hex(*key.fingerprint));
    return text;
}

std::string show_address(const ServerAddress& address) {
    constexpr std::array<std::string_view, 5> kinds = {"not in the file", "erased", "a host name", "an IP address", "invalid"};
    const auto fallback = address.falls_back ? fmt::format(": the firmware takes {}", address.default_host) : "";
    auto text = fmt::format("Server address: {}{}{}, port {}\n", kinds[static_cast<std::size_t>(address.kind)], fallback,
                            address.particle && !address.falls_back ? fmt::format(" ({})", address.default_host) : "", address.port);
    if (!address.detail.empty()) text += fmt::format("  {}\n", address.detail);
    return text;
}

std::string show_elsewhere(const std::vector<KeyElsewhere>& keys) {
    std::string text;
    for (const auto& found : keys)
        text += fmt::format("Also a private key in {}, {}: {}{}\n", found.where, hex_address(found.at.begin), found.same_as_current ? "the same" : "another",
                            found.public_fingerprint ? ", public fingerprint " + hex(*found.public_fingerprint) : "");
    return text;
}

bool is_published_server_key(ByteView spki) {
    const auto is = [&](ByteView published) { return std::equal(spki.begin(), spki.end(), published.begin(), published.end()); };
    return is(published_server_key()) || is(published_ec_server_key());
}

/// The facts of one key file, in the shape that a dump's have.
KeysTold told_of_file(const KeySource& source) {
    KeysTold told{.name = source.name};
    if (source.server_slot) {
        told.server = source.server_slot->key;
        told.address = source.server_slot->address;
    } else if (const auto file = parse_key_file(source.bytes); file && !file->holds_private_key()) {
        told.public_only = fmt::format("{} public key, {} bits{}", source.kind == KeyKind::EcSlot ? "EC" : "RSA", file->bits,
                                       is_published_server_key(file->public_der) ? ": Particle's published server key" : "");
        told.spki = file->public_der;
    } else if (source.kind == KeyKind::EcSlot) {
        const auto reading = read_ec_slot(source.bytes, EcParser::ComputesPublicHalf);
        told.device = fact_of_ec(reading, {0, static_cast<Address>(ec_device_slot_size)}, 0);
        told.spki = reading.public_spki;
    } else {
        const auto reading = read_device_slot(source.bytes);
        told.device = fact_of(reading, {0, static_cast<Address>(device_slot_size)}, 0);
        told.spki = reading.public_spki;
    }
    return told;
}

KeysTold told_of_dump(const KeySource& source) {
    const auto& keys = source.keys;
    return {.name = source.name,
            .public_only = "",
            .device = keys.device,
            .spki = keys.device.public_spki,
            .cache = keys.cache,
            .server = keys.server,
            .address = keys.address,
            .elsewhere = keys.elsewhere};
}

std::string told_text(const KeysTold& told) {
    std::string text = told.public_only.empty() ? "" : told.public_only + "\n";
    if (told.device) text += show_device_key(*told.device);
    if (told.device || !told.public_only.empty()) text += show_public_key(told.spki);
    if (told.cache) text += show_cache(*told.cache, told.device && is_known(*told.device));
    if (told.server) text += show_server(*told.server);
    if (told.address) text += show_address(*told.address);
    return text + show_elsewhere(told.elsewhere);
}

void run(const ShowCommand& options, Session& session) {
    if (options.format != "text" && options.format != "json") return session.fail("--format is text or json, not \"" + options.format + "\"");
    const auto paint = asked_paint(options.text, session.terminal, TextPlace::StandardOutput);
    if (!paint) return session.fail(paint.error().message);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto source = read_key_source(options.file, layout->get());
    if (!source) return session.fail(source.error().message);
    const auto told = source->dump ? told_of_dump(*source) : told_of_file(*source);
    session.print(options.format == "json" ? keys_json(told) : laid_out(told_text(told), *paint));
}

}  // namespace

void setup_keys_show(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<ShowCommand>();
    auto& command = keys.add_subcommand("show", "What keys there are, their state, and the public key ready to be sent. Never shows a secret");
    command.add_option("FILE", &options->file, "Dump, slot file or key file").required();
    command.add_option("--format", &options->format, "text or json").type_name("NAME").choices({"text", "json"});
    add_text_options(command, options->text);
    add_layout_options(command, options->layout);
    command.footer = "Examples:\n  photopsy keys show dump.bin";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
