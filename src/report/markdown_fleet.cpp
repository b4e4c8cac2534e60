// Many dumps in one post.
#include "report/markdown.h"
#include "report/markdown_words.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t for_a_note = 120;

std::string fleet_row(const Document& document) {
    std::string causes;
    for (const auto& cause : document.causes) causes += (causes.empty() ? "" : ", ") + code_span(cause.id);
    return table_row({code_span(document.name), std::string(name_of(document.outcome)), causes});
}

/// Heading, what they share, and as many rows as fit; the sick before the healthy ones where not all do.
std::string fleet_table(const std::vector<Document>& documents, const std::vector<std::string>& shared, std::size_t max_chars) {
    auto text = fmt::format("## photopsy: {} dumps\n\n", documents.size());
    for (const auto& said : shared)
        if (const auto line = "- " + in_markdown(said) + "\n"; length_of(text + line) + for_a_note < max_chars) text += line;
    text += "\n" + table_row({"dump", "outcome", "causes"}) + table_row({"---", "---", "---"});
    std::size_t all = 0;
    for (const auto& document : documents) all += length_of(fleet_row(document));
    const bool all_fit = length_of(text) + all + for_a_note < max_chars;
    std::size_t left_out = 0;
    for (const bool sick : {true, false})
        for (const auto& document : documents) {
            const bool of_this_turn = all_fit ? sick : sick == (document.outcome != Outcome::Healthy);
            if (!of_this_turn) continue;
            const auto row = fleet_row(document);
            if (length_of(text) + length_of(row) + for_a_note < max_chars)
                text += row;
            else
                ++left_out;
        }
    return left_out ? text + fmt::format("\n{} more dumps have no room here; the CSV report lists all.\n", left_out) : text;
}

}  // namespace

std::string render_markdown_fleet(const std::vector<Document>& documents, const std::vector<std::string>& shared, std::size_t max_chars) {
    static constexpr std::string_view between = "\n---\n\n";
    const auto sick =
        static_cast<std::size_t>(std::count_if(documents.begin(), documents.end(), [](const Document& one) { return one.outcome != Outcome::Healthy; }));
    auto text = fleet_table(documents, shared, sick ? max_chars / 2 : max_chars);
    std::size_t waiting = sick, left_out = 0;
    for (const auto& document : documents) {
        if (document.outcome == Outcome::Healthy) continue;
        const auto room = max_chars - std::min(max_chars, length_of(text) + for_a_note);
        const auto share = room / waiting--;
        const auto needs = length_of(markdown_essence(document)) + 2 * for_a_note + between.size();
        if (needs > room) {
            ++left_out;
            continue;
        }
        text += std::string(between) + render_markdown(document, std::max(share, needs) - between.size());
    }
    return left_out ? text + fmt::format("\n{} more dumps that are not healthy have a row above and no room for their report.\n", left_out) : text;
}

}  // namespace photopsy
