#pragma once
// The journal of a repair as a file: a line for each step that was begun and each that was done, on the medium before the device is sent anything.
#include "base/result.h"
#include "cli/repair_run.h"

#include <set>
#include <string>

namespace photopsy {

class FileJournal : public RepairJournal {
public:
    /// A new journal for the plan with this digest; the sentence why it cannot be begun (a file of that name is there, the disk is full).
    static Result<FileJournal> begin_new(const std::string& path, const std::string& plan_sha256);
    /// The journal of an earlier run of the same plan. A last line that was torn off does not count; another plan's journal is refused.
    static Result<FileJournal> open_again(const std::string& path, const std::string& plan_sha256);

    bool begin(std::size_t step) override { return add(step, "begin"); }
    bool done(std::size_t step) override { return add(step, "done"); }
    bool left_open(std::size_t step) const override { return left_open_.count(step) != 0; }
    const std::string& failure() const { return failure_; }

private:
    FileJournal(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}
    bool add(std::size_t step, std::string_view event);
    bool keep();

    std::string path_, text_, failure_;
    std::set<std::size_t> left_open_;
};

}  // namespace photopsy
