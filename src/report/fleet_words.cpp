#include "base/digest.h"
#include "base/hex.h"
#include "report/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace photopsy {

std::string totals_in_words(const fleet::Fleet& all) {
    const auto& totals = all.totals;
    auto text = fmt::format("{} {}", totals.dumps, totals.dumps == 1 ? "dump" : "dumps");
    std::string parts;
    for (const auto outcome : {Outcome::Healthy, Outcome::Attention, Outcome::CloudFails, Outcome::SafeMode, Outcome::BootFails, Outcome::BadCapture})
        if (totals.of(outcome)) parts += fmt::format("{}{} {}", parts.empty() ? ": " : ", ", totals.of(outcome), name_of(outcome));
    text += parts;
    if (totals.no_dumps) text += fmt::format("; {} {} no dump", totals.no_dumps, totals.no_dumps == 1 ? "file is" : "files are");
    if (totals.unread) text += fmt::format("; {} could not be read", totals.unread);
    return text;
}

std::string story_in_words(const fleet::Group& group) {
    std::string text;
    for (const auto& cause : group.causes) text += fmt::format("{}{} ({})", text.empty() ? "" : " + ", cause.title, cause.id);
    return text.empty() ? "Findings that no known cause explains" : text;
}

std::string place_in_words(const fleet::Group& group) {
    std::string text;
    for (const auto& cause : group.causes) {
        const auto place = cause.place.substr(0, cause.place.find(": "));
        if (!place.empty() && text.find(place) == std::string::npos) text += (text.empty() ? "" : " + ") + place;
    }
    if (!group.releases.empty()) text += (text.empty() ? "" : "; ") + ("Device OS " + group.releases);
    return text;
}

std::string contrast_in_words(const fleet::Contrast& contrast) {
    const auto has = fmt::format("all {} have {}", contrast.here, in_words(contrast.trait, contrast.value));
    return contrast.works ? fmt::format("{}, none of the {} others that work has", has, contrast.works) : has;
}

std::string outlier_in_words(const fleet::Fleet& all, const fleet::Outlier& outlier) {
    return fmt::format("{} has {}, the others {}", all.rows[outlier.row].path, in_words(outlier.trait, outlier.value), in_words(outlier.trait, outlier.others));
}

/// What the tables' counts of writes tell of the order in which the dumps were made.
static std::string order_in_words(const fleet::Fleet& all, const fleet::SameDevice& device) {
    if (device.order == fleet::OrderOfWrites::Unknown) return "";
    std::set<std::uint32_t> sequences;
    for (const auto row : device.rows)
        if (const auto& sequence = all.rows[row].sequence) sequences.insert(*sequence);
    const std::string_view for_some = sequences.size() == device.rows.size() ? "" : " as far as their configuration tables tell";
    if (device.order == fleet::OrderOfWrites::Likely) return fmt::format(", likely oldest first{}", for_some);
    return fmt::format(", possibly oldest first{} (the table's count of writes begins anew after 255, so that another order is possible as well)", for_some);
}

/// "a and b are the same file", for every file that is there more than once.
static std::string copies_in_words(const fleet::Fleet& all, const fleet::SameDevice& device) {
    std::map<std::string, fleet::Members> files;
    for (const auto row : device.rows)
        if (!all.rows[row].sha256.empty()) files[all.rows[row].sha256].push_back(row);
    std::string text;
    for (const auto row : device.rows) {
        const auto found = files.find(all.rows[row].sha256);
        if (found == files.end() || found->second.size() < 2) continue;
        text += fmt::format("{}{} are the same file, byte for byte", text.empty() ? "" : "; ", names_of(all.rows, found->second, 6));
        files.erase(found);
    }
    return text;
}

static bool is_one_file(const fleet::Fleet& all, const fleet::SameDevice& device) {
    const auto& first = all.rows[device.rows.front()].sha256;
    return !first.empty() && std::ranges::all_of(device.rows, [&](std::size_t row) { return all.rows[row].sha256 == first; });
}

/// Two devices with one table look like two dumps of one device where no capture record tells the chip's own id.
static std::string one_device_in_words(const fleet::Fleet& all, const fleet::SameDevice& device) {
    const auto& id = all.rows[device.rows.front()].shown_id;
    const auto named = id.empty() ? "" : " (" + id + ")";
    if (device.by_chip) return fmt::format("{} dumps of one device{}", device.rows.size(), named);
    return fmt::format("{} dumps with one device id{}, of one device or of devices with a copied table", device.rows.size(), named);
}

std::vector<std::string> device_in_words(const fleet::Fleet& all, const fleet::SameDevice& device) {
    if (is_one_file(all, device)) return {fmt::format("one file {} times, byte for byte the same: {}", device.rows.size(), names_of(all.rows, device.rows, 6))};
    std::vector<std::string> lines = {
        fmt::format("{}{}: {}", one_device_in_words(all, device), order_in_words(all, device), names_of(all.rows, device.rows, 6))};
    if (auto copies = copies_in_words(all, device); !copies.empty()) lines.push_back(std::move(copies));
    for (const auto& change : device.changes)
        for (const auto& says : change.says) lines.push_back(fmt::format("{} to {}: {}", all.rows[change.from].path, all.rows[change.to].path, says));
    return lines;
}

std::string row_in_words(const fleet::Row& row) { return fmt::format("{}: {}: {}", row.path, standing_of(row), row.is_dump() ? row.headline : row.why); }

std::string report_name(const fleet::Row& row) {
    static constexpr std::size_t longest = 80, digits = 12;
    std::string name;
    for (const char c : row.path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        name += plain ? c : '_';
    }
    if (name.size() > longest) name.erase(0, name.size() - longest);
    const auto seed = row.path + "\n" + row.sha256;
    return name + "-" + hex(sha256({reinterpret_cast<const std::uint8_t*>(seed.data()), seed.size()})).substr(0, digits);
}

}  // namespace photopsy
