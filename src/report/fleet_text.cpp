#include "report/fleet.h"
#include "report/text_paint.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t most_groups = 5, most_for_people = 6, most_devices = 2, most_not_read = 3, names_of_group = 4, most_outliers = 2;

Tone tone_for(Outcome outcome) { return outcome == Outcome::Healthy ? Tone::Good : outcome == Outcome::Attention ? Tone::Warn : Tone::Bad; }

std::string more(const Paint& paint, std::size_t all, std::size_t shown, std::string_view what) {
    return all > shown ? paint.paragraph(fmt::format("... and {} more {} (--format csv or html names all)", all - shown, what), 2) : "";
}

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

std::string groups_text(const fleet::Fleet& all, const FleetStyle& style, const Paint& paint) {
    const auto groups = shown_groups(all, style);
    std::string text;
    std::size_t told = 0, alone = 0;
    for (const auto* group : groups) {
        const bool of_many = group->members.size() >= fleet::smallest_story;
        alone += !of_many;
        if (of_many && told++ < most_groups) text += group_text(all, *group, paint);
    }
    text += more(paint, told, most_groups, "stories");
    if (alone) text += paint.paragraph(fmt::format("{} {} of one dump each", alone, alone == 1 ? "story" : "stories"), 2);
    return text.empty() ? "" : paint.heading("Stories, most dumps first") + text;
}

/// A heading and some of the rows.
std::string rows_text(const fleet::Fleet& all, const fleet::Members& rows, const std::string& heading, std::size_t most, const Paint& paint) {
    if (rows.empty()) return "";
    auto text = paint.heading(heading);
    for (std::size_t i = 0; i < rows.size() && i < most; ++i) {
        const auto& row = all.rows[rows[i]];
        const auto says = row.causes.empty() ? row_in_words(row) : fmt::format("{}: {}: {}", row.path, standing_of(row), causes_of_row(row));
        text += paint.paragraph(row.steps.empty() ? says : says + "; first: " + row.steps.front(), 4, "  -");
    }
    return text + more(paint, rows.size(), most, "of them");
}

fleet::Members of_standing(const fleet::Fleet& all, const FleetStyle& style, fleet::Row::Standing standing) {
    auto rows = shown_rows(all, style);
    std::erase_if(rows, [&](std::size_t row) { return all.rows[row].standing != standing; });
    return rows;
}

std::string devices_text(const fleet::Fleet& all, const Paint& paint) {
    if (all.devices.empty()) return "";
    auto text = paint.heading("The same device more than once");
    for (std::size_t i = 0; i < all.devices.size() && i < most_devices; ++i) {
        const auto lines = device_in_words(all, all.devices[i]);
        for (std::size_t line = 0; line < lines.size(); ++line) text += paint.paragraph(lines[line], line ? 6 : 4, line ? "" : "  -");
    }
    return text + more(paint, all.devices.size(), most_devices, "devices");
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
    for (const auto& sentence : sentences_of(all)) text += paint.paragraph(sentence, 4, "  -");
    text += groups_text(all, style, paint);
    auto people = all.for_people;
    std::erase_if(people, [&](std::size_t row) { return !all.rows[row].is_dump(); });
    text += rows_text(all, people, fmt::format("Needs a person ({})", people.size()), most_for_people, paint);
    text += devices_text(all, paint);
    text += rows_text(all, of_standing(all, style, fleet::Row::Standing::Unread), "Could not be read", most_not_read, paint);
    return text + rows_text(all, of_standing(all, style, fleet::Row::Standing::NoDump), "No dumps", most_not_read, paint);
}

}  // namespace

std::string fleet_text(const fleet::Fleet& all, const FleetStyle& style) {
    auto near = all;
    const auto folder = shared_folder(all.rows);
    for (auto& row : near.rows) row.path.erase(0, folder.size());
    return whole_text(near, folder, style);
}

}  // namespace photopsy
