#include "cli/triage_folder.h"

#include "cli/folder.h"
#include "cli/input_file.h"
#include "report/fleet.h"
#include "report/json_fleet.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace photopsy {

namespace {

constexpr auto reports_name = "reports.ndjson", part_name = "reports.ndjson.part";
constexpr std::string_view unfinished_mark = ".photopsy-";

std::string key_of(const std::string& path, const std::string& sha256) { return path + "\n" + sha256; }

/// Files that were read in this run as an input are nobody's to replace.
std::optional<std::string> read_as_input(const std::string& path) {
    if (!was_read(path)) return {};
    return path + " is a file that was read for this: it is never overwritten, give another folder";
}

std::string cannot(const std::string& path, int reason) { return "cannot write " + path + ": " + std::strerror(reason); }

/// Calls with each whole line, without its end, and where it begins; what a run that was killed left behind the last end is passed over.
template <class Take>
void for_each_line(const ReadableFile& file, Take take) {
    constexpr std::size_t step = std::size_t{1} << 16;
    std::string held;
    for (std::uint64_t at = 0;;) {  // of the first byte held
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = held.find('\n', begin)) != std::string::npos; begin = end + 1)
            take(std::string_view(held).substr(begin, end - begin), at + begin);
        held.erase(0, begin);
        at += begin;
        const auto size = held.size();
        held.resize(size + step);
        const auto got = file.read_at(at + size, {reinterpret_cast<std::uint8_t*>(held.data()) + size, step});
        if (got <= 0) break;
        held.resize(size + static_cast<std::size_t>(got));
    }
}

int closed(WritableFile& file) {
    const int reason = file.to_medium(), at_close = file.close();
    return reason ? reason : at_close;
}

}  // namespace

Result<std::unique_ptr<TriageFolder>> TriageFolder::open(const std::string& path) {
    auto folder = std::unique_ptr<TriageFolder>(new TriageFolder(path));
    for (const auto& needed : {path, folder->in("reports")})
        if (const int reason = make_folder(needed)) return Error{cannot(path, reason)};
    if (auto failure = folder->take_up()) return Error{*failure};
    return folder;
}

/// Lines of a run that did not come to its end are put behind those of the run before it; a line that stands in both is the same twice, and counts once.
std::optional<std::string> TriageFolder::merge_unfinished() {
    std::optional<ReadableFile> part(std::in_place, in(part_name), ReadableFile::Links::Refused);
    if (part->reason()) return {};
    WritableFile both(in(reports_name), WritableFile::As::Added, mode_private);
    // What stands behind the last line end of a file that was cut is no line, and must not run into the next.
    int reason = both.reason() ? both.reason() : both.write("\n");
    for_each_line(*part, [&](std::string_view line, std::uint64_t) {
        if (reason == 0) reason = both.write(std::string(line) + "\n");
    });
    if (!both.reason())
        if (const int at_close = closed(both); reason == 0) reason = at_close;
    part.reset();
    if (reason == 0) reason = remove_file(in(part_name));
    if (reason) return cannot(in(reports_name), reason);
    return {};
}

bool TriageFolder::has_page(const fleet::Row& row) const {
    if (row.sha256.empty()) return false;
    const auto page = in("reports/" + report_name(row) + ".html");
    return kind_of(page) == PlaceKind::File && size_of_file(page).value_or(0) > 0;
}

/// Reports that a killed run did not finish.
void TriageFolder::tidy_up() const {
    for (const auto& name : names_in_folder(in("reports")).names)
        if (name.find(unfinished_mark) != std::string::npos) remove_file(in("reports/" + name));
}

std::optional<std::string> TriageFolder::take_up() {
    tidy_up();
    if (auto failure = merge_unfinished()) return failure;
    old_.emplace(in(reports_name), ReadableFile::Links::Refused);
    if (old_->reason() && old_->reason() != ENOENT) return "cannot read " + in(reports_name) + ": " + std::strerror(old_->reason());
    if (!old_->reason())
        for_each_line(*old_, [&](std::string_view line, std::uint64_t at) {
            const auto row = row_of_line(line);
            if (row && row->tool_version == version && has_page(*row)) kept_[key_of(row->path, row->sha256)] = {at, line.size()};
        });
    part_.emplace(in(part_name), WritableFile::As::New, mode_private);
    if (part_->reason()) return cannot(in(part_name), part_->reason());
    return {};
}

bool TriageFolder::has(const std::string& shown_path, const std::string& sha256) const { return kept_.count(key_of(shown_path, sha256)) > 0; }

std::string TriageFolder::kept(const std::string& shown_path, const std::string& sha256) {
    const auto found = kept_.find(key_of(shown_path, sha256));
    if (found == kept_.end()) return "";
    std::string line(found->second.length, '\0');
    const auto got = old_->read_at(found->second.at, {reinterpret_cast<std::uint8_t*>(line.data()), line.size()});
    return got == static_cast<std::int64_t>(line.size()) ? line : "";
}

std::optional<std::string> TriageFolder::add(std::string_view line) {
    // Written at once: a run that is killed has lost no more than the line that it was writing.
    const int reason = part_->write(std::string(line) + "\n");
    return reason ? std::optional(cannot(in(part_name), reason)) : std::nullopt;
}

/// Without fsync for each: after a power cut an empty file is written anew only where its line is lost too, which is why lines are flushed first at the end.
std::optional<std::string> TriageFolder::put_report(const std::string& name, std::string_view bytes) const {
    const auto path = in("reports/") + name;
    if (auto refused = read_as_input(path)) return refused;
    const auto temporary = path + std::string(unfinished_mark) + std::to_string(process_number()) + "-" + std::to_string(unfinished_++);
    WritableFile file(temporary, WritableFile::As::New, mode_private);
    int reason = file.reason() ? file.reason() : file.write(bytes);
    if (const int at_close = file.close(); reason == 0) reason = at_close;
    if (reason == 0) reason = rename_over(temporary, path);
    if (reason == 0) return {};
    remove_file(temporary);
    return cannot(path, reason);
}

std::optional<std::string> TriageFolder::close(std::string_view page, std::string_view table, bool finished) {
    if (const int reason = closed(*part_)) return cannot(in(part_name), reason);
    part_.reset();
    for (const auto* name : {reports_name, "index.html", "summary.csv"})
        if (auto refused = read_as_input(in(name))) return refused;
    if (finished) {
        old_.reset();  // a file that is open cannot be replaced everywhere
        if (const int reason = rename_over(in(part_name), in(reports_name))) return cannot(in(reports_name), reason);
    } else if (auto failure = merge_unfinished()) {
        return failure;
    }
    return write_together({{in("index.html"), page, mode_private}, {in("summary.csv"), table, mode_private}}, Overwrite::Renew);
}

}  // namespace photopsy
