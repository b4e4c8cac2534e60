#include "facts/table_access.h"

#include "facts/releases.h"

namespace photopsy {

namespace {

constexpr std::uint16_t first_without_table_code = 100, no_version = 0xFFFF;

enum class Part { Usable, Unusable, NotInFile };

Part judge(const Module* part, const Layout& layout) {
    if (!part) return Part::Unusable;  // monolithic firmware covers its place
    if (part->presence == Presence::Absent) return Part::NotInFile;
    const bool of_its_kind = part->function.value == FunctionSystemPart && part->index.value == part->part;
    if (!part->present() || !of_its_kind || part->range_ok != true || part->platform_id.value != layout.platform_id) return Part::Unusable;
    if (part->integrity == Integrity::NotChecked) return Part::NotInFile;
    return part->good() ? Part::Usable : Part::Unusable;
}

/// What a bootloader from 100 on finds.
TableAccess by_system(const std::vector<Module>& modules, const Layout& layout) {
    const auto *part1 = find_system_part(modules, 1), *part2 = find_system_part(modules, 2);
    const auto first = judge(part1, layout), second = judge(part2, layout);
    if (second == Part::Usable && part2->version.value < first_checking_system_version) return TableAccess::SystemTooOld;
    if (first == Part::Unusable || second == Part::Unusable) return TableAccess::PartsUnusable;
    if (first == Part::NotInFile || second == Part::NotInFile) return TableAccess::Unknown;
    return part1->version.value < part2->dependency.version.value ? TableAccess::PartsDoNotFit : TableAccess::BySystem;
}

}  // namespace

TableAccess table_access(const std::vector<Module>& modules, const Layout& layout, std::optional<std::uint16_t> bootloader_version) {
    if (layout.dct.store == StoreKind::Dcd) return TableAccess::Own;  // bootloader/src/electron/sources.mk@v2.3.1
    if (bootloader_version && *bootloader_version < first_without_table_code) return TableAccess::Own;
    const auto access = by_system(modules, layout);
    if (bootloader_version && *bootloader_version != no_version) return access;
    return access == TableAccess::BySystem ? TableAccess::BySystem : TableAccess::Unknown;
}

}  // namespace photopsy
