#include "fleet/identities.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace photopsy::fleet {

namespace {

std::string causes_in_words(const Row& row) {
    std::string text;
    for (const auto& cause : row.causes) text += (text.empty() ? "" : " ") + cause.id;
    return text.empty() ? "none" : text;
}

std::string in_short(const std::string& digest) { return digest.size() > 16 ? digest.substr(0, 16) : digest; }

Change change_between(const Rows& rows, std::size_t from, std::size_t to) {
    Change change{from, to, {}};
    const auto tell = [&](std::string_view what, const std::string& before, const std::string& after) {
        if (before != after && !before.empty() && !after.empty()) change.says.push_back(fmt::format("{} {} -> {}", what, before, after));
    };
    const auto &a = rows[from], &b = rows[to];
    tell("outcome", std::string(standing_of(a)), std::string(standing_of(b)));
    tell("causes", causes_in_words(a), causes_in_words(b));
    tell("Device OS", a.device_os, b.device_os);
    tell("bootloader", a.bootloader ? std::to_string(*a.bootloader) : "", b.bootloader ? std::to_string(*b.bootloader) : "");
    tell("private key", in_short(a.key), in_short(b.key));
    tell("server key", in_short(a.server_key), in_short(b.server_key));
    tell("server address", a.address, b.address);
    tell("application", a.application, b.application);
    return change;
}

template <class Says>
std::map<std::string, Members> grouped(const Rows& rows, Says says) {
    std::map<std::string, Members> groups;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (const std::string word = says(rows[i]); rows[i].is_dump() && !word.empty()) groups[word].push_back(i);
    return groups;
}

/// In the order of their first rows, whatever the words that brought them together.
template <class List, class First>
void in_order_of_rows(List& list, First first) {
    std::sort(list.begin(), list.end(), [&](const auto& a, const auto& b) { return first(a) < first(b); });
}

/// By the sequence of the table, which counts to 255 and begins anew: the widest gap in the circle is where the first stands. Unknown ones are last.
OrderOfWrites in_order_of_writes(const Rows& rows, std::vector<std::size_t>& list) {
    const auto known_end = std::stable_partition(list.begin(), list.end(), [&](std::size_t row) { return rows[row].sequence.has_value(); });
    const auto sequence = [&](std::size_t row) { return *rows[row].sequence; };
    std::stable_sort(list.begin(), known_end, [&](std::size_t a, std::size_t b) { return sequence(a) < sequence(b); });
    static constexpr std::uint32_t turn = 256;
    auto first = list.begin();
    std::uint32_t widest = 0;
    for (auto here = list.begin(); here != known_end; ++here) {
        const auto before = here == list.begin() ? sequence(*(known_end - 1)) : sequence(*(here - 1));
        const auto gap = (sequence(*here) + turn - before) % turn;
        if (gap > widest) widest = gap, first = here;
    }
    std::rotate(list.begin(), first, known_end);
    if (widest == 0) return OrderOfWrites::Unknown;
    static constexpr std::uint32_t few = turn / 4;  // the way round the other side is then three times as long
    const bool began_anew = sequence(list.front()) > sequence(*(known_end - 1));
    return began_anew || turn - widest >= few ? OrderOfWrites::Ambiguous : OrderOfWrites::Likely;
}

std::set<std::string> identities_of(const Rows& rows, const Members& members) {
    std::set<std::string> identities;
    for (const auto row : members)
        if (!rows[row].identity().empty()) identities.insert(rows[row].identity());
    return identities;
}

}  // namespace

std::vector<SameDevice> same_devices(const Rows& rows) {
    std::vector<SameDevice> list;
    for (const auto& [identity, members] : grouped(rows, [](const Row& row) { return row.identity(); })) {
        if (members.size() < 2) continue;
        SameDevice device{.rows = members};
        device.order = in_order_of_writes(rows, device.rows);
        device.by_chip = std::all_of(members.begin(), members.end(), [&](std::size_t row) { return !rows[row].chip.empty(); });
        for (std::size_t i = 0; i + 1 < device.rows.size(); ++i) device.changes.push_back(change_between(rows, device.rows[i], device.rows[i + 1]));
        list.push_back(std::move(device));
    }
    in_order_of_rows(list, [](const SameDevice& device) { return *std::min_element(device.rows.begin(), device.rows.end()); });
    return list;
}

std::vector<Members> same_private_keys(const Rows& rows) {
    std::vector<Members> list;
    // The public half alone, as a cache of it still has it, is no private key.
    const auto held = [](const Row& row) { return row.old_key == "lost" || row.old_key == "unknown" ? std::string() : row.key; };
    for (const auto& [key, members] : grouped(rows, held))
        if (identities_of(rows, members).size() > 1) list.push_back(members);
    in_order_of_rows(list, [](const Members& members) { return members.front(); });
    return list;
}

std::vector<Members> copied_tables(const Rows& rows) {
    std::vector<Members> list;
    for (const auto& [device, members] : grouped(rows, [](const Row& row) { return row.device; }))
        if (std::any_of(members.begin(), members.end(), [&, &device = device](std::size_t row) { return !rows[row].chip.empty() && rows[row].chip != device; }))
            list.push_back(members);
    in_order_of_rows(list, [](const Members& members) { return members.front(); });
    return list;
}

}  // namespace photopsy::fleet
