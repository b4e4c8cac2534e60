#pragma once
// Which dumps are of one device, and which devices share what no two devices should.
#include "fleet/row.h"

namespace photopsy::fleet {

/// What is different from one dump of a device to the next.
struct Change {
    std::size_t from = 0, to = 0;   ///< rows
    std::vector<std::string> says;  ///< "outcome healthy -> cloud-fails"; empty: nothing that a report tells
};

/// What the count of table writes tells of an order in time. It is a byte that begins anew after 255, so that it never proves one.
enum class OrderOfWrites {
    Unknown,   ///< no two dumps have another count
    Likely,    ///< few writes lie between the first and the last
    Ambiguous  ///< many do, or the count began anew: another order is about as likely
};

/// Several dumps that name one device, in the order of the sequence of its configuration table; where that does not tell, by path.
struct SameDevice {
    std::vector<std::size_t> rows;
    std::vector<Change> changes;
    OrderOfWrites order = OrderOfWrites::Unknown;
    bool by_chip = false;  ///< the chip's own id says so of every dump; else a configuration table copied from device to device would look the same
};

std::vector<SameDevice> same_devices(const Rows&);

/// Rows of two or more devices with one private key. Stand-in keys of redacted dumps are none.
std::vector<Members> same_private_keys(const Rows&);

/// Rows whose configuration table names another chip than the one it lies in, with the rows of the same table elsewhere.
std::vector<Members> copied_tables(const Rows&);

}  // namespace photopsy::fleet
