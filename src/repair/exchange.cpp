#include "repair/exchange.h"

#include <utility>

namespace photopsy {

namespace {

constexpr std::uint32_t reading_timeout = 3000;

RepairAsk transfer(std::variant<dfu::Request, dfu::WriteRequest> request, std::uint32_t wait_ms, std::uint32_t timeout_ms) {
    return {RepairAsk::Kind::Transfer, std::move(request), wait_ms, timeout_ms, 0};
}

}  // namespace

RepairAsk Exchange::ask() const {
    switch (activity_) {
        case Activity::Reading:
            return ask_of_reader();
        case Activity::Writing:
            return ask_of_writer();
        case Activity::Reconnecting:
            return {.kind = RepairAsk::Kind::Reconnect};
        case Activity::Asking:
            return question_;
        case Activity::Leaving:
            return transfer(dfu::Request::abort(), 0, reading_timeout);
        case Activity::Ended:
            break;
    }
    return {};
}

RepairAsk Exchange::ask_of_reader() const {
    const auto step = reader_.step();
    if (step.kind == dfu::Step::Kind::Reconnect) return {.kind = RepairAsk::Kind::Reconnect, .wait_ms = step.wait_ms};
    return transfer(step.request, step.wait_ms, reading_timeout);
}

RepairAsk Exchange::ask_of_writer() const {
    const auto step = writer_.step();
    return transfer(step.request, step.wait_ms, step.timeout_ms);
}

void Exchange::told(const dfu::Answer& answer) {
    if (activity_ == Activity::Reading && reader_.step().kind == dfu::Step::Kind::Transfer) return told_reader(answer);
    if (activity_ == Activity::Writing) return told_writer(answer);
    if (activity_ == Activity::Leaving) activity_ = Activity::Ended;
}

void Exchange::told_reader(const dfu::Answer& answer) {
    if (reader_.told(answer)) read_.bytes.insert(read_.bytes.end(), reader_.arrived().begin(), reader_.arrived().end());
    look_at_reader();
}

void Exchange::told_writer(const dfu::Answer& answer) {
    writer_.told(answer);
    look_at_writer();
}

void Exchange::look_at_reader() {
    const auto step = reader_.step();
    if (step.kind != dfu::Step::Kind::Finished && step.kind != dfu::Step::Kind::Failed) return;
    read_.trouble = step.trouble;
    read_.at = step.at;
    std::exchange(then_read_, nullptr)(std::exchange(read_, {}));
}

void Exchange::look_at_writer() {
    const auto step = writer_.step();
    if (step.kind != dfu::WriteStep::Kind::Transfer) std::exchange(then_written_, nullptr)(step);
}

void Exchange::reconnected(dfu::Trouble trouble) {
    if (activity_ == Activity::Reconnecting) return std::exchange(then_back_, nullptr)(trouble);
    if (activity_ != Activity::Reading || reader_.step().kind != dfu::Step::Kind::Reconnect) return;
    read_.came_back = true;
    reader_.reconnected(trouble);
    look_at_reader();
}

void Exchange::answered(bool yes) {
    if (activity_ == Activity::Asking) std::exchange(then_answered_, nullptr)(yes);
}

void Exchange::read(Range range, std::function<void(RangeRead)> then) {
    activity_ = Activity::Reading;
    then_read_ = std::move(then);
    read_ = {};
    const bool second = reading_.second && reading_.second_at.contains(range.begin);
    reader_ = dfu::FlashReader(second ? *reading_.second : reading_.internal);
    reader_.start(range);
    look_at_reader();
}

void Exchange::write(std::function<void(dfu::WriteStep)> then) {
    activity_ = Activity::Writing;
    then_written_ = std::move(then);
    look_at_writer();
}

void Exchange::reconnect(std::function<void(dfu::Trouble)> then) {
    activity_ = Activity::Reconnecting;
    then_back_ = std::move(then);
}

void Exchange::question(RepairAsk::Kind kind, std::size_t step, std::function<void(bool)> then) {
    activity_ = Activity::Asking;
    question_ = {.kind = kind, .step = step};
    then_answered_ = std::move(then);
}

void Exchange::leave() { activity_ = Activity::Leaving; }

}  // namespace photopsy
