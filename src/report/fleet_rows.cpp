#include "report/fleet.h"
#include "report/markdown_words.h"
#include "report/rows.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

std::string fleet_csv(const fleet::Fleet& all, const FleetStyle& style) {
    std::vector<std::string> group_of(all.rows.size());
    for (std::size_t i = 0; i < all.groups.size(); ++i)
        for (const auto row : all.groups[i].members) group_of[row] = std::to_string(i + 1);
    auto text = csv_line({"name", "sha256", "outcome", "headline", "causes", "group", "old_key", "first_step", "device", "device_os", "bootloader", "device_id",
                          "public_fingerprint"});
    for (const auto index : shown_rows(all, style)) {
        const auto& row = all.rows[index];
        text += csv_line({row.path, row.sha256, std::string(standing_of(row)), row.is_dump() ? row.headline : row.why, causes_of_row(row), group_of[index],
                          row.old_key, row.steps.empty() ? "" : row.steps.front(), row.layout, row.device_os,
                          row.bootloader ? std::to_string(*row.bootloader) : "", row.shown_id, row.key});
    }
    return text;
}

static std::string markdown_list(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += "- " + in_markdown(line) + "\n";
    return text.empty() ? "" : text + "\n";
}

static std::string markdown_groups(const fleet::Fleet& all, const FleetStyle& style) {
    static constexpr std::size_t most = 30, names = 5;
    const auto groups = shown_groups(all, style);
    if (groups.empty()) return "";
    std::string text =
        "## Stories, most dumps first\n\n" + table_row({"dumps", "outcome", "story", "to do", "which"}) + table_row({"---:", "---", "---", "---", "---"});
    std::vector<std::string> apart;
    for (std::size_t i = 0; i < groups.size() && i < most; ++i) {
        const auto& group = *groups[i];
        auto story = story_in_words(group);
        if (const auto place = place_in_words(group); !place.empty()) story += "; at " + place;
        for (const auto& contrast : group.contrast) story += "; " + contrast_in_words(contrast);
        text += table_row({std::to_string(group.members.size()), std::string(name_of(group.outcome)), in_markdown(story), in_markdown(group.remedy),
                           in_markdown(names_of(all.rows, group.members, names))});
        for (const auto& outlier : group.outliers) apart.push_back(outlier_in_words(all, outlier));
    }
    if (groups.size() > most) text += fmt::format("\n{} more stories are left out.\n", groups.size() - most);
    apart.resize(std::min<std::size_t>(apart.size(), most));
    return text + "\n" + markdown_list(apart);
}

static std::string markdown_rows(const fleet::Fleet& all, const fleet::Members& rows, std::string_view heading) {
    static constexpr std::size_t most = 20;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < rows.size() && i < most; ++i) lines.push_back(row_in_words(all.rows[rows[i]]));
    if (rows.size() > most) lines.push_back(fmt::format("and {} more", rows.size() - most));
    return lines.empty() ? "" : fmt::format("## {}\n\n", heading) + markdown_list(lines);
}

std::string fleet_markdown(const fleet::Fleet& all, const FleetStyle& style) {
    std::string text = "# " + in_markdown(totals_in_words(all)) + "\n\n";
    if (!style.unfinished.empty()) text += in_markdown(style.unfinished) + "\n\n";
    text += markdown_list(sentences_of(all)) + markdown_groups(all, style) + markdown_rows(all, all.for_people, "Needs a person");
    std::vector<std::string> devices;
    static constexpr std::size_t most_devices = 20;
    for (std::size_t i = 0; i < all.devices.size() && i < most_devices; ++i)
        for (const auto& line : device_in_words(all, all.devices[i])) devices.push_back(line);
    if (!devices.empty()) text += "## The same device id more than once\n\n" + markdown_list(devices);
    return text;
}

}  // namespace photopsy
