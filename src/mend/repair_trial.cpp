// The steps of a remedy as bytes: the same steps that the report prints, each with its source, or the reason why it cannot be had.
#include "mend/repair_trial.h"
#include "base/hex.h"
#include "facts/carried_bootloader.h"
#include "handshake/ec_server_slot.h"
#include "handshake/key_owner.h"
#include "handshake/own_server.h"
#include "handshake/server_address.h"
#include "mend/key_writing.h"
#include "mend/keys.h"
#include "remedy/ways.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using StepKind = RemedyStep::Kind;
using FileKind = RemedyFile::Kind;

KeyKind kind_of_keys(const RemedyTrial& trial) { return trial.draft.facts().keys ? trial.draft.facts().keys->kind : KeyKind::RsaSlot; }

/// Behind an EC key stands the tail of the one that the device made first, which tells later what the cloud once knew: it stays.
std::vector<std::uint8_t> slot_bytes(ByteView der, KeyKind kind) {
    return kind == KeyKind::EcSlot ? std::vector<std::uint8_t>(der.begin(), der.end()) : slot_of(der);
}

/// The slot with its erased bytes filled in, where nothing else is wrong with the form in which the key stands there: what takes such bytes without an erase
/// then keeps the key all the while. Empty where that would not do.
std::vector<std::uint8_t> filled_slot(ByteView slot) {
    const auto reading = read_device_slot(slot);
    if (!reading.key || !firmware_key_is_usable(slot)) return {};
    auto filled = write_as(writing_of(slot, reading.key->key, reading), reading.key->key);
    for (std::size_t i = filled.size(); i < slot.size(); ++i) filled.push_back(slot[i]);
    for (std::size_t i = 0; i < slot.size(); ++i)
        if (filled[i] != slot[i] && slot[i] != 0xFF) return {};
    const auto then = read_device_slot(filled);
    return then.what == DeviceKeyClass::Good && then.public_spki == reading.public_spki ? filled : std::vector<std::uint8_t>();
}

void recover_key(RemedyTrial& trial, const RemedyStep& step) {
    for (const auto& found : recover_keys(trial.draft.image(), trial.draft.facts(), trial.draft.analysis.registered_spki)) {
        if (hex(found.public_fingerprint) != step.key || found.kind != kind_of_keys(trial) || found.owner == KeyOwner::Another) continue;
        trial.key = slot_bytes(found.der, found.kind);
        trial.key_source = {"recovered-key", step.key, found.source};
        const auto& present = trial.draft.analysis.keys.device;
        const bool is_there = present.public_fingerprint && hex(*present.public_fingerprint) == step.key;
        if (is_there && takes_erased_cells_only(*trial.draft.analysis.layout) && found.kind == KeyKind::RsaSlot)
            if (auto filled = filled_slot(trial.draft.image().leading(present.at)); !filled.empty()) trial.key = std::move(filled);
        const auto& ways = trial.draft.analysis.keys.recoveries;
        const auto is_it = [&](const KeyFacts::Recovery& way) { return way.public_fingerprint == found.public_fingerprint && way.another_is_named; };
        if (std::ranges::any_of(ways, is_it))
            trial.need(repair_consent::new_key,
                       fmt::format("The key in {} is whole, but the slot or the public-key cache names another one. If the cloud has that one on record, it "
                                   "refuses the device until this one is registered (particle keys send).",
                                   found.source));
        if (found.owner != KeyOwner::ThisDevice)
            trial.need(repair_consent::new_key,
                       fmt::format("The key in {} may be any: nothing says that it is this device's. If the cloud has another on record, "
                                   "it refuses the device until this one is registered (particle keys send).",
                                   found.source));
        return;
    }
    trial.fail("The key could not be taken out of the dump.");
}

void given_key(RemedyTrial& trial) {
    const auto& wish = trial.draft.wish;
    if (wish.new_key.empty())
        return trial.fail(fmt::format("No private key can be had from this dump. Make one (photopsy keys new{}), give it with --key and say --consent new-key.",
                                      kind_of_keys(trial) == KeyKind::EcSlot ? " --ec" : ""));
    if (wish.new_key_kind != kind_of_keys(trial))
        return trial.fail(kind_of_keys(trial) == KeyKind::EcSlot ? "The key given with --key is none on P-256 (photopsy keys new --ec makes one)."
                                                                 : "The key given with --key is no RSA key of 1024 bits (photopsy keys new makes one).");
    trial.key = slot_bytes(wish.new_key, wish.new_key_kind);
    trial.key_source = {"given-key", wish.new_key_fingerprint, "the file given with --key"};
    trial.draft.repair.plan.key_file = wish.new_key_from;
    trial.need(
        repair_consent::new_key,
        fmt::format(
            "The cloud must be told the new key afterwards, from the account that owns the device (particle keys send{}).",
            table_is_copied(trial.draft.facts()) ? ", for the id that the chip tells, which `photopsy devices` shows, not for the one in the table" : ""));
}

