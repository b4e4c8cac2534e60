#include "facts/monolithic_update.h"

namespace photopsy {

namespace {

constexpr std::uint32_t flags_size = 18;
constexpr std::uint16_t update_waits = 0x0005, copy_under_way = 0x5555, factory_reset_asked = 0xAAAA, never_set = 0xFFFF;

SystemFlags read_flags(const Image& image, const Layout& layout) {
    SystemFlags flags;
    for (const auto& region : layout.regions)
        if (region.name == "system-flags") flags.at = range_of(region.at.begin, flags_size);
    if (flags.at.empty()) return flags;
    auto reader = image.reader(flags.at);
    for (auto* field : {&flags.bootloader_version, &flags.wifi_reset, &flags.update, &flags.flashed, &flags.factory_reset})
        *field = reader.read<std::uint16_t>();
    flags.in_file = reader.ok();
    return flags;
}

FirstWord first_word(const Image& image, const Layout& layout, Address at) {
    const auto word = image.bytes(range_of(at, 4));
    if (word.size() != 4) return FirstWord::NotInFile;
    if (all_erased(word)) return FirstWord::Erased;
    return (little_endian<std::uint32_t>(word) & layout.vector_mask) == layout.vector_value ? FirstWord::StackPointer : FirstWord::Other;
}

StoredImage stored_image(const Image& image, const Layout& layout, const std::vector<Module>& modules, std::string_view name) {
    StoredImage stored{.slot = std::string(name)};
    const auto* slot = layout.slot(name);
    if (!slot) return stored;
    stored.at = slot->at;
    stored.start = first_word(image, layout, slot->at.begin);
    const auto* module = find_module(modules, name);
    stored.whole =
        module && module->good() && module->platform_ok == true && module->function.value == slot->function && module->start.value == slot->linked_at;
    return stored;
}

/// The order of the bootloader's questions (bootloader/src/main.c@v0.6.4:179-216).
FlagJob job_of(const SystemFlags& flags) {
    if (!flags.in_file) return FlagJob::Unknown;
    if (flags.update.value == update_waits) return FlagJob::Update;
    if (flags.factory_reset.value == factory_reset_asked) return FlagJob::FactoryReset;
    return flags.update.value == copy_under_way ? FlagJob::Restore : FlagJob::None;
}

}  // namespace

const StoredImage* MonolithicUpdate::source() const {
    switch (job) {
        case FlagJob::Update:
            return &ota;
        case FlagJob::Restore:
            return &backup;
        case FlagJob::FactoryReset:
            return &factory;
        case FlagJob::Unknown:
        case FlagJob::None:
            break;
    }
    return nullptr;
}

MonolithicUpdate read_monolithic_update(const Image& image, const Layout& layout, const std::vector<Module>& modules) {
    MonolithicUpdate update;
    update.flags = read_flags(image, layout);
    update.job = job_of(update.flags);
    update.factory = stored_image(image, layout, modules, "factory");
    update.backup = stored_image(image, layout, modules, "backup");
    update.ota = stored_image(image, layout, modules, "ota");
    update.bootloader = first_word(image, layout, layout.flash.begin);
    if (const auto* slot = layout.slot("monolithic")) update.firmware = first_word(image, layout, slot->at.begin);
    const auto& flags = update.flags;
    update.save_cut_off = flags.in_file && flags.bootloader_version.value != never_set && flags.update.value == never_set && flags.flashed.value == never_set;
    return update;
}

}  // namespace photopsy
