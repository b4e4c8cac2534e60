#pragma once
// What a device in this state allows, over all causes.
#include "remedy/remedy.h"

namespace photopsy {

bool has_step(const Remedy&, RemedyStep::Kind);

/// Takes out what would write to a device, where the dump is no ground for it; a key that lies in the dump can still be taken out.
void drop_writes(std::vector<Remedy>&);

/// Of only_bootloader_is_of_other_device(), for every fault but that: no write, for it would go through that bootloader.
void write_nothing_by_other_bootloader(std::vector<Remedy>&);

/// Where the next start heals a place by the copy that waits, to write it over USB is the other way.
void prefer_waiting_copy(std::vector<Remedy>&, const Observations&);

/// Puts what makes the table writable before the first remedy that writes it.
void put_system_parts_first(std::vector<Remedy>&, const Observations&);

/// Where bootloader and system bring code of different generations for the table, and a write over DFU would not reach the system or would cost what is newer:
/// no write to the table, but what makes it possible.
void put_bootloader_first(std::vector<Remedy>&, const Observations&);

/// Where the installed bootloader would break the table that it writes: each such write says that another one comes first, and none is left where the
/// system's own release brings none that can.
void let_another_bootloader_write_table(Remedies&, const Observations&);

/// Between a write to a system part and a request for the table stands RESET with SETUP held (bootloaders from 100 on keep pointers into the old part, or
/// refuse until then: bootloader/src/photon/bootloader_dct.c@v0.7.0:42).
void ask_for_reset(Remedies&, const Observations&);

/// The dump is kept once: what any cause warns of then is said where it is kept first.
void gather_warnings_of_kept_dump(Remedies&);

/// What lets the bootloader reach an update record that destroys is dangerous while that record waits: each such write says so.
void warn_of_waiting_harm(Remedies&, const Observations&);

/// A system from the other side of 0.5.0 reads the marks of the EEPROM's pages by other rules: what brings one that erases stored values says so.
void warn_of_eeprom_loss(Remedies&, const Observations&);

/// Before the first write of all: photopsy's own repair, where it writes to such a device.
void offer_repair(Remedies&, const Observations&);

}  // namespace photopsy
