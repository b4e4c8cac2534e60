#pragma once
// Words of the contract and words for people, one place for each.
#include "base/counted.h"
#include "report/document.h"

namespace photopsy {

std::string_view name_of(State);         ///< good damaged empty not-checked
std::string_view name_of(Remedy::Cost);  ///< nothing one-setting firmware data
std::string_view name_of(Rung::Mark);    ///< pass fail skipped unknown
std::string_view name_of(KeyEncoding);
std::string_view name_of(DeviceKeyClass);
std::string_view name_of(ServerKeyClass);
std::string_view name_of(DctGeneration);
std::string_view name_of(OtaCase);
std::string_view name_of(Eeprom::State);
std::string_view name_of(WifiFacts::State);
std::string_view name_of(ServerAddress::Kind);
std::string_view name_of(PublicKeyCache::State);
std::string_view name_of(ComponentState);
std::string_view contract_name_of(DctCopyState);  ///< current superseded older-format ...

std::string_view title_of(Outcome);  ///< "HEALTHY", "CLOUD FAILS" ...
std::string_view title_of(Step);     ///< what happens at this step
std::string_view title_of(ServerPolicy);
std::string_view title_of(DctCopyState);
std::string_view title_of(BootResult);
/// "asked live: accepted, as predicted"
std::string live_in_words(const LiveText&);
std::string title_of_boot_step(std::string_view id);  ///< "part1-header" becomes "part1 header"
std::string cost_in_words(Remedy::Cost);
/// What is known of a key, without repeating its state; the fingerprint as far as a person compares.
std::string key_in_words(const KeyText&);
/// The first thing to do over all causes, after keeping the dump; null where nothing is to be done.
const RemedyText* first_step(const Document&);
/// "photon-system-part2@1.5.2.bin: in the npm package ...; SHA-256 ...".
std::string file_in_words(const FirmwareFile&);
/// What to do over all causes: a line a step, with where it is told. Empty where one cause says it all.
std::vector<std::string> plan_in_words(const Document&);

/// How the device is put into the state, by the button with this name; "" if any state will do.
std::string before_in_words(Remedy::Before, std::string_view button);

/// Half a sentence as a whole one: with a capital letter and `end`.
std::string sentence(std::string text, std::string_view end = ".");
/// What must come true before the predicted handshake does: "once the device starts", "if this file is right"; "" where nothing must.
std::string handshake_condition(const Document&);
/// "Cloud handshake", with its condition in brackets.
std::string handshake_heading(const Document&);
/// "Particle Photon, Device OS 1.5.2, bootloader 502, id 9900...555a", as far as it is known.
std::string device_line(const Document&);

// The state of a fact in the four states of the contract.
State state_of(const Module&);
State state_of(const DctCopy&);
State state_of(const DeviceKey&);
State state_of(const ServerKey&);
State state_of(const PublicKeyCache&);
State state_of(const ServerAddress&);

std::string capture_in_words(const Document&);  ///< "; captured DATE, 2 reads compared" or ""
std::string place(Range at);                    ///< "0x08004000 (16 KiB)", "0x08005d9e (1 byte)"
std::string byte_count(std::uint64_t count);    ///< "1 byte", "612 bytes", "16 KiB"

}  // namespace photopsy
