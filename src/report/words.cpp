#include "report/words.h"

#include "base/hex.h"
#include "facts/headerless.h"

#include <fmt/format.h>

#include <algorithm>

#include <array>

namespace photopsy {

namespace {

/// The name of an enumerator that counts from 0; `Last` is the last one, so that a new one breaks the build here and not a reader's trust.
template <auto Last, std::size_t N>
std::string_view of(decltype(Last) value, const std::array<std::string_view, N>& names) {
    static_assert(N == static_cast<std::size_t>(Last) + 1);
    const auto at = static_cast<std::size_t>(value);
    return at < N ? names[at] : std::string_view("unknown");
}

using Words = std::string_view;

}  // namespace

std::string_view name_of(State state) { return of<State::NotChecked>(state, std::array<Words, 4>{"good", "damaged", "empty", "not-checked"}); }
std::string_view name_of(Remedy::Cost cost) { return of<Remedy::Cost::LosesData>(cost, std::array<Words, 4>{"nothing", "one-setting", "firmware", "data"}); }
std::string_view name_of(Rung::Mark mark) { return of<Rung::Mark::Unknown>(mark, std::array<Words, 4>{"pass", "fail", "skipped", "unknown"}); }
std::string_view name_of(KeyEncoding encoding) {
    return of<KeyEncoding::Other>(
        encoding, std::array<Words, 10>{"none", "device", "device-or-command-line", "command-line", "pkcs8", "unpadded", "pem", "spki", "ec", "other"});
}
std::string_view name_of(DeviceKeyClass what) {
    return of<DeviceKeyClass::HalvesDiffer>(
        what, std::array<Words, 16>{"not-in-file", "good", "never-generated", "erased", "zeroed", "truncated", "bit-flip", "mixed", "wrong-type", "wrong-size",
                                    "wrong-encoding", "der-length-wrong", "unreadable-by-firmware", "server-key-in-slot", "damaged", "halves-differ"});
}
std::string_view name_of(ServerKeyClass what) {
    return of<ServerKeyClass::DeviceKeyInSlot>(
        what, std::array<Words, 8>{"not-in-file", "published", "valid-other", "erased", "corrupted", "truncated", "wrong-type", "device-key-in-slot"});
}
std::string_view name_of(DctGeneration generation) { return of<DctGeneration::G5>(generation, std::array<Words, 6>{"G0", "G1", "G2", "G3", "G4", "G5"}); }
std::string_view name_of(OtaCase kind) {
    return of<OtaCase::DfuWriteInterrupted>(
        kind, std::array<Words, 10>{"none", "receiving", "received-rejected", "pending", "pending-unreachable", "copy-interrupted", "cleared-not-copied",
                                    "copied-not-cleared", "bootloader-copy-interrupted", "dfu-write-interrupted"});
}
std::string_view name_of(Eeprom::State state) {
    return of<Eeprom::State::Corrupt>(
        state, std::array<Words, 7>{"not-checked", "never-used", "normal", "swap-interrupted", "both-active", "will-be-formatted", "corrupt"});
}
std::string_view name_of(WifiFacts::State state) {
    return of<WifiFacts::State::ListErased>(state, std::array<Words, 4>{"not-in-file", "configured", "not-configured", "list-erased"});
}
std::string_view name_of(ServerAddress::Kind kind) {
    return of<ServerAddress::Kind::Invalid>(kind, std::array<Words, 5>{"not-in-file", "erased", "domain", "ip", "invalid"});
}
std::string_view name_of(PublicKeyCache::State state) {
    return of<PublicKeyCache::State::Garbage>(state, std::array<Words, 5>{"not-in-file", "unset", "matches", "belongs-to-other-key", "garbage"});
}
std::string_view name_of(ComponentState state) {
    return of<ComponentState::NotChecked>(state, std::array<Words, 4>{"good", "damaged", "redundant", "not-checked"});
}
std::string_view contract_name_of(DctCopyState state) {
    return of<DctCopyState::Unreadable>(state, std::array<Words, 11>{"not-in-file", "erased", "nearly-erased", "current", "superseded", "superseded-damaged",
                                                                     "older-format", "incomplete", "valid-twin", "rejected", "unreadable"});
}

std::string_view title_of(Outcome outcome) {
    return of<Outcome::BadCapture>(outcome,
                                   std::array<Words, 6>{"HEALTHY", "ATTENTION", "CLOUD CONNECTION FAILS", "SAFE MODE", "DOES NOT START", "BAD CAPTURE"});
}
std::string_view title_of(Step step) {
    return of<Step::DtlsFinish>(
        step,
        std::array<Words, 15>{"finds and reaches the server", "gets the server's greeting (40 bytes)", "encrypts its id and public key with the server's key",
                              "sends them (256 bytes)", "gets the session key (384 bytes)", "decrypts it with its own private key",
                              "checks the server's signature", "says hello over the new connection", "hears hello", "is online (breathing cyan)",
                              "reads its own private key", "reads the server key in its flash", "gets an answer from a server", "checks the server's signature",
                              "shows its public key and signs, and the server accepts both"});
}
std::string_view title_of(ServerPolicy policy) {
    return of<ServerPolicy::UsesStoredKey>(
        policy, std::array<Words, 2>{"if the server compares the key that the device presents", "if the server uses the key that it has stored"});
}
std::string_view title_of(DctCopyState state) {
    return of<DctCopyState::Unreadable>(
        state, std::array<Words, 11>{"not in the file", "erased", "erased but for stray bits", "in use", "superseded: the table before the last write",
                                     "superseded and damaged", "whole, of an older format", "write was interrupted", "also valid, not in use",
                                     "rejected: its checksum fails", "unreadable"});
}
std::string_view title_of(BootResult result) {
    return of<BootResult::Unknown>(
        result, std::array<Words, 7>{"starts and runs the application", "starts in safe mode (breathing magenta)", "stays in DFU mode (blinking yellow)",
                                     "carries out a factory reset", "resets again and again", "does something undefined", "cannot be told from this file"});
}
std::string live_in_words(const LiveText& live) {
    const std::string_view compared = !live.agrees ? "" : *live.agrees ? "; this is as predicted" : "; this is not as predicted";
    if (live.end == name_of(LiveEnd::Accepted)) return fmt::format("asked live: accepted{}", compared);
    return fmt::format("asked live: ended at {} ({}){}", live.step, live.end, compared);
}
std::string title_of_boot_step(std::string_view id) {
    std::string title(id);
    for (auto& c : title)
        if (c == '-') c = ' ';
    return title;
}
std::string before_in_words(Remedy::Before before, std::string_view button) {
    const auto held_at_reset = fmt::format("old {0}, press RESET, and go on holding {0} until the light blinks yellow", button);
    switch (before) {
        case Remedy::Before::Any:
            return "";
        case Remedy::Before::DfuMode:
            return "Put the device into DFU mode: h" + held_at_reset + ".";
        case Remedy::Before::ResetIntoDfu:
            return "H" + held_at_reset +
                   ", even if the device is in DFU mode already: after a write to a system part the bootloader must begin anew before it can write the table. "
                   "Do not start the device normally in between.";
        case Remedy::Before::ListeningMode:
            return fmt::format("Put the device into listening mode: hold {} for three seconds, until the light blinks dark blue.", button);
    }
    return "";
}

std::string file_in_words(const FirmwareFile& file) {
    return fmt::format("{} is {}{}.", file.name, file.source, file.sha256.empty() ? "" : "; its SHA-256 is " + file.sha256);
}

std::vector<std::string> plan_in_words(const Document& document) {
    std::vector<std::string> lines;
    if (document.causes.size() < 2 || document.plan.size() < 2) return lines;
    for (const auto& step : document.plan) {
        const auto& title = document.causes[step.cause].remedies[step.remedy].title;
        const bool told = !document.causes[step.cause].remedies[step.remedy].commands.empty();
        lines.push_back(told ? fmt::format("{} (cause {}, step {})", title, step.cause + 1, step.remedy + 1) : title);
    }
    return lines;
}

std::string cost_in_words(Remedy::Cost cost) {
    return std::string(
        of<Remedy::Cost::LosesData>(cost, std::array<Words, 4>{"changes nothing", "changes one setting", "writes firmware", "loses what the device holds"}));
}

std::string key_in_words(const KeyText& key) {
    static constexpr std::size_t digits_compared = 16;
    if (key.fingerprint.empty()) return key.says;
    return fmt::format("{}{}public fingerprint {}...", key.says, key.says.empty() ? "" : "; ", key.fingerprint.substr(0, digits_compared));
}

const RemedyText* first_step(const Document& document) {
    if (!document.for_the_light.empty()) return &document.for_the_light.front();
    for (const auto& planned : document.plan)
        if (const auto& remedy = document.causes[planned.cause].remedies[planned.remedy]; !remedy.keeps_dump) return &remedy;
    for (const auto& cause : document.causes)
        for (const auto& remedy : cause.remedies)
            if (!remedy.keeps_dump && !remedy.other_way) return &remedy;
    return nullptr;
}

std::string sentence(std::string text, std::string_view end) {
    if (text.empty()) return text;
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text.ends_with('.') ? text : text + std::string(end);
}

std::string handshake_condition(const Document& document) {
    if (document.outcome == Outcome::BadCapture) return "if this file is right";
    constexpr std::string_view online[] = {"runs", "safe-mode", "factory-reset", "unknown", ""};
    const bool gets_there = std::find(std::begin(online), std::end(online), document.boot_result) != std::end(online);
    return gets_there ? "" : "once the device starts";
}

std::string handshake_heading(const Document& document) {
    const auto condition = handshake_condition(document);
    return condition.empty() ? "Cloud handshake" : "Cloud handshake (" + condition + ")";
}

State state_of(const Module& module) {
    const bool storage = module.slot == "ota" || module.slot == "factory";  // what lies there may be left over from anything
    switch (module.presence) {
        case Presence::Absent:
            return State::NotChecked;
        case Presence::Erased:
            return State::Empty;
        case Presence::NoHeader:
            return storage || may_lack_header(module) ? State::NotChecked : State::Damaged;
        case Presence::Present:
            break;
    }
    if (module.integrity == Integrity::Good) return State::Good;
    return module.integrity == Integrity::Bad ? State::Damaged : State::NotChecked;
}

State state_of(const DctCopy& copy) {
    switch (copy.state) {
        case DctCopyState::NotInFile:
            return State::NotChecked;
        case DctCopyState::Erased:
        case DctCopyState::NearlyErased:
            return State::Empty;
        case DctCopyState::Current:
        case DctCopyState::ValidTwin:
            return !copy.has_version_struct || copy.fresh_default || !copy.computed_crc || copy.crc_good() ? State::Good : State::Damaged;
        case DctCopyState::Superseded:
        case DctCopyState::OlderFormat:
            return State::Good;
        case DctCopyState::SupersededDamaged:
        case DctCopyState::Incomplete:
        case DctCopyState::Rejected:
        case DctCopyState::Unreadable:
            break;
    }
    return State::Damaged;
}

State state_of(const DeviceKey& key) {
    if (key.what == DeviceKeyClass::NotInFile) return State::NotChecked;
    if (key.what == DeviceKeyClass::NeverGenerated) return State::Empty;
    return key.what == DeviceKeyClass::Good ? State::Good : State::Damaged;
}
State state_of(const ServerKey& key) {
    if (key.what == ServerKeyClass::NotInFile) return State::NotChecked;
    if (key.what == ServerKeyClass::Erased) return State::Empty;
    return key.what == ServerKeyClass::Published || (key.what == ServerKeyClass::ValidOther && !key.uses_builtin) || key.harmless_damage ? State::Good
                                                                                                                                         : State::Damaged;
}
State state_of(const PublicKeyCache& cache) {
    if (cache.state == PublicKeyCache::State::NotInFile) return State::NotChecked;
    if (cache.state == PublicKeyCache::State::Unset) return State::Empty;
    return cache.state == PublicKeyCache::State::Matches ? State::Good : State::Damaged;
}
State state_of(const ServerAddress& address) {
    if (address.kind == ServerAddress::Kind::NotInFile) return State::NotChecked;
    if (address.kind == ServerAddress::Kind::Erased) return State::Empty;
    return address.kind == ServerAddress::Kind::Invalid || address.unreachable || address.damaged ? State::Damaged : State::Good;
}

std::string device_line(const Document& document) {
    if (!document.device_proved && !document.device.empty())
        return fmt::format("Which device this is of, the file does not tell (read as a {})", document.device);
    auto line = document.device;
    if (!document.device_os.empty())
        line += ", Device OS " + document.device_os;
    else if (document.system_version)
        line += fmt::format(", system version {}", *document.system_version);
    if (document.bootloader_version) line += fmt::format(", bootloader {}", *document.bootloader_version);
    return document.device_id.empty() ? line : line + ", id " + document.device_id;
}

std::string capture_in_words(const Document& document) {
    if (!document.capture) return "";
    const auto reads = document.capture->reads;
    return fmt::format("; captured {}, {}", document.capture->when, reads == 1 ? "read once, unverified" : fmt::format("{} reads compared", reads));
}

std::string byte_count(std::uint64_t count) {
    if (count >= 1024 && count % 1024 == 0) return fmt::format("{} KiB", count / 1024);
    return fmt::format("{} {}", count, count == 1 ? "byte" : "bytes");
}
std::string place(Range at) { return fmt::format("{} ({})", hex_address(at.begin), byte_count(at.size())); }

}  // namespace photopsy
