// The layouts that are compiled in, each made from its table when it is first asked for.
#include "flash/layout.h"
#include "flash/layout_list.h"
#include "flash/layout_table.h"

#include <cassert>
#include <mutex>

namespace photopsy {

namespace {

constexpr std::size_t most_layouts = 64;

struct Made {
    std::once_flag once;
    Layout layout;
};

const Layout* at(std::size_t index) {
    static Made made[most_layouts];
    const auto& row = embedded_layouts()[index];
    std::call_once(made[index].once, [&] {
        made[index].layout = layout_from_table(row.table);
        assert(made[index].layout.name == row.name && made[index].layout.platform_id == row.platform_id);
    });
    return &made[index].layout;
}

const EmbeddedLayout* row_named(std::string_view name) {
    for (const auto& row : embedded_layouts())
        if (row.name == name) return &row;
    return nullptr;
}

const Layout* layout_of(const EmbeddedLayout* row) { return row ? at(static_cast<std::size_t>(row - embedded_layouts().data())) : nullptr; }

}  // namespace

std::span<const std::string_view> builtin_layout_names() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> all;
        for (const auto& row : embedded_layouts()) all.push_back(row.name);
        assert(!all.empty() && all.size() <= most_layouts);
        return all;
    }();
    return names;
}

const Layout& default_layout() { return *at(0); }

const Layout* builtin_layout(std::string_view name) { return layout_of(row_named(name)); }

const Layout* builtin_layout_for(std::uint16_t platform_id) {
    for (const auto& row : embedded_layouts())
        if (row.platform_id == platform_id) return layout_of(&row);
    return nullptr;
}

std::string_view builtin_layout_text(std::string_view name) {
    const auto* row = row_named(name);
    return row ? row->text : std::string_view{};
}

}  // namespace photopsy