void published_server(RemedyTrial& trial) {
    constexpr std::size_t rsa_key_size = 294, ec_key_size = 91;
    const bool ec = kind_of_keys(trial) == KeyKind::EcSlot;
    trial.server = ec ? published_ec_server_slot() : published_server_slot();
    const auto key = ByteView(trial.server).first(ec ? ec_key_size : rsa_key_size);
    trial.server_source = {"published-server-key", hex(sha256(key)), "Particle's published key and address"};
    if (belongs_to_private_server(trial.draft.analysis.observations()))
        trial.need(repair_consent::other_server, "The device leaves the server to which its key or address belongs now, and goes to Particle's cloud.");
}

/// The key of a private server, taken from the slot in another form, with the address that is there.
void own_server(RemedyTrial& trial, const RemedyStep& step) {
    const auto& keys = trial.draft.analysis.keys;
    if (step.from.kind != FileKind::Dump || step.host != RemedyStep::Host::InDump)
        return trial.fail("It needs the key file or the address of your own server: write it as the report says.");
    const auto spki = own_server_spki(trial.draft.image(), keys);
    const auto address = own_server_address(trial.draft.image(), trial.draft.facts(), keys);
    trial.server = spki.empty() ? spki : server_slot_of(kind_of_keys(trial), spki, address.host, address.port);
    if (trial.server.empty()) return trial.fail("The server's key or address in the dump is not whole.");
    trial.server_source = {"server-key-in-dump", hex(sha256(spki)),
                           server_key_is_in_device_slot(keys) ? "the slot of the device key"
                           : keys.server_in_other_copy        ? "the other copy of the table"
                                                              : "the server key's own slot"};
}

/// A setting goes into the table; a device without one keeps it in plain sectors of its second flash.
void put_setting(RemedyTrial& trial, TableGoal goal) {
    const auto& dct = trial.draft.analysis.layout->dct;
    if (dct.store != StoreKind::SerialFlash) return trial.table.push_back(std::move(goal));
    const Address at = dct.copies.front().begin + dct.application_offset + goal.offset;
    trial.places.push_back({.at = at, .title = goal.what, .bytes = std::move(goal.bytes), .source = std::move(goal.source), .file = {}});
}

/// Of a key that serves: another key in its place cuts the device off if the cloud knows this one.
bool replaces_usable_key(const RemedyTrial& trial) {
    const auto& present = trial.draft.analysis.keys.device;
    return present.usable && present.public_fingerprint && hex(*present.public_fingerprint) != trial.key_source.sha256;
}

void write_table(RemedyTrial& trial, const RemedyStep& step) {
    const bool is_key = step.file.kind == FileKind::DeviceKey || step.file.kind == FileKind::NewKey;
    if (is_key && replaces_usable_key(trial)) {
        const auto& handshake = trial.draft.analysis.handshake;
        if (handshake.has_registered_key()) return trial.fail("The key in the device is the one on record, as far as was told: it is not replaced.");
        if (handshake.cloud_witness == CloudWitness::Nobody)
            trial.need(repair_consent::new_key,
                       "The key in the device is whole. If it is the one on record (the device gets online, and its light breathes cyan), the write cuts the "
                       "device off from the cloud.");
    }
    auto& bytes = is_key ? trial.key : trial.server;
    if (bytes.empty()) return trial.fail("What is to be written could not be made from the dump.");
    put_setting(trial, {step.at, bytes, is_key ? trial.key_source : trial.server_source, is_key ? "the device key" : "the server's key and address"});
}

/// The byte that says TCP, erased: then the keys for UDP count.
void write_transport(RemedyTrial& trial) {
    if (belongs_to_private_server(trial.draft.analysis.observations()))
        trial.need(repair_consent::other_server,
                   "The device leaves the server to which its key or address belongs now, and goes to that of the other transport.");
    for (const auto& set : trial.draft.analysis.layout->keys)
        if (const auto* field = trial.draft.analysis.layout->dct.field(set.when_field); field && set.when == KeySet::When::FieldErased)
            return put_setting(trial, {field->offset, {0xFF}, {"constant", "", ""}, "the transport: UDP"});
    trial.fail("This device talks to the cloud in one way only.");
}

/// What WiFi.useDynamicIP() writes, too: DYNAMIC_IP into the mode of the fixed address, which itself stays (hal/src/photon/wlan_hal.cpp@v2.3.1,
/// wlan_set_ipaddress_source; wlan_hal.h@v2.3.1, IPAddressSource).
void write_address_source(RemedyTrial& trial) {
    constexpr std::uint8_t dynamic_ip = 0;
    const auto* field = trial.draft.analysis.layout->dct.field("ip_config");
    if (!field) return trial.fail("This device keeps no fixed IP address in its table.");
    put_setting(trial, {field->offset, {dynamic_ip}, {"constant", "", ""}, "the IP address: from the router (DHCP)"});
}

