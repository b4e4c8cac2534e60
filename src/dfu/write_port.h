#pragma once
// The seam of port.h with a way to write. What opens a device for reading gives a Port, which has none.
#include "dfu/port.h"
#include "dfu/write_request.h"

namespace photopsy::dfu {

class WritePort : public Port {
public:
    using Port::transfer;
    virtual Answer write(const WriteRequest& request, std::uint32_t timeout_ms) = 0;
};

}  // namespace photopsy::dfu
