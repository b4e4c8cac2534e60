#include "cli/repair_journal.h"

#include "cli/file_system.h"
#include "cli/input_file.h"
#include "cli/output_file.h"

namespace photopsy {

Result<FileJournal> FileJournal::begin_new(const std::string& path, const std::string& plan_sha256) {
    FileJournal journal(path, JournalText(plan_sha256));
    if (const auto refused = write_output(path, journal.journal_.text(), Overwrite::No, mode_private)) return Error{*refused};
    return journal;
}

Result<FileJournal> FileJournal::open_again(const std::string& path, const std::string& plan_sha256) {
    constexpr std::size_t largest_journal = 1u << 20;
    const auto bytes = read_file(path, largest_journal);
    if (!bytes) return bytes.error();
    auto journal = JournalText::read({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, plan_sha256);
    if (!journal) return Error{path + " " + journal.error().message};
    return FileJournal(path, std::move(*journal));
}

Result<FileJournal> FileJournal::begin_or_open(const std::string& path, const std::string& plan_sha256) {
    return kind_of(path) == PlaceKind::Nothing ? begin_new(path, plan_sha256) : open_again(path, plan_sha256);
}

/// Written anew as a whole and synced: it is small, and so is never half a line.
bool FileJournal::keep() {
    const auto failure = write_output(path_, journal_.text(), Overwrite::Renew, mode_private);
    if (failure) failure_ = *failure;
    return !failure;
}

}  // namespace photopsy
