#pragma once
// Remedies that several subjects share.
#include "remedy/remedy.h"

namespace photopsy {

using FileKind = RemedyFile::Kind;
using StepKind = RemedyStep::Kind;

/// Nothing is written before the dump is safe. `explain`: what this file alone still holds.
Remedy keep_dump(std::string explain);
Remedy nothing_to_repair(std::string explain);
/// An ordinary start makes a new key, whose write may end what the old one can be had from.
bool start_costs_old_key(const Observations&);
/// Nothing in the file keeps the device, as it is now, from reaching the cloud; in safe mode it does so as well.
bool may_go_online(const Observations&);
/// What any write to the table costs; "" for a store that has no copies.
std::string warning_of_table_write(const Facts&);
/// Where a printed line of a plan is all that there is to do: it can be run as it stands, and what writes is said beside it.
inline constexpr std::string_view plan_alone_changes_nothing =
    "The line as it stands only shows the plan and changes nothing; with --apply behind it, it asks once, keeps a backup and carries the plan out.";
/// An ordinary start, which carries out what is pending.
Remedy start_normally(std::string_view explain);

// Keys: remedy/keys.cpp.
Remedy keep_keys();
/// Before any write: what reads as one value in the dump may be whole in the device.
Remedy read_again();
Remedy as_other_way(Remedy);
/// The slot of the server's key holds a whole RSA-2048 key that the firmware does not read as it stands there: of another form, or with its first byte erased.
bool holds_whole_key_in_other_form(const Observations&);
/// No address is in the device, or one that leads nowhere: whatever key is written, an address goes with it.
bool address_must_be_named(const Observations&);
/// The device's address, or a key that is not Particle's where the address leads nowhere, says that it goes to a private server.
bool has_private_server(const Observations&);
/// The same, or a key in the slot that is not Particle's, whole or damaged: its owner alone may send the device elsewhere.
bool belongs_to_private_server(const Observations&);
/// The set of keys that the firmware uses; where none is known, the first of the device.
const KeySet& key_set(const Observations&);
/// `file` over DFU to the place of this field of the table.
RemedyStep write_field(const Observations&, std::string_view field, RemedyFile file);
/// The owner named the key on record, and it is not this one.
bool is_known_to_be_unregistered(const Observations&, const KeyFacts::Recovery&);
/// The end of a sentence that says of an old key that it is proved: whether the cloud knows it, as far as the dump tells.
std::string what_it_means(const Observations&, const KeyFacts::Recovery&);
/// Of a damaged key that is another device's: nothing is to be mended of it.
Remedy gone_with_own_key();
/// The old key, rebuilt or found, written back: no login, no new registration, unless another key is known to be on record.
Remedy write_old_key_back(const Observations&, const KeyFacts::Recovery&);
/// A whole key that may be anybody's, as the last way: it helps only an owner who knows more than the dump says.
void add_possible_key(std::vector<Remedy>&, const Observations&);
/// A new key by photopsy and its registration; carries the warning about the keys that the Particle CLI makes with OpenSSL 3.
Remedy make_new_key(const Observations&);
/// Register the key that is in the device: writes nothing to it.
Remedy register_present_key(const Observations&);
/// After the loss of a key whose old one cannot be had: the key that was made since, or that the next start makes, is registered; nothing is written to the
/// device, unless its firmware makes no keys.
Remedy register_key_after_loss(const Observations&);
/// Particle's published key and address into the slot of the server key.
Remedy write_server_key(const Observations&);
/// Of a private server at an unusual port, and of one at a port that the installed Device OS ignores (server_port.cpp).
Remedy write_usual_port(const Observations&);
Remedy let_server_listen(const Observations&);
/// Of a device that has_private_server(): that server's key and address, from the dump as far as it holds them.
Remedy write_key_of_private_server(const Observations&);
/// The other way for such a device, on its owner's word.
Remedy back_to_particle(const Observations&);

// Two devices in one flash: remedy/whose_device.cpp.
/// Of Facts::device_is_open: no write, but how the owner says which device it is.
std::vector<Remedy> ways_of_open_device(const Facts&);

// Modules: remedy/modules.cpp.
/// Writes one module over USB to its place.
Remedy write_module(const ModuleSlot&, std::string_view release, std::string explain);
/// Writes both system parts of one release over USB.
Remedy write_system(const Facts&, std::string_view release);
/// A device that goes online gets what it lacks from the cloud.
Remedy go_online(std::string explain);

// The bootloader: remedy/bootloader.cpp.
/// Damaged, missing or another device's: nothing is foreseen of what it does.
bool bootloader_is_damaged(const Facts&);
/// It is older than the form of the table in use: its write programs in place, by rules of its own, and breaks the table's checksum (docs/formats/dct.md).
bool breaks_newer_table(const Facts&);
/// Leaves the device halted, so that what no start may come before can still be done.
Remedy write_bootloader_by_debugger(const Facts&, std::string_view release);
/// Replaces a bootloader that does not do, by whatever runs: the device itself, the cloud, the running system over serial, a debugger.
std::vector<Remedy> replace_bootloader(const Observations&, std::string_view release);
/// After system parts of this release: the bootloader that they ask for, where the installed one is older.
void add_bootloader_for(std::vector<Remedy>&, const Facts&, std::string_view release, Remedy::Role);

// Releases: remedy/releases.cpp.
/// The release that a module should be of. A system part: that of the whole one beside it, else one for all of them that the installed bootloader will do
/// for. Any other: the one it was.
std::string release_for(const Facts&, std::string_view slot);
/// Whether this release has a module for this place: a third system part came with 0.6.0.
bool release_has(const ModuleSlot&, std::string_view release);
/// For two parts that do not fit: the newer one's, so that nothing goes back silently; the older one's where the bootloader would be too old for it.
std::string release_of_pair(const Facts&);
/// What the bootloader of this release means for a table that the installed system reads by older rules; "" where nothing, or where no such table is.
std::string warning_of_newer_table_code(const Facts&, std::string_view release);
/// The last release that can be had for this device.
std::string last_release(const Facts&);
/// Of the releases that came with the installed bootloader and of which system part 2 is known one of which a part is installed, else the newest, a final one
/// if there is any; "" where none is.
std::string release_beside_bootloader(const Facts&);
/// The release of the bootloader that goes with system parts of this one.
std::string release_of_bootloader_for(const Facts&, std::string_view system_release);
/// The version of the bootloader that a release asks for at its start, where the installed one is older; else 0.
std::uint16_t bootloader_missing_for(const Facts&, std::string_view release);

/// Only what a known bootloader does with a request is foreseen. One without a header (a Core's) is known by the device.
bool knows_bootloader(const Facts&);

}  // namespace photopsy
