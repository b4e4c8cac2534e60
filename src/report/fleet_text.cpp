#include "report/fleet.h"
#include "report/text_paint.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t most_groups = 5, most_for_people = 6, most_devices = 2, most_not_read = 3, names_of_group = 4, most_outliers = 2;
constexpr std::size_t lines_of_screen = 45, lines_of_entry = 10;

std::size_t lines_in(std::string_view text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

/// A heading, entries of one line or more, and how many there are of them in all.
struct Passage {
    std::string heading;
    std::vector<std::string> entries;
    std::size_t all = 0;
    std::string_view of_what;  ///< "stories"
    std::string behind;        ///< what follows the entries

    std::string text(const Paint& paint) const {
        auto whole = heading;
        for (const auto& entry : entries) whole += entry;
        if (all > entries.size())
            whole += paint.paragraph(fmt::format("... and {} more {} (--format csv or html names all)", all - entries.size(), of_what), 2);
        return whole + behind;
    }
    void add(const std::string& entry, const Paint& paint) {
        std::size_t end = 0;
        for (std::size_t line = 0; line < lines_of_entry && end < entry.size(); ++line) end = entry.find('\n', end) + 1;
        entries.push_back(end < entry.size() ? entry.substr(0, end) + paint.paragraph("...", 7) : entry);
    }
};

/// Leaves out the last entry where most lines stand, until all of it fits a screen; one of each kind stays.
std::string fitting(std::vector<Passage> sections, const Paint& paint) {
    const auto lines = [&](const Passage& section) { return lines_in(section.text(paint)); };
    for (;;) {
        std::size_t all = 0;
        auto longest = sections.end();
        for (auto one = sections.begin(); one != sections.end(); ++one) {
            all += lines(*one);
            if (one->entries.size() > 1 && (longest == sections.end() || lines(*one) > lines(*longest))) longest = one;
        }
        if (all <= lines_of_screen || longest == sections.end()) break;
        longest->entries.pop_back();
    }
    std::string text;
    for (const auto& section : sections) text += section.text(paint);
    return text;
}

Tone tone_for(Outcome outcome) { return outcome == Outcome::Healthy ? Tone::Good : outcome == Outcome::Attention ? Tone::Warn : Tone::Bad; }

std::string group_text(const fleet::Fleet& all, const fleet::Group& group, const Paint& paint) {
    auto text = paint.tone(tone_for(group.outcome), fmt::format("{:>5}  {}", group.members.size(), name_of(group.outcome))) + "\n";
    text += paint.paragraph(story_in_words(group), 7);
    if (const auto place = place_in_words(group); !place.empty()) text += paint.paragraph("at " + place, 7);
    if (!group.remedy.empty()) text += paint.paragraph("To do: " + group.remedy, 7);
    for (const auto& contrast : group.contrast) text += paint.paragraph("Only here: " + contrast_in_words(contrast), 7);
    for (std::size_t i = 0; i < group.outliers.size() && i < most_outliers; ++i)
        text += paint.paragraph("Apart: " + outlier_in_words(all, group.outliers[i]), 7);
    return text + paint.paragraph(names_of(all.rows, group.members, names_of_group), 7);
}

Passage groups_passage(const fleet::Fleet& all, const FleetStyle& style, const Paint& paint) {
    Passage section{.of_what = "stories"};
    std::size_t alone = 0;
    for (const auto* group : shown_groups(all, style)) {
        const bool of_many = group->members.size() >= fleet::smallest_story;
        alone += !of_many;
        if (of_many && section.all++ < most_groups) section.add(group_text(all, *group, paint), paint);
    }
    if (alone) section.behind = paint.paragraph(fmt::format("{} {} of one dump each", alone, alone == 1 ? "story" : "stories"), 2);
    if (section.all || alone) section.heading = paint.heading("Stories, most dumps first");
    return section;
}

/// What is no dump has no cause and nothing to be done: it has a reason.
std::string row_text(const fleet::Row& row) {
    if (!row.is_dump()) return row_in_words(row);
    const auto says = row.causes.empty() ? row_in_words(row) : fmt::format("{}: {}: {}", row.path, standing_of(row), causes_of_row(row));
    return row.steps.empty() ? says : says + "; first: " + row.steps.front();
}

/// A heading and some of the rows.
Passage rows_passage(const fleet::Fleet& all, const fleet::Members& rows, const std::string& heading, std::size_t most, const Paint& paint) {
    Passage section{.all = rows.size(), .of_what = "of them"};
    if (!rows.empty()) section.heading = paint.heading(heading);
    for (std::size_t i = 0; i < rows.size() && i < most; ++i) section.add(paint.paragraph(row_text(all.rows[rows[i]]), 4, "  -"), paint);
    return section;
}

fleet::Members of_standing(const fleet::Fleet& all, const FleetStyle& style, fleet::Row::Standing standing) {
    auto rows = shown_rows(all, style);
    std::erase_if(rows, [&](std::size_t row) { return all.rows[row].standing != standing; });
    return rows;
}

Passage devices_passage(const fleet::Fleet& all, const Paint& paint) {
    Passage section{.all = all.devices.size(), .of_what = "devices"};
    if (!all.devices.empty()) section.heading = paint.heading("The same device id more than once");
    for (std::size_t i = 0; i < all.devices.size() && i < most_devices; ++i) {
        const auto lines = device_in_words(all, all.devices[i]);
        std::string text;
        for (std::size_t line = 0; line < lines.size(); ++line) text += paint.paragraph(lines[line], line ? 6 : 4, line ? "" : "  -");
        section.add(text, paint);
    }
    return section;
}

/// The folder that all names begin with; "" where there is none.
std::string shared_folder(const fleet::Rows& rows) {
    if (rows.size() < 2) return "";
    // By path: what the first and the last have in common, all have.
    const auto &first = rows.front().path, &last = rows.back().path;
    const auto differs = std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first;
    const auto alike = first.substr(0, static_cast<std::size_t>(differs - first.begin()));
    return alike.substr(0, alike.rfind('/') + 1);
}

std::string whole_text(const fleet::Fleet& all, const std::string& folder, const FleetStyle& style) {
    const Paint paint(style.colour, style.utf8, style.width);
    auto text = paint.tone(Tone::Strong, paint.plain(totals_in_words(all))) + "\n";
    if (!folder.empty()) text += paint.paragraph("in " + folder, 2);
    if (!style.unfinished.empty()) text += paint.tone(Tone::Warn, paint.plain(style.unfinished)) + "\n";
    const auto sentences = sentences_of(all);
    Passage said{.heading = text, .all = sentences.size(), .of_what = "of these"};
    for (const auto& sentence : sentences) said.add(paint.paragraph(sentence, 4, "  -"), paint);
    auto people = all.for_people;
    std::erase_if(people, [&](std::size_t row) { return !all.rows[row].is_dump(); });
    return fitting(
        {said, groups_passage(all, style, paint), rows_passage(all, people, fmt::format("Needs a person ({})", people.size()), most_for_people, paint),
         devices_passage(all, paint), rows_passage(all, of_standing(all, style, fleet::Row::Standing::Unread), "Could not be read", most_not_read, paint),
         rows_passage(all, of_standing(all, style, fleet::Row::Standing::NoDump), "No dumps", most_not_read, paint)},
        paint);
}

}  // namespace

std::string fleet_text(const fleet::Fleet& all, const FleetStyle& style) {
    auto near = all;
    const auto folder = shared_folder(all.rows);
    for (auto& row : near.rows) row.path.erase(0, folder.size());
    return whole_text(near, folder, style);
}

}  // namespace photopsy
