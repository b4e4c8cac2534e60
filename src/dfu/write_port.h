#pragma once
// The seam of port.h with a way to write. What opens a device for reading gives a Port, which has none.
#include "dfu/flash_writer.h"
#include "dfu/port.h"

namespace photopsy::dfu {

class WritePort : public Port {
public:
    using Port::transfer;
    virtual Answer write(const WriteRequest& request, std::uint32_t timeout_ms) = 0;
};

struct WriteEnd {
    Trouble trouble = Trouble::None;
    Address at = 0;
    bool may_have_changed = false;
};
/// Carries the writer's piece of work out, to its end.
WriteEnd drive(FlashWriter&, WritePort&);

struct RangeRead {
    std::vector<std::uint8_t> bytes;  ///< whole where `trouble` is None
    Trouble trouble = Trouble::None;
    Address at = 0;
    bool came_back = false;  ///< the device was away meanwhile
};
/// Reads `range` once, whatever state the device is in, with the reader's own retries.
RangeRead read_range(Port&, BlockRule, Range range, std::uint32_t timeout_ms);

}  // namespace photopsy::dfu
