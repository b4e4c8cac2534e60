#include "fleet/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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

/// Whether sharing it says something where no healthy dump is there to compare with.
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

std::vector<Contrast> contrast_of(const Rows& rows, const Members& members) {
    std::vector<Contrast> list;
    if (members.size() < 2) return list;
    for (const auto trait : all_traits) {
        const auto value = value_of(rows[members.front()], trait);
        const auto has_it = [&](std::size_t row) { return value_of(rows[row], trait) == value; };
        if (value.empty() || !std::all_of(members.begin(), members.end(), has_it)) continue;
        std::size_t known = 0, with_it = 0;
        for (const auto& row : rows) {
            const auto of_healthy = row.healthy() ? value_of(row, trait) : "";
            known += !of_healthy.empty();
            with_it += of_healthy == value;
        }
        if (with_it == 0 && (known || tells_alone(trait, value))) list.push_back({trait, value, members.size(), known});
    }
    return list;
}

}  // namespace photopsy::fleet
