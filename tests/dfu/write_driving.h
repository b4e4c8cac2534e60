#pragma once
// A writer's piece of work carried out over a port, without a repair around it.
#include "dfu/emulated_port.h"
#include "dfu/flash_writer.h"

namespace photopsy::test {

inline dfu::WriteStep drive(dfu::FlashWriter& writer, dfu::WritePort& port) {
    while (true) {
        const dfu::WriteStep step = writer.step();
        if (step.kind != dfu::WriteStep::Kind::Transfer) return step;
        if (step.wait_ms != 0) port.wait(step.wait_ms);
        if (const auto* write = std::get_if<dfu::WriteRequest>(&step.request))
            writer.told(port.write(*write, step.timeout_ms));
        else
            writer.told(port.transfer(*std::get_if<dfu::Request>(&step.request), step.timeout_ms));
    }
}

}  // namespace photopsy::test
