#include "cli/triage_folder.h"

#include "cli/folder.h"
#include "cli/input_file.h"
#include "cli/triage_lines.h"
#include "cli/triage_page.h"
#include "report/fleet.h"
#include "report/json_fleet.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace photopsy {

namespace {

constexpr auto reports_name = "reports.ndjson", part_name = "reports.ndjson.part";
constexpr const char* names_at_the_end[] = {reports_name, "index.html", "summary.csv"};

std::string key_of(const std::string& path, const std::string& sha256) { return path + "\n" + sha256; }

/// Files that were read in this run as an input are nobody's to replace.
std::optional<std::string> read_as_input(const std::string& path) {
    if (!was_read(path)) return {};
    return path + " is a file that was read for this: it is never overwritten, give another folder";
}

std::string cannot(const std::string& path, int reason) { return "cannot write " + path + ": " + std::strerror(reason); }

int closed(WritableFile& file) {
    const int reason = file.to_medium(), at_close = file.close();
    return reason ? reason : at_close;
}

/// As report_name() makes it; other files in the folder of reports are their owner's, and stay.
bool is_name_of_page(std::string_view name) {
    static constexpr std::string_view suffix = ".html", digits = "0123456789abcdef";
    static constexpr std::size_t count = 12;
    if (!name.ends_with(suffix) || name.size() < suffix.size() + count + 1) return false;
    const auto digest = name.substr(name.size() - suffix.size() - count, count);
    return name[name.size() - suffix.size() - count - 1] == '-' && digest.find_first_not_of(digits) == digest.npos;
}

/// The temporary name of a report's file: of this program, and of no file of that folder's owner.
bool is_unfinished_report(const std::string& name) {
    for (const std::string_view suffix : {".html", ".json"})
        if (const auto end = name.rfind(suffix); end != std::string::npos && is_unfinished_name_of(name, name.substr(0, end + suffix.size()))) return true;
    return false;
}

}  // namespace

Result<std::unique_ptr<TriageFolder>> TriageFolder::open(const std::string& path, Overwrite overwrite) {
    auto folder = std::unique_ptr<TriageFolder>(new TriageFolder(path));
    if (const int reason = make_folder(path)) return Error{cannot(path, reason)};
    if (overwrite == Overwrite::No)
        for (const auto& why : {TriageMark::why_foreign(path), folder->why_changed()})
            if (why) return Error{*why};
    const bool own = TriageMark::is_in(path);
    if (auto failure = folder->mark_.take(path)) return Error{*failure};
    if (const int reason = make_folder(folder->in("reports"))) return Error{cannot(folder->in("reports"), reason)};
    for (const auto* name : names_at_the_end)
        if (auto refused = refused_output(folder->in(name), Overwrite::Renew)) return Error{*refused};
    if (own) folder->tidy_up();
    if (auto failure = folder->take_up()) return Error{*failure};
    return folder;
}

/// A page that a person has written into is his too.
std::optional<std::string> TriageFolder::why_changed() const {
    if (!TriageMark::is_in(path_)) return {};
    const auto why = [](const std::string& page) {
        return page + " was changed since photopsy triage wrote it; give --force to overwrite it, or another folder";
    };
    if (const auto page = in("index.html"); is_changed_page(page, EarlierPages::HadNone)) return why(page);
    for (const auto& name : names_in_folder(in("reports")).names)
        if (const auto page = in("reports/" + name); is_name_of_page(name) && is_changed_page(page, EarlierPages::HadAnEnd)) return why(page);
    return {};
}

/// Lines of a run that did not come to its end take the place of what the run before it told of the same files.
std::optional<std::string> TriageFolder::merge_unfinished() {
    if (kind_of(in(part_name)) == PlaceKind::Link) remove_file(in(part_name));  // of somebody else: the link goes, what it leads to stays
    if (kind_of(in(part_name)) == PlaceKind::Nothing) return {};
    int reason = merge_lines(in(reports_name), in(part_name), in(reports_name));
    if (reason == 0) reason = remove_file(in(part_name));
    if (reason) return cannot(in(reports_name), reason);
    return {};
}

/// Both files of the report are there as they were written with this line; the key tells of what.
std::optional<std::string> TriageFolder::key_of_report(const std::string& name, std::string_view line) const {
    const auto page = read_page_end(in("reports/" + name + ".html"));
    const bool whole = page && page->line == digest_of_line(line) && digest_of_file(in("reports/" + name + ".json")) == page->json;
    return whole ? std::optional(page->key) : std::nullopt;
}

/// Files that a killed run did not finish.
void TriageFolder::tidy_up() const {
    for (const auto& name : names_in_folder(in("reports")).names)
        if (is_unfinished_report(name)) remove_file(in("reports/" + name));
    for (const auto& name : names_in_folder(path_).names)
        if (is_unfinished_name_of(name, reports_name)) remove_file(in(name));
}

