#pragma once
// Configuration tables as the two writers leave them, for tests: built from nothing, written step by step, cut off anywhere.
#include "facts/dct.h"
#include "support/shared.h"

#include <functional>
#include <initializer_list>

namespace photopsy::test {

/// The two 16 KiB copies of a table.
struct TablePair {
    Bytes copies[2] = {Bytes(0x4000, 0xFF), Bytes(0x4000, 0xFF)};
    Bytes& operator[](int number) { return copies[number - 1]; }
    const Bytes& operator[](int number) const { return copies[number - 1]; }
};

/// The default header in copy 1 and a few bytes of application data, as a unit leaves the factory. Copy 2 erased.
TablePair factory_table();

/// A write as 0.7.0 and later make it, from copy `from` into the other one, stopped after `steps` of its seven steps:
/// 1 erase, 2 body, 3 header, 4 version struct, 5 write_incomplete cleared, 6 old copy's mark cleared, 7 old initial_write cleared.
void write_new(TablePair&, int from, std::uint32_t application_offset, const Bytes& bytes, int steps = 7);

/// A write as 0.4.2 to 0.6.4 make it, stopped after `steps` of: 1 erase, 2 body, 3 header, 4 old copy erased.
void write_old(TablePair&, int from, std::uint32_t application_offset, const Bytes& bytes, int steps = 4);

/// What a G4/G5 re-initialisation leaves.
TablePair reinitialized_table();

/// Calls `visit` for each of the vendor's own tables (../shared/facts/dct-vectors.tar.zst) whose path holds `name`, with that path. How many there were.
std::size_t visit_vendor_tables(std::string_view name, const std::function<void(const std::string& path, const TablePair&)>& visit);

/// A layout of the Photon's outline, made by hand and living for ever: flash, both copies, a few fields, EEPROM pages.
const Layout& table_layout();

/// A flash image that holds the pair and is erased elsewhere.
Image table_image(const TablePair&);
Dct read_table(const TablePair&, DctGeneration = DctGeneration::G5);

}  // namespace photopsy::test
