#include "base/hex.h"
#include "cli/key_input.h"
#include "cli/keys_commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "handshake/device_slot.h"
#include "handshake/ec_search.h"
#include "handshake/judge.h"
#include "handshake/key_text.h"
#include "mend/keys.h"
#include "report/words.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct ShowCommand {
    std::string file;
    LayoutOptions layout;
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
    const auto encoding = name_of(key.encoding);
    if (!encoding.empty()) text += fmt::format("  encoding        {}\n", encoding);
    if (key.bits) text += fmt::format("  size            {}{} bits\n", key.kind == KeyKind::EcSlot ? "EC, " : "", key.bits);
    text += fmt::format("  for the firmware {}\n", key.usable ? "usable" : "not usable");
    if (key.first_public_fingerprint) text += fmt::format("  first key       another; public fingerprint {}\n", hex(*key.first_public_fingerprint));
    for (const auto& component : key.components) text += fmt::format("  {:<15} {}\n", component.name, words_for(component.state));
    if (!key.method.empty()) text += fmt::format("  can be rebuilt  {}: photopsy keys recover\n", key.method);
    return text;
}

std::string show_public_key(ByteView spki) {
    if (spki.empty()) return "Public key: unknown\n";
    return fmt::format("Public key, SHA-256 of its DER: {}\n{}", hex(fingerprint_of(spki)), to_pem(spki, "PUBLIC KEY"));
}

std::string show_cache(const PublicKeyCache& cache) {
    constexpr std::array<std::string_view, 5> words = {"not in the file", "empty", "matches the private key", "belongs to another private key",
                                                       "holds no public key"};
    auto text = fmt::format("Public-key cache: {}\n", words[static_cast<std::size_t>(cache.state)]);
    if (cache.fingerprint && cache.state == PublicKeyCache::State::BelongsToOtherKey) text += fmt::format("  fingerprint     {}\n", hex(*cache.fingerprint));
    return text;
}

std::string show_server(const ServerKey& key, const ServerAddress& address) {
    constexpr std::array<std::string_view, 8> words = {"not in the file", "Particle's published key",   "another server's key",  "erased", "damaged",
                                                       "cut short",       "no server key of this kind", "a device's private key"};
    auto text = fmt::format("Server key: {}{}\n", words[static_cast<std::size_t>(key.what)], key.detail.empty() ? "" : "; " + key.detail);
    if (key.fingerprint) text += fmt::format("  fingerprint     {}\n", hex(*key.fingerprint));
    constexpr std::array<std::string_view, 5> kinds = {"not in the file", "erased", "a host name", "an IP address", "invalid"};
    const auto fallback = address.falls_back ? fmt::format(": the firmware takes {}", address.default_host) : "";
    text += fmt::format("Server address: {}{}{}, port {}\n", kinds[static_cast<std::size_t>(address.kind)], fallback,
                        address.particle && !address.falls_back ? fmt::format(" ({})", address.default_host) : "", address.port);
    if (!address.detail.empty()) text += fmt::format("  {}\n", address.detail);
    return text;
}

std::string show_elsewhere(const KeyFacts& keys) {
    std::string text;
    for (const auto& found : keys.elsewhere)
        text += fmt::format("Also a private key in {}, {}: {}{}\n", found.where, hex_address(found.at.begin), found.same_as_current ? "the same" : "another",
                            found.public_fingerprint ? ", public fingerprint " + hex(*found.public_fingerprint) : "");
    return text;
}

void run(const ShowCommand& options, Session& session) {
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto source = read_key_source(options.file, layout->get());
    if (!source) return session.fail(source.error().message);
    if (source->dump) {
        const auto& keys = source->keys;
        session.print(show_device_key(keys.device) + show_public_key(keys.device.public_spki) + show_cache(keys.cache) +
                      show_server(keys.server, keys.address) + show_elsewhere(keys));
        return;
    }
    const std::string_view algorithm = source->kind == KeyKind::EcSlot ? "EC" : "RSA";
    if (const auto file = parse_key_file(source->bytes); file && !file->holds_private_key())
        return session.print(fmt::format("{} public key, {} bits\n", algorithm, file->bits) + show_public_key(file->public_der));
    if (source->kind == KeyKind::EcSlot) {
        const auto reading = read_ec_slot(source->bytes, EcParser::ComputesPublicHalf);
        const auto fact = fact_of_ec(reading, {0, static_cast<Address>(ec_device_slot_size)}, 0);
        return session.print(show_device_key(fact) + show_public_key(reading.public_spki));
    }
    const auto reading = read_device_slot(source->bytes);
    session.print(show_device_key(fact_of(reading, {0, static_cast<Address>(device_slot_size)}, 0)) + show_public_key(reading.public_spki));
}

}  // namespace

void setup_keys_show(CommandDefinition& keys, Session& session) {
    auto options = std::make_shared<ShowCommand>();
    auto& command = keys.add_subcommand("show", "What keys there are, their state, and the public key ready to be sent. Never shows a secret");
    command.add_option("FILE", &options->file, "Dump, slot file or key file").required();
    add_layout_options(command, options->layout);
    command.footer = "Examples:\n  photopsy keys show dump.bin";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy
