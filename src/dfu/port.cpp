#include "dfu/port.h"

namespace photopsy::dfu {
namespace {

DriveResult leave(Port& port, std::uint32_t timeout_ms, DriveResult result) {
    if (result.trouble != Trouble::Gone) (void)port.transfer(Request::abort(), timeout_ms);
    return result;
}

}  // namespace

DriveResult drive(FlashCapture& capture, Port& port, std::uint32_t timeout_ms, const std::function<bool(const FlashCapture&)>& go_on) {
    using End = DriveResult::End;
    while (true) {
        const Step step = capture.step();
        if (step.wait_ms != 0) port.wait(step.wait_ms);
        switch (step.kind) {
            case Step::Kind::Finished:
                return {};
            case Step::Kind::Failed:
                return leave(port, timeout_ms, {End::Failed, step.trouble, step.at});
            case Step::Kind::Transfer:
                if (capture.told(port.transfer(step.request, timeout_ms)) && !go_on(capture))
                    return leave(port, timeout_ms, {End::Stopped, Trouble::None, step.at});
                break;
            case Step::Kind::Reconnect:
                if (!go_on(capture)) return leave(port, timeout_ms, {End::Stopped, Trouble::None, step.at});
                capture.reconnected(port.reconnect());
                break;
        }
    }
}

}  // namespace photopsy::dfu
