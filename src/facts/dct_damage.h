#pragma once
// Where in a copy of the configuration table the damage lies that breaks its checksum. The CRC is linear: the difference between stored and
// computed value depends only on what changed, so a single changed byte can be solved for, and every difference to the other copy can be tried.
#include "facts/dct.h"

namespace photopsy {

/// `damaged` and `reference` are whole copies (0x4000 bytes; `reference` empty where there is none); `base` is the flash address of `damaged`.
/// `superseded`: byte 9 of `damaged` counts as 1 (it was cleared on purpose). Call only where the CRC does not hold. Places are sorted.
DctDamage locate_dct_damage(ByteView damaged, ByteView reference, Address base, bool superseded);

/// The same for a sector of a DCD (docs/formats/dcd.md), whose one CRC-32 covers bytes [8, 3FFC): a single changed byte is proved without a reference.
DctDamage locate_dcd_damage(ByteView damaged, ByteView reference, Address base);

/// True where two copies differ as they do around one write: in one stretch, besides what is erased in one of them (an erase that was broken off).
bool one_write_apart(ByteView copy, ByteView other);

}  // namespace photopsy
