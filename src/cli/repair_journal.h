#pragma once
// The journal of a repair as a file, on the medium before the device is sent anything.
#include "cli/repair_run.h"
#include "repair/journal.h"

namespace photopsy {

class FileJournal : public RepairJournal {
public:
    /// A new journal for the plan with this digest; the sentence why it cannot be begun (a file of that name is there, the disk is full).
    static Result<FileJournal> begin_new(const std::string& path, const std::string& plan_sha256);
    /// The journal of an earlier run of the same plan. A last line that was torn off does not count; another plan's journal is refused.
    static Result<FileJournal> open_again(const std::string& path, const std::string& plan_sha256);

    /// The one that is there, or a new one.
    static Result<FileJournal> begin_or_open(const std::string& path, const std::string& plan_sha256);

    bool begin(std::size_t step) override {
        journal_.add_begin(step);
        return keep();
    }
    bool done(std::size_t step) override {
        journal_.add_done(step);
        return keep();
    }
    bool left_open(std::size_t step) const override { return journal_.left_open().count(step) != 0; }
    const std::string& failure() const { return failure_; }

private:
    FileJournal(std::string path, JournalText journal) : path_(std::move(path)), journal_(std::move(journal)) {}
    bool keep();

    std::string path_, failure_;
    JournalText journal_;
};

}  // namespace photopsy
