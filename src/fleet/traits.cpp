#include "fleet/groups.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::fleet {

std::string value_of(const Row& row, Trait trait) {
    switch (trait) {
        case Trait::Layout:
            return row.layout;
        case Trait::DeviceOs:
            return row.device_os;
        case Trait::Bootloader:
            return row.bootloader ? std::to_string(*row.bootloader) : "";
        case Trait::ServerKey:
            return row.server_key;
        case Trait::Address:
            return row.address;
        case Trait::Application:
            return row.application;
        case Trait::Product:
            return row.product ? std::to_string(*row.product) : "";
    }
    return "";
}

std::string in_words(Trait trait, const std::string& value) {
    switch (trait) {
        case Trait::Layout:
            return "device " + value;
        case Trait::DeviceOs:
            return "Device OS " + value;
        case Trait::Bootloader:
            return "bootloader " + value;
        case Trait::ServerKey:
            return value == "published" ? "Particle's server key" : fmt::format("one server key that is not Particle's (SHA-256 {})", value.substr(0, 16));
        case Trait::Address:
            return value == "particle" ? "Particle's address" : fmt::format("one private server's address ({})", value);
        case Trait::Application:
            return fmt::format("one application ({})", value);
        case Trait::Product:
            return "product id " + value;
    }
    return value;
}

/// Whether sharing it says something where no dump that works is there to compare with.
static bool tells_alone(Trait trait, const std::string& value) {
    switch (trait) {
        case Trait::ServerKey:
            return value != "published";
        case Trait::Address:
            return value != "particle";
        case Trait::Application:
        case Trait::Product:
            return true;
        default:
            return false;
    }
}

/// Whose flash it is, as far as a row tells: the device, else the key, which no two devices share, else the dump alone.
static const std::string& whose(const Row& row) {
    if (!row.identity().empty()) return row.identity();
    return row.key.empty() ? row.sha256 : row.key;
}

static bool of_one_device(const Rows& rows, const Members& members) {
    return std::all_of(members.begin(), members.end(), [&](std::size_t row) { return whose(rows[row]) == whose(rows[members.front()]); });
}

/// How many of the rows that members are compared with are known to have something else, and whether one has the same.
struct Compared {
    std::size_t known = 0;
    bool same = false;
};

static Compared compared_with(const Rows& rows, const Members& members, Trait trait, const std::string& value) {
    const bool they_work = rows[members.front()].works();
    Compared compared;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].works() && !(they_work && rows[i].fails())) continue;
        if (std::binary_search(members.begin(), members.end(), i)) continue;
        const auto theirs = value_of(rows[i], trait);
        compared.known += rows[i].works() && !theirs.empty();
        compared.same = compared.same || theirs == value;
    }
    return compared;
}

std::vector<Contrast> contrast_of(const Rows& rows, const Members& members) {
    std::vector<Contrast> list;
    if (members.size() < 2 || of_one_device(rows, members)) return list;
    for (const auto trait : all_traits) {
        const auto value = value_of(rows[members.front()], trait);
        const auto has_it = [&](std::size_t row) { return value_of(rows[row], trait) == value; };
        if (value.empty() || !std::all_of(members.begin(), members.end(), has_it)) continue;
        const auto others = compared_with(rows, members, trait, value);
        if (!others.same && (others.known || tells_alone(trait, value))) list.push_back({trait, value, members.size(), others.known});
    }
    return list;
}

}  // namespace photopsy::fleet
