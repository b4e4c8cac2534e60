#include "support/sample/sample.h"

#include "support/sample/device.h"

#include <fmt/format.h>

namespace photopsy::sample {

namespace {

/// "" where the order went well.
std::string complaint_of(const Recipe& recipe, const Order& order) {
    return order.complaint().empty() ? std::string() : fmt::format("{}, line {}: {}.", recipe.name_for_errors, order.line(), order.complaint());
}

std::string play(const Recipe& recipe, Device& device, std::vector<std::uint8_t>& file) {
    for (const auto& order : recipe.life)
        if (live(device, order); !order.complaint().empty()) return complaint_of(recipe, order);
    for (const auto& order : recipe.damage)
        if (damage(device, order); !order.complaint().empty()) return complaint_of(recipe, order);
    file.assign(device.chip.all().begin(), device.chip.all().end());
    for (const auto& order : recipe.file)
        if (file_act(device, order, file); !order.complaint().empty()) return complaint_of(recipe, order);
    return {};
}

bool has_two_copies(const Layout& layout) {
    return (layout.dct.store == StoreKind::WicedTable || layout.dct.store == StoreKind::Dcd) && layout.dct.copies.size() == 2 &&
           layout.dct.copies[0].size() == table_size && layout.dct.copies[1].size() == table_size && layout.slot("ota");
}

bool is_known_kind(const Layout& layout) { return has_two_copies(layout) || layout.boot == BootKind::Monolithic; }

}  // namespace

Result<Sample> make_sample(std::string_view text, std::string_view name_for_errors) {
    auto recipe = parse_recipe(text, name_for_errors);
    if (!recipe) return recipe.error();
    const auto* layout = builtin_layout(recipe->device);
    if (!layout || !is_known_kind(*layout))
        return Error{fmt::format("{}: `device` is \"{}\"; samples can be made of photon, p1, electron and core.", name_for_errors, recipe->device)};
    Device device(*layout, recipe->seed);
    Sample sample;
    if (const auto sentence = play(*recipe, device, sample.file); !sentence.empty()) return Error{sentence};
    sample.flash.assign(device.chip.all().begin(), device.chip.all().end());
    if (layout->dct.store == StoreKind::SerialFlash) sample.external.assign(device.chip.all_of_second().begin(), device.chip.all_of_second().end());
    if (recipe->registered_key > 0)
        sample.registered_spki = public_spki(device_key(recipe->seed * 1000 + static_cast<std::uint64_t>(recipe->registered_key), KeyWish::Ordinary));
    sample.recipe = std::move(*recipe);
    return sample;
}

}  // namespace photopsy::sample
