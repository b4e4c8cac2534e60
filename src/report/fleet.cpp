#include "report/fleet.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace photopsy {

using fleet::Fleet;
using fleet::Row;

std::optional<FleetFormat> parse_fleet_format(std::string_view name) {
    static constexpr std::array<std::string_view, 6> names = {"text", "json", "ndjson", "csv", "html", "markdown"};
    const auto found = std::find(names.begin(), names.end(), name == "md" ? "markdown" : name);
    return found == names.end() ? std::nullopt : std::optional(static_cast<FleetFormat>(found - names.begin()));
}

std::optional<FleetOrder> parse_fleet_order(std::string_view name) {
    static constexpr std::array<std::string_view, 5> names = {"path", "outcome", "cause", "release", "device"};
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? std::nullopt : std::optional(static_cast<FleetOrder>(found - names.begin()));
}

std::string causes_of_row(const Row& row) {
    std::string ids;
    for (const auto& cause : row.causes) ids += (ids.empty() ? "" : " ") + cause.id;
    return ids;
}

static bool shows(const FleetStyle& style, const Row& row) {
    const bool has_cause = std::any_of(row.causes.begin(), row.causes.end(), [&](const fleet::CauseOf& cause) { return cause.id == style.cause; });
    return (style.outcome.empty() || standing_of(row) == style.outcome) && (style.cause.empty() || has_cause);
}

fleet::Members shown_rows(const Fleet& all, const FleetStyle& style) {
    fleet::Members list;
    for (std::size_t i = 0; i < all.rows.size(); ++i)
        if (shows(style, all.rows[i])) list.push_back(i);
    const auto key = [&](std::size_t index) -> std::tuple<int, std::string> {
        const auto& row = all.rows[index];
        switch (style.order) {
            case FleetOrder::Outcome:  // what fails worst first; what is no dump last
                return {row.is_dump() ? static_cast<int>(Outcome::BadCapture) - static_cast<int>(row.outcome) : 9, ""};
            case FleetOrder::Cause:
                return {row.causes.empty(), causes_of_row(row)};
            case FleetOrder::Release:
                return {row.device_os.empty(), row.device_os};
            case FleetOrder::Device:
                return {row.identity().empty(), row.shown_id + row.identity()};
            case FleetOrder::Path:
                break;
        }
        return {0, ""};
    };
    if (style.order != FleetOrder::Path) std::stable_sort(list.begin(), list.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    return list;
}

std::vector<const fleet::Group*> shown_groups(const Fleet& all, const FleetStyle& style) {
    std::vector<const fleet::Group*> list;
    for (const auto& group : all.groups)
        if (shows(style, all.rows[group.members.front()])) list.push_back(&group);
    return list;
}

std::string render_fleet(const Fleet& all, FleetFormat format, const FleetStyle& style) {
    switch (format) {
        case FleetFormat::Text:
            return fleet_text(all, style);
        case FleetFormat::Json:
            return fleet_json(all, style);
        case FleetFormat::Ndjson:
            return fleet_ndjson(all, style);
        case FleetFormat::Csv:
            return fleet_csv(all, style);
        case FleetFormat::Html:
            return fleet_html(all, style);
        case FleetFormat::Markdown:
            return fleet_markdown(all, style);
    }
    return "";
}

}  // namespace photopsy
