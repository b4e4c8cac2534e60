#pragma once
// What many dumps say together, in every format.
#include "fleet/fleet.h"

#include <optional>
#include <string>
#include <string_view>

namespace photopsy {

enum class FleetFormat { Text, Json, Ndjson, Csv, Html, Markdown };
inline constexpr std::string_view fleet_format_names = "text, json, ndjson, csv, html or markdown";
std::optional<FleetFormat> parse_fleet_format(std::string_view name);

enum class FleetOrder { Path, Outcome, Cause, Release, Device };
std::optional<FleetOrder> parse_fleet_order(std::string_view name);

/// Which rows and groups are shown, and how. Contrasts and identities are always of all dumps.
struct FleetStyle {
    unsigned width = 80;
    bool colour = false, utf8 = true;
    FleetOrder order = FleetOrder::Path;
    std::string cause;       ///< an id; "" all
    std::string outcome;     ///< the contract's word, or no-dump or unread; "" all
    bool links = false;      ///< html: a row leads to reports/NAME.html or .json beside the page
    std::string unfinished;  ///< why not everything is here; "" where it is
};

std::string render_fleet(const fleet::Fleet&, FleetFormat, const FleetStyle&);

/// The name without suffix under which the reports of a row lie in `reports/`: readable, safe in every file system, and of this path alone.
std::string report_name(const fleet::Row&);

// One file each.
std::string fleet_text(const fleet::Fleet&, const FleetStyle&);
std::string fleet_json(const fleet::Fleet&, const FleetStyle&);
std::string fleet_ndjson(const fleet::Fleet&, const FleetStyle&);
std::string fleet_csv(const fleet::Fleet&, const FleetStyle&);
std::string fleet_html(const fleet::Fleet&, const FleetStyle&);
std::string fleet_markdown(const fleet::Fleet&, const FleetStyle&);

/// The rows that the style asks for, in its order.
fleet::Members shown_rows(const fleet::Fleet&, const FleetStyle&);
/// The groups that the style asks for.
std::vector<const fleet::Group*> shown_groups(const fleet::Fleet&, const FleetStyle&);
/// "400 dumps: 212 healthy, 120 cloud-fails; 14 files are no dumps, 2 could not be read".
std::string totals_in_words(const fleet::Fleet&);
/// "The device's private key is erased (private-key-erased) + ..."; of a group without causes what was found is not explained.
std::string story_in_words(const fleet::Group&);
/// "DCT copy, device private key; Device OS 1.5.2".
std::string place_in_words(const fleet::Group&);
/// "All 12 have bootloader 7, none of the 40 others that work has".
std::string contrast_in_words(const fleet::Contrast&);
/// "a.bin: bootloader 7, the others bootloader 502".
std::string outlier_in_words(const fleet::Fleet&, const fleet::Outlier&);
/// The dumps of one device, in which order they stand, and what changed.
std::vector<std::string> device_in_words(const fleet::Fleet&, const fleet::SameDevice&);
/// "a.bin: cloud-fails: headline", or why it could not be read.
std::string row_in_words(const fleet::Row&);
std::string causes_of_row(const fleet::Row&);

}  // namespace photopsy
