#include "cli/repair_journal.h"

#include "cli/input_file.h"
#include "cli/output_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace photopsy {

namespace {

constexpr std::size_t largest_journal = 1u << 20, most_steps = 1000;

std::string first_line(const std::string& plan_sha256) {
    return nlohmann::ordered_json{{"journal", "photopsy-repair-journal/1"}, {"plan", plan_sha256}}.dump() + "\n";
}

}  // namespace

Result<FileJournal> FileJournal::begin_new(const std::string& path, const std::string& plan_sha256) {
    FileJournal journal(path, first_line(plan_sha256));
    if (const auto refused = write_output(path, journal.text_, Overwrite::No, mode_private)) return Error{*refused};
    return journal;
}

Result<FileJournal> FileJournal::open_again(const std::string& path, const std::string& plan_sha256) {
    const auto bytes = read_file(path, largest_journal);
    if (!bytes) return bytes.error();
    std::string text(bytes->begin(), bytes->end());
    text.resize(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);  // what was torn off was never sent either
    const auto head = first_line(plan_sha256);
    if (!text.starts_with(head)) return Error{path + " is not the journal of this plan"};
    FileJournal journal(path, text);
    for (std::size_t at = head.size(); at < text.size(); at = text.find('\n', at) + 1) {
        const auto line = nlohmann::json::parse(text.substr(at, text.find('\n', at) - at), nullptr, false);
        const bool good = line.is_object() && line.contains("step") && line["step"].is_number_unsigned() && line.contains("event") && line["event"].is_string();
        if (!good || line["step"].get<std::uint64_t>() > most_steps) return Error{path + " holds a line that photopsy did not write"};
        const auto step = line["step"].get<std::size_t>();
        line["event"] == "begin" ? (void)journal.left_open_.insert(step) : (void)journal.left_open_.erase(step);
    }
    return journal;
}

bool FileJournal::add(std::size_t step, std::string_view event) {
    text_ += nlohmann::ordered_json{{"step", step}, {"event", event}}.dump() + "\n";
    return keep();
}

/// Written anew as a whole and synced: it is small, and so is never half a line.
bool FileJournal::keep() {
    const auto failure = write_output(path_, text_, Overwrite::Renew, mode_private);
    if (failure) failure_ = *failure;
    return !failure;
}

}  // namespace photopsy
