#include "facts/copied_firmware.h"

#include "facts/headerless.h"

namespace photopsy {

const StoredImage* fallback_of(const MonolithicUpdate& update) {
    const auto* source = update.source();
    const auto start = source ? source->start : update.firmware;
    const bool begins_badly = start == FirstWord::Erased || start == FirstWord::Other;
    return begins_badly && update.job != FlagJob::Unknown && update.factory.start == FirstWord::StackPointer ? &update.factory : nullptr;
}

const StoredImage* copied_by(const MonolithicUpdate& update) {
    const auto* last = fallback_of(update);
    return last ? last : update.source();
}

bool is_unproved(const StoredImage& image, const std::vector<Module>& modules) {
    const auto* module = find_module(modules, image.slot);
    return module && may_lack_header(*module);
}

bool is_damaged(const StoredImage& image, const std::vector<Module>& modules) {
    return !image.whole && image.start != FirstWord::NotInFile && !is_unproved(image, modules);
}

bool runs_unproved_firmware(const Facts& facts) {
    if (!facts.ota.by_flag) return false;
    if (const auto* copied = copied_by(*facts.ota.by_flag)) return is_unproved(*copied, facts.modules);
    const auto* installed = facts.module("monolithic");
    return installed && may_lack_header(*installed);
}

}  // namespace photopsy
