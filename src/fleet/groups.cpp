#include "fleet/groups.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace photopsy::fleet {

namespace {

/// The releases in the places of the causes, and the system's own.
std::string releases_of(const Row& row) {
    std::set<std::string> releases;
    if (!row.device_os.empty()) releases.insert(row.device_os);
    for (const auto& cause : row.causes) {
        const auto colon = cause.place.find(": ");
        std::istringstream words(colon == std::string::npos ? "" : cause.place.substr(colon + 2));
        for (std::string word; words >> word;) releases.insert(word);
    }
    std::string text;
    for (const auto& release : releases) text += (text.empty() ? "" : " ") + release;
    return text;
}

/// A file that is no trustworthy copy tells nothing of the device: how it is broken is the story.
bool about_the_file(const Row& row) { return row.outcome == Outcome::BadCapture; }

/// What two dumps of one story agree in, as one text. Where the old key can be had, a new one is the wrong answer: such dumps are a story of their own.
std::string story_of(const Row& row) {
    std::set<std::string> causes;
    for (const auto& cause : row.causes) causes.insert(cause.id + " @ " + cause.place);
    std::string text(name_of(row.outcome));
    for (const auto& cause : causes) text += "\n" + cause;
    if (about_the_file(row)) return text;
    if (row.old_key == "recoverable") text += "\n" + row.old_key;
    return text + "\n" + row.layout + "\n" + releases_of(row);
}

std::string shared_step(const Rows& rows, const Members& members) {
    for (const auto& step : rows[members.front()].steps) {
        const auto has_it = [&](std::size_t row) { return std::count(rows[row].steps.begin(), rows[row].steps.end(), step) > 0; };
        if (std::all_of(members.begin(), members.end(), has_it)) return step;
    }
    return "";
}

/// The value that at least three quarters of four or more dumps have; "" where there is none.
std::string usual_value(const Rows& rows, const Members& members, Trait trait) {
    std::map<std::string, std::size_t> counts;
    for (const auto row : members) ++counts[value_of(rows[row], trait)];
    for (const auto& [value, count] : counts)
        if (!value.empty() && members.size() >= 4 && count < members.size() && count * 4 >= members.size() * 3) return value;
    return "";
}

std::vector<Outlier> outliers_of(const Rows& rows, const Members& members) {
    std::vector<Outlier> list;
    for (const auto trait : all_traits) {
        const auto usual = usual_value(rows, members, trait);
        if (usual.empty()) continue;
        for (const auto row : members)
            if (const auto value = value_of(rows[row], trait); !value.empty() && value != usual) list.push_back({row, trait, value, usual});
    }
    return list;
}

Group group_of(const Rows& rows, Members members) {
    const auto& first = rows[members.front()];
    Group group{.causes = first.causes, .outcome = first.outcome, .releases = about_the_file(first) ? "" : releases_of(first), .members = std::move(members)};
    group.remedy = shared_step(rows, group.members);
    group.contrast = contrast_of(rows, group.members);
    group.outliers = outliers_of(rows, group.members);
    return group;
}

}  // namespace

std::vector<Group> groups_of(const Rows& rows) {
    std::map<std::string, Members> stories;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].is_dump() && !rows[i].healthy()) stories[story_of(rows[i])].push_back(i);
    std::vector<Group> groups;
    for (auto& [story, members] : stories) groups.push_back(group_of(rows, std::move(members)));
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return std::pair(a.members.size(), a.outcome) > std::pair(b.members.size(), b.outcome); });
    return groups;
}

}  // namespace photopsy::fleet
