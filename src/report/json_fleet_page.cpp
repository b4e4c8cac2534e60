// The page of a fleet: groups and a table, in one file that asks nothing of a network. The rows lie in it as data; the script draws as many as are looked at.
#include "base/counted.h"
#include "report/fleet.h"

#include "base/packed_text.h"

#include <fmt/format.h>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include <array>

namespace photopsy {

extern const PackedText embedded_fleet_html;

namespace {

using PageData = kainjow::mustache::data;

PageData page_list() { return PageData(PageData::type::list); }
PageData page_object() { return PageData(PageData::type::object); }

/// Rows that stand in the page without a script.
constexpr std::size_t rows_without_script = 100, most_listed = 200;

const char* row_tone(const fleet::Row& row) {
    if (row.standing == fleet::Row::Standing::NoDump) return "faint";
    return row.healthy() ? "good" : row.is_dump() && row.outcome == Outcome::Attention ? "warn" : "bad";
}

PageData lines_of(const std::vector<std::string>& lines) {
    auto items = page_list();
    for (const auto& line : lines) {
        auto item = page_object();
        item.set("text", line);
        items.push_back(item);
    }
    return items;
}

void set_lines(PageData& page, const std::string& name, const std::vector<std::string>& lines) {
    page.set("has_" + name, !lines.empty());
    page.set(name, lines_of(lines));
}

PageData group_page(const fleet::Fleet& all, const fleet::Group& group) {
    auto item = page_object();
    item.set("number", std::to_string(&group - all.groups.data() + 1));
    item.set("dumps", counted(group.members.size(), "dump"));
    item.set("outcome", std::string(name_of(group.outcome)));
    item.set("tone", group.outcome == Outcome::Attention ? "warn" : "bad");
    item.set("story", story_in_words(group));
    const auto place = place_in_words(group);
    item.set("has_place", !place.empty());
    item.set("place", place);
    item.set("has_remedy", !group.remedy.empty());
    item.set("remedy", group.remedy);
    std::vector<std::string> contrasts, apart;
    for (const auto& contrast : group.contrast) contrasts.push_back(contrast_in_words(contrast));
    for (const auto& outlier : group.outliers) apart.push_back(outlier_in_words(all, outlier));
    item.set("contrasts", lines_of(contrasts));
    item.set("apart", lines_of(apart));
    static constexpr std::size_t most_members = 20;
    item.set("members", names_of(all.rows, group.members, most_members));
    return item;
}

/// The cells of a row, in the order of the columns; the link last.
using Cells = std::array<std::string, 10>;

Cells cells_of(const fleet::Row& row, const std::string& group, bool links) {
    const bool has_page = row.is_dump() || row.standing == fleet::Row::Standing::NoDump;
    return {row.path,
            std::string(standing_of(row)),
            group,
            causes_of_row(row),
            row.steps.empty() ? "" : row.steps.front(),
            row.old_key,
            row.device_os,
            row.shown_id,
            row.is_dump() ? row.headline : row.why,
            links && has_page && !row.sha256.empty() ? "reports/" + report_name(row) + (row.told_elsewhere ? ".json" : ".html") : ""};
}

PageData row_page(const Cells& cells, const fleet::Row& row) {
    static constexpr const char* names[] = {"name", "outcome", "group", "causes", "step", "old_key", "release", "id", "headline", "link"};
    auto item = page_object();
    for (std::size_t i = 0; i < cells.size(); ++i) item.set(names[i], cells[i]);
    item.set("tone", row_tone(row));
    item.set("has_link", !cells.back().empty());
    return item;
}

/// JSON that cannot end the element it stands in.
std::string in_script(const nlohmann::json& json) {
    auto text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) text.replace(at, 1, "\\u003c");
    return text;
}

void set_rows(PageData& page, const fleet::Fleet& all, const FleetStyle& style) {
    std::vector<std::string> group_of(all.rows.size());
    for (std::size_t i = 0; i < all.groups.size(); ++i)
        for (const auto row : all.groups[i].members) group_of[row] = std::to_string(i + 1);
    auto rows = page_list();
    auto data = nlohmann::json::array();
    const auto shown = shown_rows(all, style);
    for (const auto index : shown) {
        const auto cells = cells_of(all.rows[index], group_of[index], style.links);
        if (data.size() < rows_without_script) rows.push_back(row_page(cells, all.rows[index]));
        data.push_back(cells);
    }
    page.set("rows", rows);
    page.set("data", in_script(data));
    page.set("count", shown.size() > rows_without_script ? fmt::format("{} rows, the first {} without scripts", shown.size(), rows_without_script)
                                                         : counted(shown.size(), "row"));
}

PageData columns() {
    auto list = page_list();
    int index = 0;
    for (const char* title : {"Dump", "Outcome", "Story", "Causes", "First step", "Old key", "Device OS", "Device id", "Headline"}) {
        auto item = page_object();
        item.set("title", title);
        item.set("index", std::to_string(index++));
        list.push_back(item);
    }
    return list;
}

}  // namespace

std::string fleet_html(const fleet::Fleet& all, const FleetStyle& style) {
    auto page = page_object();
    page.set("totals", totals_in_words(all));
    page.set("is_unfinished", !style.unfinished.empty());
    page.set("unfinished", style.unfinished);
    set_lines(page, "sentences", sentences_of(all));
    auto groups = page_list();
    for (const auto* group : shown_groups(all, style)) groups.push_back(group_page(all, *group));
    page.set("has_groups", groups.is_non_empty_list());
    page.set("groups", groups);
    std::vector<std::string> people, devices;
    for (const auto row : all.for_people)
        if (people.size() < most_listed) people.push_back(row_in_words(all.rows[row]));
    for (const auto& device : all.devices)
        for (const auto& line : device_in_words(all, device))
            if (devices.size() < most_listed) devices.push_back(line);
    set_lines(page, "people", people);
    set_lines(page, "devices", devices);
    page.set("columns", columns());
    set_rows(page, all, style);
    kainjow::mustache::mustache page_template{embedded_fleet_html.text()};
    return page_template.render(page);
}

}  // namespace photopsy
