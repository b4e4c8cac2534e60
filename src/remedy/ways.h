#pragma once
// Remedies that several subjects share.
#include "remedy/remedy.h"

namespace photopsy {

using FileKind = RemedyFile::Kind;
using StepKind = RemedyStep::Kind;

/// Nothing is written before the dump is safe. `explain`: what this file alone still holds.
Remedy keep_dump(std::string explain);
Remedy nothing_to_repair(std::string explain);
/// Nothing in the file keeps the device, as it is now, from reaching the cloud; in safe mode it does so as well.
bool may_go_online(const Observations&);
/// An ordinary start, which carries out what is pending.
Remedy start_normally(std::string explain);

// Keys: remedy/keys.cpp.
Remedy keep_keys();
Remedy as_other_way(Remedy);
/// The slot of the server's key holds a whole RSA-2048 key that the firmware does not read as it stands there: of another form, or with its first byte erased.
bool holds_whole_key_in_other_form(const Observations&);
/// No address is in the device, or one that leads nowhere: whatever key is written, an address goes with it.
bool address_must_be_named(const Observations&);
/// The device's address, or a key that is not Particle's where the address leads nowhere, says that it goes to a private server.
bool has_private_server(const Observations&);
/// `file` over DFU to the place of this field of the table.
RemedyStep write_field(const Observations&, std::string_view field, RemedyFile file);
/// The old key, rebuilt or found, written back: no login, no new registration.
Remedy write_old_key_back(const Observations&, const KeyFacts::Recovery&);
/// A new key by photopsy and its registration; carries the warning about the keys that the Particle CLI makes with OpenSSL 3.
Remedy make_new_key(const Observations&);
/// Register the key that is in the device: writes nothing to it.
Remedy register_present_key(const Observations&);
/// Particle's published key and address into the slot of the server key.
Remedy write_server_key(const Observations&);

// Modules: remedy/modules.cpp.
/// Writes one module over USB to its place.
Remedy write_module(const ModuleSlot&, std::string_view release, std::string explain);
/// Writes both system parts of one release over USB.
Remedy write_system(const Facts&, std::string_view release);
/// The release that a system module should be of: the one it was, else that of the whole system part beside it, else the last for this device.
std::string release_for(const Facts&, std::string_view slot);

}  // namespace photopsy