/// The very file of this release is there already, and none is needed.
bool is_whole_of(const Module& present, const std::string& release) {
    return present.good() && std::ranges::find(present.releases, release) != present.releases.end();
}

/// A Photon's parts of 0.4.2 to 0.6.4 and an Electron's third carry a bootloader, and install it at their start where the present one's number is lower
/// (hal/src/stm32f2xx/bootloader.cpp@v0.6.0:51-66, @v2.3.1:25-57).
void ask_for_carried_bootloader(RemedyTrial& trial, ByteView part) {
    const auto* slot = trial.draft.analysis.layout->slot("bootloader");
    const auto carried = slot ? carried_bootloader_version(part, *slot) : std::nullopt;
    const auto installed = trial.draft.facts().system.bootloader_version;
    if (!carried || (installed && *installed >= *carried)) return;
    trial.need(repair_consent::bootloader,
               fmt::format("The first start of these system parts also replaces the bootloader, by version {}. If the power fails in that half second, the "
                           "device has no DFU mode any more and needs a debugger (SWD).",
                           *carried));
}

/// A bootloader that obeys a page of flags copies the image it names over the firmware, untested (hw_config.c@v0.6.4:1130): what is written to the firmware's
/// place before that is lost, and where the image is not whole, so is the firmware. "" where the flags ask for no copy.
std::string why_flagged_copy_comes_first(const Facts& facts) {
    const auto* source = facts.ota.by_flag ? facts.ota.by_flag->source() : nullptr;
    if (!source) return "";
    if (source->whole) return "At its next start the bootloader copies an image over the firmware: start the device once, then make the plan anew.";
    const auto* stored = facts.layout->slot(source->slot);
    return fmt::format(
        "At its next start the bootloader copies what lies in the {0} over the firmware, untested, and it is not known to be whole: do not start the device "
        "normally. Write a whole image over the {0} first, as the report says, then make the plan anew.",
        stored ? stored->title : source->slot);
}

void write_flash(RemedyTrial& trial, const RemedyStep& step) {
    const auto& layout = *trial.draft.analysis.layout;
    const auto* slot = step.file.kind == FileKind::Module ? layout.slot(step.file.slot) : nullptr;
    for (const auto& other : layout.slots)
        if (!slot && step.file.kind == FileKind::OwnApplication && other.at.begin == step.at) slot = &other;
    if (!slot) return trial.fail("photopsy does not know the place of this module.");
    if (const auto why = why_flagged_copy_comes_first(trial.draft.facts()); !why.empty()) return trial.fail(why);
    const auto* present = trial.draft.facts().module(slot->name);
    if (present && is_whole_of(*present, step.file.release)) return;
    auto choice = choose_module(trial.draft, *slot, step.file.release);
    if (choice.is_missing && !step.file.release.empty()) trial.missing.push_back(missing_file(layout, trial.cause, slot->name, step.file.release));
    if (!choice.consent.empty())
        add_consent(trial.draft.repair.plan,
                    {choice.consent, fmt::format("The file {} is no released one: only you know that it is the {} of this device.", choice.from, slot->title),
                     trial.draft.consented(choice.consent)});
    if (!choice.goal) {
        return trial.fail(!choice.why_not.empty() ? choice.why_not
                          : step.file.release.empty()
                              ? fmt::format("The {} is not in the dump as a whole, and no file of it was given with --firmware.", slot->title)
                              : fmt::format("The file of release {} for {} was not given with --firmware.", step.file.release, slot->title));
    }
    const auto there = trial.draft.image().bytes(range_of(slot->at.begin, static_cast<std::uint32_t>(choice.goal->bytes.size())));
    if (std::equal(there.begin(), there.end(), choice.goal->bytes.begin(), choice.goal->bytes.end())) return;
    if (present && present->good())
        trial.need(
            repair_consent::replace_sound_module,
            fmt::format("The {} that is whole now is replaced; if the power fails meanwhile, the device does not start until this is resumed.", slot->title));
    if (is_system_part(*slot)) ask_for_carried_bootloader(trial, choice.goal->bytes);
    trial.places.push_back(std::move(*choice.goal));
}

}  // namespace

void take(RemedyTrial& trial, const RemedyStep& step) {
    switch (step.kind) {
        case StepKind::RecoverKey:
            return recover_key(trial, step);
        case StepKind::MakeKey:
            return given_key(trial);
        case StepKind::MakeServerKey:
            return published_server(trial);
        case StepKind::MakeOwnServerKey:
            return own_server(trial, step);
        case StepKind::WriteTable:
            return write_table(trial, step);
        case StepKind::WriteFlash:
            return write_flash(trial, step);
        case StepKind::SetTransport:
            return write_transport(trial);
        case StepKind::AskForAddress:
            return write_address_source(trial);
        default:
            return;  // what other programs, the cloud or a debugger do; or nothing that is written
    }
}

}  // namespace photopsy