std::optional<std::string> TriageFolder::take_up() {
    if (auto failure = merge_unfinished()) return failure;
    old_.emplace(in(reports_name), ReadableFile::Links::Refused);
    if (old_->reason() && old_->reason() != ENOENT) return "cannot read " + in(reports_name) + ": " + std::strerror(old_->reason());
    if (!old_->reason())
        for_each_line(*old_, [&](std::string_view line, std::uint64_t at) {
            const auto row = row_of_line(line);
            if (!row || row->sha256.empty()) return;
            const auto name = report_name(*row);
            old_names_.insert(name);
            const auto key = row->tool_version == version ? key_of_report(name, line) : std::nullopt;
            if (key) kept_[key_of(row->path, row->sha256)] = {at, line.size(), *key};
        });
    part_.emplace(in(part_name), WritableFile::As::New, mode_private);
    if (part_->reason()) return cannot(in(part_name), part_->reason());
    return {};
}

bool TriageFolder::has(const std::string& shown_path, const std::string& sha256, const std::string& key) const {
    const auto found = kept_.find(key_of(shown_path, sha256));
    return found != kept_.end() && found->second.key == key;
}

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
    const auto temporary = unfinished_name(path, unfinished_++);
    WritableFile file(temporary, WritableFile::As::New, mode_private);
    int reason = file.reason() ? file.reason() : file.write(bytes);
    if (const int at_close = file.close(); reason == 0) reason = at_close;
    if (reason == 0) reason = rename_over(temporary, path);
    if (reason == 0) return {};
    remove_file(temporary);
    return cannot(path, reason);
}

std::optional<std::string> TriageFolder::settle(const std::vector<Line>& lines) {
    const auto is_plain = [](Line line) { return line == Line::Dump; };
    if (std::all_of(lines.begin(), lines.end(), is_plain)) return {};
    if (const int reason = closed(*part_)) return cannot(in(part_name), reason);
    part_.reset();
    const auto temporary = unfinished_name(in(reports_name), unfinished_++);
    std::optional<ReadableFile> before(std::in_place, in(part_name), ReadableFile::Links::Refused);
    part_.emplace(temporary, WritableFile::As::New, mode_private);
    int reason = before->reason() ? before->reason() : part_->reason();
    std::optional<std::string> failure;
    std::size_t number = 0;
    for_each_line(*before, [&](std::string_view line, std::uint64_t) {
        const auto what = number < lines.size() ? lines[number] : Line::Dump;
        ++number;
        if (reason || failure || what == Line::ToldAgain) return;
        const auto row = what == Line::Told ? row_of_line(line) : std::nullopt;
        if (row && !row->sha256.empty()) failure = put_report(report_name(*row) + ".json", std::string(line) + "\n");
        reason = part_->write(std::string(line) + "\n");
    });
    before.reset();
    if (const int at_close = part_->reason() ? 0 : closed(*part_); reason == 0) reason = at_close;
    part_.reset();
    if (reason == 0 && !failure) reason = rename_over(temporary, in(part_name));
    if (reason || failure) remove_file(temporary);
    if (reason) return cannot(in(part_name), reason);
    return failure;
}

/// Reports of files that are not there any more: the list of the run before tells that they are of this folder.
std::size_t TriageFolder::remove_reports_without_dump(const fleet::Rows& rows) {
    for (const auto& row : rows) old_names_.erase(report_name(row));
    std::size_t removed = 0;
    for (const auto& name : old_names_) {
        bool was_there = false;
        for (const auto* suffix : {".html", ".json"}) {
            const auto path = in("reports/" + name + suffix);
            if (kind_of(path) == PlaceKind::File && !was_read(path)) was_there |= remove_file(path) == 0;
        }
        removed += was_there;
    }
    return removed;
}

std::optional<std::string> TriageFolder::close(std::string_view page, std::string_view table, bool finished) {
    if (part_)
        if (const int reason = closed(*part_)) return cannot(in(part_name), reason);
    part_.reset();
    for (const auto* name : names_at_the_end)
        if (auto refused = read_as_input(in(name))) return refused;
    old_.reset();  // a file that is open cannot be replaced everywhere
    if (finished) {
        if (const int reason = rename_over(in(part_name), in(reports_name))) return cannot(in(reports_name), reason);
    } else if (auto failure = merge_unfinished()) {
        return failure;
    }
    const auto whole_page = std::string(page) + text_of(end_of_page(digest_of_line(page), "", table, page));
    return write_together({{in("index.html"), whole_page, mode_private}, {in("summary.csv"), table, mode_private}}, Overwrite::Renew);
}

}  // namespace photopsy
