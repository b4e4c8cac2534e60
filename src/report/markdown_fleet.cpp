// Many dumps in one post.
#include "base/counted.h"
#include "report/markdown.h"
#include "report/markdown_words.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t for_a_note = 120;

std::string cause_ids(const Document& document) {
    std::string causes;
    for (const auto& cause : document.causes) causes += (causes.empty() ? "" : ", ") + code_span(cause.id);
    return causes;
}

std::string fleet_row(const Document& document) { return table_row({code_span(document.name), std::string(name_of(document.outcome)), cause_ids(document)}); }

/// Dumps with the same outcome and causes.
struct Alike {
    const Document* first = nullptr;
    std::string causes;
    std::vector<const Document*> all;

    bool is_sick() const { return first->outcome != Outcome::Healthy; }
    std::string row() const {
        const auto name = code_span(first->name) + (all.size() > 1 ? fmt::format(" and {} more", all.size() - 1) : "");
        return table_row({name, std::string(name_of(first->outcome)), causes});
    }
};

/// The sick before the healthy ones, the more frequent before the rare ones.
std::vector<Alike> groups_of(const std::vector<Document>& documents) {
    std::vector<Alike> groups;
    for (const auto& document : documents) {
        const auto causes = cause_ids(document);
        auto group =
            std::find_if(groups.begin(), groups.end(), [&](const Alike& one) { return one.first->outcome == document.outcome && one.causes == causes; });
        if (group == groups.end()) group = groups.insert(group, {&document, causes, {}});
        group->all.push_back(&document);
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Alike& a, const Alike& b) { return a.is_sick() != b.is_sick() ? a.is_sick() : a.all.size() > b.all.size(); });
    return groups;
}

/// What of the lines has room.
std::string as_far_as_they_fit(const std::vector<std::string>& shared, std::size_t room) {
    std::string text;
    for (const auto& said : shared)
        if (const auto line = "- " + in_markdown(said) + "\n"; length_of(text + line) < room) text += line;
    return text;
}

/// A row for each dump where all have room; else one for each group.
std::string rows_of(const std::vector<Document>& documents, const std::vector<Alike>& groups, std::size_t room) {
    std::string text;
    for (const auto& document : documents) text += fleet_row(document);
    if (length_of(text) < room) return text;
    text.clear();
    std::size_t left_out = 0;
    for (const auto& group : groups) {
        const auto row = group.row();
        if (length_of(text) + length_of(row) < room)
            text += row;
        else
            left_out += group.all.size();
    }
    return left_out ? text + fmt::format("\n{} more {} no room here; the CSV report lists all.\n", left_out, left_out == 1 ? "dump has" : "dumps have") : text;
}

/// Heading, what they share, and the rows; what they share gives way to the rows where there is no room for both.
std::string fleet_table(const std::vector<Document>& documents, const std::vector<Alike>& groups, const std::vector<std::string>& shared,
                        std::size_t max_chars) {
    const auto heading = fmt::format("## photopsy: {}\n\n", counted(documents.size(), "dump"));
    const auto columns = "\n" + table_row({"dump", "outcome", "causes"}) + table_row({"---", "---", "---"});
    const auto taken = length_of(heading) + length_of(columns) + for_a_note;
    const auto room = max_chars - std::min(max_chars, taken);
    std::size_t for_rows = 0;
    for (const auto& group : groups) for_rows += length_of(group.row());
    const auto said = as_far_as_they_fit(shared, room - std::min(room / 2, for_rows));
    return heading + said + columns + rows_of(documents, groups, room - std::min(room, length_of(said)));
}

/// One of each group before a second one of any.
std::vector<const Document*> worth_a_report(const std::vector<Alike>& groups) {
    std::vector<const Document*> order;
    for (const auto& group : groups)
        if (group.is_sick()) order.push_back(group.first);
    for (const auto& group : groups)
        if (group.is_sick()) order.insert(order.end(), group.all.begin() + 1, group.all.end());
    return order;
}

}  // namespace

std::string render_markdown_fleet(const std::vector<Document>& documents, const std::vector<std::string>& shared, std::size_t max_chars) {
    static constexpr std::string_view between = "\n---\n\n";
    const auto groups = groups_of(documents);
    const auto sick = worth_a_report(groups);
    auto text = fleet_table(documents, groups, shared, sick.empty() ? max_chars : max_chars / 2);
    std::size_t waiting = sick.size(), left_out = 0;
    for (const auto* document : sick) {
        const auto room = max_chars - std::min(max_chars, length_of(text) + for_a_note);
        const auto share = room / waiting--;
        const auto needs = length_of(markdown_essence(*document)) + 2 * for_a_note + between.size();
        if (needs > room) {
            ++left_out;
            continue;
        }
        text += std::string(between) + render_markdown(*document, std::max(share, needs) - between.size());
    }
    return left_out ? text + fmt::format("\n{} more {} a row above and no room for {} report.\n", left_out,
                                         left_out == 1 ? "dump that is not healthy has" : "dumps that are not healthy have", left_out == 1 ? "its" : "their")
                    : text;
}

}  // namespace photopsy
