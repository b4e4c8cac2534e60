#include "dfu/capture_run.h"

namespace photopsy::dfu {

Step CaptureRun::step() const {
    if (!result_) return capture_->step();
    if (!left_) return {Step::Kind::Transfer, Request::abort(), 0, result_->trouble, result_->at};
    const bool finished = result_->end == DriveResult::End::Finished;
    return {finished ? Step::Kind::Finished : Step::Kind::Failed, Request::state(), 0, result_->trouble, result_->at};
}

bool CaptureRun::told(const Answer& answer) {
    if (result_) {
        left_ = true;
        return false;
    }
    const bool arrived = capture_->told(answer);
    notice_end();
    return arrived;
}

void CaptureRun::reconnected(Trouble trouble) {
    if (result_) return;
    capture_->reconnected(trouble);
    notice_end();
}

void CaptureRun::stop() {
    if (!result_) leave({DriveResult::End::Stopped, Trouble::None, capture_->step().at});
}

void CaptureRun::notice_end() {
    const Step step = capture_->step();
    if (step.kind == Step::Kind::Failed) leave({DriveResult::End::Failed, step.trouble, step.at});
    if (step.kind == Step::Kind::Finished) leave({});
}

void CaptureRun::leave(DriveResult result) {
    result_ = result;
    left_ = result.end == DriveResult::End::Finished || result.trouble == Trouble::Gone;
}

}  // namespace photopsy::dfu
