#include "dfu/write_port.h"

namespace photopsy::dfu {

WriteEnd drive(FlashWriter& writer, WritePort& port) {
    while (true) {
        const WriteStep step = writer.step();
        if (step.kind != WriteStep::Kind::Transfer) return {step.trouble, step.at, step.may_have_changed};
        if (step.wait_ms != 0) port.wait(step.wait_ms);
        if (const auto* write = std::get_if<WriteRequest>(&step.request))
            writer.told(port.write(*write, step.timeout_ms));
        else
            writer.told(port.transfer(*std::get_if<Request>(&step.request), step.timeout_ms));
    }
}

RangeRead read_range(Port& port, BlockRule rule, Range range, std::uint32_t timeout_ms) {
    RangeRead read;
    FlashReader reader(rule);
    reader.start(range);
    while (true) {
        const Step step = reader.step();
        if (step.wait_ms != 0) port.wait(step.wait_ms);
        switch (step.kind) {
            case Step::Kind::Finished:
                return read;
            case Step::Kind::Failed:
                read.trouble = step.trouble;
                read.at = step.at;
                return read;
            case Step::Kind::Transfer:
                if (reader.told(port.transfer(step.request, timeout_ms))) read.bytes.insert(read.bytes.end(), reader.arrived().begin(), reader.arrived().end());
                break;
            case Step::Kind::Reconnect:
                read.came_back = true;
                reader.reconnected(port.reconnect());
                break;
        }
    }
}

}  // namespace photopsy::dfu
