#include "dfu/port.h"

namespace photopsy::dfu {

DriveResult drive(FlashCapture& capture, Port& port, std::uint32_t timeout_ms, const std::function<bool(const FlashCapture&)>& go_on) {
    CaptureRun run(capture);
    while (!run.result()) {
        const Step step = run.step();
        if (step.wait_ms != 0) port.wait(step.wait_ms);
        if (step.kind == Step::Kind::Transfer) {
            if (run.told(port.transfer(step.request, timeout_ms)) && !go_on(capture)) run.stop();
        } else if (!go_on(capture)) {
            run.stop();
        } else {
            run.reconnected(port.reconnect());
        }
    }
    return *run.result();
}

}  // namespace photopsy::dfu
