#include "cli/triage_folder.h"

#include "report/fleet.h"
#include "report/json_fleet.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace photopsy {

namespace {

constexpr auto reports_name = "reports.ndjson", part_name = "reports.ndjson.part";
constexpr std::string_view unfinished_mark = ".photopsy-";

std::string key_of(const std::string& path, const std::string& sha256) { return path + "\n" + sha256; }

std::string cannot(const std::string& path) { return "cannot write " + path + ": " + std::strerror(errno); }

std::FILE* open_private(const std::string& path, const char* mode, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, static_cast<mode_t>(mode_private));
    return file < 0 ? nullptr : ::fdopen(file, mode);
}

bool make_folder(const std::string& path) {
    struct stat kind {};
    return ::mkdir(path.c_str(), 0700) == 0 || (errno == EEXIST && ::stat(path.c_str(), &kind) == 0 && S_ISDIR(kind.st_mode));
}

/// Calls with each whole line, without its end, and where it begins; what a run that was killed left behind the last end is passed over.
template <class Take>
void for_each_line(std::FILE* file, Take take) {
    char* line = nullptr;
    std::size_t room = 0;
    std::rewind(file);
    for (long at = 0;;) {
        const auto length = ::getline(&line, &room, file);
        if (length <= 0 || line[length - 1] != '\n') break;
        take(std::string_view(line, static_cast<std::size_t>(length - 1)), at);
        at += length;
    }
    std::free(line);
}

bool flushed(std::FILE* file) { return std::fflush(file) == 0 && ::fsync(::fileno(file)) == 0; }

}  // namespace

Result<std::unique_ptr<TriageFolder>> TriageFolder::open(const std::string& path) {
    auto folder = std::unique_ptr<TriageFolder>(new TriageFolder(path));
    if (!make_folder(path) || !make_folder(folder->in("reports"))) return Error{cannot(path)};
    if (auto failure = folder->take_up()) return Error{*failure};
    return folder;
}

TriageFolder::~TriageFolder() {
    for (auto* file : {old_, part_})
        if (file) std::fclose(file);
}

/// Lines of a run that did not come to its end are put behind those of the run before it; a line that stands in both is the same twice, and counts once.
std::optional<std::string> TriageFolder::merge_unfinished() {
    auto* part = open_private(in(part_name), "rb", O_RDONLY);
    if (!part) return {};
    auto* both = open_private(in(reports_name), "ab", O_WRONLY | O_CREAT | O_APPEND);
    bool good = both != nullptr;
    if (both) {
        // What stands behind the last line end of a file that was cut is no line, and must not run into the next.
        std::fputc('\n', both);
        for_each_line(part, [&](std::string_view line, long) {
            good = good && std::fwrite(line.data(), 1, line.size(), both) == line.size() && std::fputc('\n', both) != EOF;
        });
        good = flushed(both) && good;
        std::fclose(both);
    }
    std::fclose(part);
    if (!good || ::unlink(in(part_name).c_str()) != 0) return cannot(in(reports_name));
    return {};
}

bool TriageFolder::has_page(const fleet::Row& row) const {
    struct stat kind {};
    return !row.sha256.empty() && ::lstat(in("reports/" + report_name(row) + ".html").c_str(), &kind) == 0 && kind.st_size > 0;
}

/// Reports that a killed run did not finish.
void TriageFolder::tidy_up() const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(in("reports"), ignored))
        if (entry.path().filename().string().find(unfinished_mark) != std::string::npos) std::filesystem::remove(entry.path(), ignored);
}

std::optional<std::string> TriageFolder::take_up() {
    tidy_up();
    if (auto failure = merge_unfinished()) return failure;
    old_ = open_private(in(reports_name), "rb", O_RDONLY);
    if (!old_ && errno != ENOENT) return "cannot read " + in(reports_name) + ": " + std::strerror(errno);
    if (old_)
        for_each_line(old_, [&](std::string_view line, long at) {
            const auto row = row_of_line(line);
            if (row && row->tool_version == version && has_page(*row)) kept_[key_of(row->path, row->sha256)] = {at, line.size()};
        });
    part_ = open_private(in(part_name), "wb", O_WRONLY | O_CREAT | O_EXCL);
    if (!part_) return cannot(in(part_name));
    return {};
}

bool TriageFolder::has(const std::string& shown_path, const std::string& sha256) const { return kept_.count(key_of(shown_path, sha256)) > 0; }

std::string TriageFolder::kept(const std::string& shown_path, const std::string& sha256) {
    const auto found = kept_.find(key_of(shown_path, sha256));
    if (found == kept_.end()) return "";
    std::string line(found->second.length, '\0');
    if (std::fseek(old_, found->second.at, SEEK_SET) != 0 || std::fread(line.data(), 1, line.size(), old_) != line.size()) return "";
    return line;
}

std::optional<std::string> TriageFolder::add(std::string_view line) {
    // Written at once: a run that is killed has lost no more than the line that it was writing.
    const bool good = std::fwrite(line.data(), 1, line.size(), part_) == line.size() && std::fputc('\n', part_) != EOF && std::fflush(part_) == 0;
    return good ? std::nullopt : std::optional(cannot(in(part_name)));
}

/// Without fsync for each: after a power cut an empty file is written anew only where its line is lost too, which is why lines are flushed first at the end.
std::optional<std::string> TriageFolder::put_report(const std::string& name, std::string_view bytes) const {
    const auto path = in("reports/") + name;
    auto temporary = path + std::string(unfinished_mark) + "XXXXXX";
    const int file = ::mkstemp(temporary.data());
    if (file < 0) return cannot(path);
    bool good = true;
    while (good && !bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        good = written > 0 || errno == EINTR;
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    good = ::close(file) == 0 && good && ::rename(temporary.c_str(), path.c_str()) == 0;
    if (good) return {};
    auto failure = cannot(path);
    ::unlink(temporary.c_str());
    return failure;
}

std::optional<std::string> TriageFolder::close(std::string_view page, std::string_view table, bool finished) {
    if (!flushed(part_)) return cannot(in(part_name));
    std::fclose(std::exchange(part_, nullptr));
    if (finished) {
        if (::rename(in(part_name).c_str(), in(reports_name).c_str()) != 0) return cannot(in(reports_name));
    } else if (auto failure = merge_unfinished()) {
        return failure;
    }
    return write_together({{in("index.html"), page, mode_private}, {in("summary.csv"), table, mode_private}}, Overwrite::Renew);
}

}  // namespace photopsy
