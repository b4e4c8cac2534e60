#pragma once
// What an anchor is worth: whether it stands for a flash of this device or is carried by something else, and what speaks for one of two places.
#include "flash/anchors.h"

namespace photopsy {

/// The first two words look like the bootloader's stack pointer and reset vector, as far as the file has them.
bool begins_with_first_words(ByteView file, const Layout& layout);
/// Nothing but the beginning of the bootloader's vectors: cut off before the first header, which would say more.
bool ends_before_first_header(ByteView file, const Layout& layout);

/// The table copy at `offset` holds something of Particle's: keys, system flags, a server's address. The header alone ("BRCM") is that of every device with
/// Broadcom's WICED SDK (pdct.h@v0.4.0:135).
bool holds_own_data(ByteView file, std::size_t offset, const Layout& layout);

/// The anchors without those that say nothing of where the file belongs: what a module carries (system parts up to 0.6.4 hold a bootloader, and both a default
/// table; docs/formats/module.md), and the same in a piece of a module whose header is not in the file.
std::vector<Anchor> without_carried(ByteView file, std::vector<Anchor> anchors, const Layout& layout);

/// True where nothing but the header of a table speaks for the device, while a program stands in the places of its modules: another device with the WICED SDK.
bool is_other_wiced_device(ByteView file, const std::vector<Anchor>& anchors, const Layout& layout);

/// EEPROM pages whose header stands where it belongs if the file is shifted so.
std::size_t eeprom_pages_at(ByteView file, Shift shift, const Layout& layout);

/// The place of a file in which nothing but tables speaks, or that it cannot be told.
struct TablePlace {
    Shift shift = 0;
    bool told = true;
};
TablePlace place_by_tables(ByteView file, const std::vector<Anchor>& tables, const Layout& layout);

}  // namespace photopsy
