#include "cli/triage_mark.h"

#include "cli/folder.h"
#include "cli/output_file.h"
#include "report/json_fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace photopsy {

namespace {

constexpr std::string_view mark_name = ".photopsy-triage", mark_head = "photopsy triage, folder of results 1\n";
constexpr std::string_view mark_text =
    "photopsy triage, folder of results 1\n"
    "The next photopsy triage -o into this folder replaces index.html, summary.csv, reports.ndjson and what is in reports/.\n";

std::string beginning_of(const std::string& path, std::size_t most) {
    const ReadableFile file(path, ReadableFile::Links::Refused);
    std::string text(file.reason() || file.kind() != PlaceKind::File ? 0 : most, '\0');
    const auto got = text.empty() ? 0 : file.read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    text.resize(static_cast<std::size_t>(std::max<std::int64_t>(got, 0)));
    return text;
}

bool begins_with_report(const std::string& path) {
    static constexpr std::size_t longest = std::size_t{1} << 20;
    const auto text = beginning_of(path, longest);
    const auto end = text.find('\n');
    return end != std::string::npos && row_of_line(std::string_view(text).substr(0, end));
}

bool is_page(const std::string& path) {
    static constexpr std::size_t head = 1000;
    return beginning_of(path, head).find("<title>photopsy: ") != std::string::npos;
}

bool is_table(const std::string& path) {
    static constexpr std::string_view columns = "name,sha256,outcome,headline,causes,";
    return beginning_of(path, columns.size()) == columns;
}

bool marked(const std::string& folder) { return beginning_of(folder + "/" + std::string(mark_name), mark_head.size()) == mark_head; }

struct WrittenName {
    std::string_view name;
    bool (*is_of_photopsy)(const std::string& path);
};
constexpr WrittenName written_names[] = {
    {"reports.ndjson", begins_with_report}, {"reports.ndjson.part", begins_with_report}, {"index.html", is_page}, {"summary.csv", is_table}};

struct Proof {
    bool some_are = false;  ///< of photopsy
    std::string is_not;     ///< the first file that is not, or may not be; "" none
};

Proof proof_of(const std::string& folder) {
    Proof proof;
    for (const auto& [name, is_of_photopsy] : written_names) {
        const auto path = folder + "/" + std::string(name);
        const auto kind = kind_of(path);
        if (kind == PlaceKind::Nothing || (kind == PlaceKind::File && size_of_file(path) == std::uint64_t{0})) continue;
        if (is_of_photopsy(path))
            proof.some_are = true;
        else if (proof.is_not.empty())
            proof.is_not = path;
    }
    return proof;
}

}  // namespace

bool TriageMark::is_written_name(const std::string& name) {
    return name == mark_name || std::any_of(std::begin(written_names), std::end(written_names), [&](const auto& written) { return written.name == name; });
}

bool TriageMark::is_in(const std::string& folder) {
    if (marked(folder)) return true;
    const auto proof = proof_of(folder);
    return proof.some_are && proof.is_not.empty();
}

std::optional<std::string> TriageMark::why_foreign(const std::string& folder) {
    if (marked(folder)) return {};
    auto [some_are, foreign] = proof_of(folder);
    const auto mark = folder + "/" + std::string(mark_name), reports = folder + "/reports";
    if (foreign.empty() && size_of_file(mark).value_or(0) > 0) foreign = mark;
    if (foreign.empty() && !some_are && !names_in_folder(reports).names.empty()) foreign = reports;
    if (foreign.empty()) return {};
    return foreign + " exists already, and photopsy triage has not written it; give --force to overwrite what has the names it writes, or another folder";
}

std::optional<std::string> TriageMark::take(const std::string& folder) {
    const auto path = folder + "/" + std::string(mark_name);
    if (size_of_file(path).value_or(0) > 0 && !marked(folder)) remove_file(path);  // --force
    file_.emplace(path, WritableFile::As::Added, mode_private);
    const auto being_written = [&] { return "another photopsy triage is writing into " + folder + "; wait for its end, or give another folder"; };
    if (file_->reason() == EBUSY) return being_written();
    if (file_->reason()) return fmt::format("cannot write {}: {}", path, std::strerror(file_->reason()));
    if (!file_->is_ours_alone()) return being_written();
    const int reason = marked(folder) ? 0 : file_->write(mark_text);
    return reason ? std::optional(fmt::format("cannot write {}: {}", path, std::strerror(reason))) : std::nullopt;
}

}  // namespace photopsy
