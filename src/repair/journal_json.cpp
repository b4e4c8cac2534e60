#include "repair/journal.h"

#include <nlohmann/json.hpp>

namespace photopsy {

namespace {

constexpr std::size_t most_steps = 1000;

/// "begin", "done"; "" where the line is none of ours.
std::string event_of(std::string_view line, std::size_t& step) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const bool good = json.is_object() && json.contains("step") && json["step"].is_number_unsigned() && json.contains("event") && json["event"].is_string();
    if (!good || json["step"].get<std::uint64_t>() > most_steps) return "";
    step = json["step"].get<std::size_t>();
    return json["event"].get<std::string>();
}

}  // namespace

JournalText::JournalText(std::string_view plan_sha256)
    : text_(nlohmann::ordered_json{{"journal", "photopsy-repair-journal/1"}, {"plan", plan_sha256}}.dump() + "\n") {}

Result<JournalText> JournalText::read(std::string_view text, std::string_view plan_sha256) {
    JournalText journal(plan_sha256);
    if (journal.text_.starts_with(text)) return journal;                                           // torn in its first line, or empty: no step was begun
    text = text.substr(0, text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1);  // what was torn off was never sent either
    if (!text.starts_with(journal.text_)) return Error{"is not the journal of this plan"};
    for (std::size_t at = journal.text_.size(); at < text.size(); at = text.find('\n', at) + 1) {
        std::size_t step = 0;
        const auto event = event_of(text.substr(at, text.find('\n', at) - at), step);
        if (event.empty()) return Error{"holds a line that photopsy did not write"};
        event == "begin" ? (void)journal.left_open_.insert(step) : (void)journal.left_open_.erase(step);
    }
    journal.text_ = text;
    return journal;
}

void JournalText::add(std::size_t step, std::string_view event) { text_ += nlohmann::ordered_json{{"step", step}, {"event", event}}.dump() + "\n"; }

}  // namespace photopsy
