#pragma once
// What can change a device, apart from everything that reads it (request.h): only FlashWriter can make one, so capture stays unable to write by
// construction. There is no request that leaves DFU mode, detaches, erases everything or writes an option byte.
#include "base/bytes.h"
#include "dfu/request.h"

#include <vector>

namespace photopsy::dfu {

class WriteRequest {
public:
    enum class What : std::uint8_t {
        SelectTable,  ///< SET_INTERFACE, alternate setting 1: the application table
        Erase,        ///< DNLOAD block 0, 0x41 and the address of a sector
        Data          ///< DNLOAD of a block
    };
    What what() const { return what_; }
    std::uint16_t block() const { return block_; }
    /// The data stage. Borrowed from the writer, until its next step.
    ByteView payload() const { return payload_; }

private:
    friend class FlashWriter;
    WriteRequest(What what, std::uint16_t block, ByteView payload) : what_(what), block_(block), payload_(payload) {}
    What what_;
    std::uint16_t block_;
    ByteView payload_;
};

/// How it stands on the wire, for the DFU interface number `interface`.
SetupPacket setup_packet(const WriteRequest&, std::uint8_t interface);

}  // namespace photopsy::dfu
