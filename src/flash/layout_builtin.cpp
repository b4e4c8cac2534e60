// The layouts that are compiled in, each parsed when it is first asked for.
#include "flash/layout.h"

#include <cassert>

namespace photopsy {

extern const std::string_view embedded_layout_photon, embedded_layout_p1, embedded_layout_electron, embedded_layout_core;

static constexpr std::string_view names[] = {"photon", "p1", "electron", "core"};
static constexpr std::uint16_t platforms[] = {6, 8, 10, 0};
static constexpr std::size_t count = std::size(names);

static std::string_view text_of(std::size_t index) {
    switch (index) {
        case 0:
            return embedded_layout_photon;
        case 1:
            return embedded_layout_p1;
        case 2:
            return embedded_layout_electron;
        default:
            return embedded_layout_core;
    }
}

template <std::size_t index>
static const Layout& parsed() {
    static const Layout layout = [] {
        auto result = parse_layout(text_of(index), names[index]);
        assert(result && result->name == names[index] && result->platform_id == platforms[index]);
        return std::move(*result);
    }();
    return layout;
}

static const Layout* at(std::size_t index) {
    switch (index) {
        case 0:
            return &parsed<0>();
        case 1:
            return &parsed<1>();
        case 2:
            return &parsed<2>();
        case 3:
            return &parsed<3>();
        default:
            return nullptr;
    }
}

std::span<const std::string_view> builtin_layout_names() { return names; }

const Layout* builtin_layout(std::string_view name) {
    for (std::size_t i = 0; i < count; ++i)
        if (names[i] == name) return at(i);
    return nullptr;
}

const Layout* builtin_layout_for(std::uint16_t platform_id) {
    for (std::size_t i = 0; i < count; ++i)
        if (platforms[i] == platform_id) return at(i);
    return nullptr;
}

std::string_view builtin_layout_text(std::string_view name) {
    for (std::size_t i = 0; i < count; ++i)
        if (names[i] == name) return text_of(i);
    return {};
}

}  // namespace photopsy
