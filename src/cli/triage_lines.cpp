#include "cli/triage_lines.h"

#include "cli/output_file.h"
#include "cli/writable_file.h"
#include "report/json_fleet.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

namespace photopsy {

namespace {

constexpr std::string_view unfinished_mark = ".photopsy-";

/// Digits, and nothing else, up to `end` or the end of the text; these are taken off.
bool take_number(std::string_view& text, char end) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const bool ended = digits == text.size() ? end == '\0' : text[digits] == end;
    text.remove_prefix(std::min(digits + 1, text.size()));
    return digits > 0 && ended;
}

/// The last line of each dump, by where it begins, and the paths of all.
struct Newest {
    std::map<std::string, std::uint64_t> begins;
    std::set<std::string> paths;
};

std::string dump_of_row(const fleet::Row& row) { return row.path + "\n" + row.sha256; }

Newest newest_in(const ReadableFile& file) {
    Newest newest;
    for_each_line(file, [&](std::string_view line, std::uint64_t at) {
        const auto row = row_of_line(line);
        if (!row) return;
        newest.begins[dump_of_row(*row)] = at;
        newest.paths.insert(row->path);
    });
    return newest;
}

}  // namespace

std::string unfinished_name(const std::string& path, unsigned number) {
    return path + std::string(unfinished_mark) + std::to_string(process_number()) + "-" + std::to_string(number);
}

bool is_unfinished_name_of(std::string_view name, std::string_view of) {
    if (!name.starts_with(of)) return false;
    name.remove_prefix(of.size());
    if (!name.starts_with(unfinished_mark)) return false;
    name.remove_prefix(unfinished_mark.size());
    return take_number(name, '-') && take_number(name, '\0');
}

int merge_lines(const std::string& older, const std::string& newer, const std::string& path) {
    const ReadableFile added(newer, ReadableFile::Links::Refused);
    if (added.reason()) return added.reason();
    const auto newest = newest_in(added);
    const auto temporary = unfinished_name(path, 0);
    int reason = 0;
    {
        WritableFile both(temporary, WritableFile::As::New, mode_private);
        reason = both.reason();
        const auto put = [&](std::string_view line) {
            if (reason == 0) reason = both.write(std::string(line) + "\n");
        };
        const ReadableFile before(older, ReadableFile::Links::Refused);
        if (!before.reason())
            for_each_line(before, [&](std::string_view line, std::uint64_t) {
                const auto row = row_of_line(line);
                if (row && !newest.paths.contains(row->path)) put(line);
            });
        else if (before.reason() != ENOENT && reason == 0)
            reason = before.reason();
        for_each_line(added, [&](std::string_view line, std::uint64_t at) {
            const auto row = row_of_line(line);
            if (row && newest.begins.at(dump_of_row(*row)) == at) put(line);
        });
        if (reason == 0) reason = both.to_medium();
        if (const int at_close = both.close(); reason == 0) reason = at_close;
    }
    if (reason == 0) reason = rename_over(temporary, path);
    if (reason) remove_file(temporary);
    return reason;
}

}  // namespace photopsy
