#include "diagnosis/cause.h"

#include <algorithm>

namespace photopsy {

const std::vector<const Cause*>& all_causes() {
    static const std::vector<const Cause*> causes = [] {
        std::vector<const Cause*> all;
        for (auto subject : {capture_causes(), ota_causes(), combination_causes(), module_causes(), dct_causes(), dcd_causes(), key_causes(), server_causes(),
                             wifi_causes(), setting_causes(), eeprom_causes(), live_causes()})
            for (const auto& cause : subject) all.push_back(&cause);
        return all;
    }();
    return causes;
}

const Cause* find_cause(std::string_view id) {
    for (const auto* cause : all_causes())
        if (cause->id == id) return cause;
    return nullptr;
}

bool entry_names(std::string_view entry, std::string_view rule) {
    if (entry == "*") return true;
    entry = entry.substr(0, entry.find('@'));
    while (!entry.empty()) {
        const auto end = std::min(entry.find('|'), entry.size());
        if (entry.substr(0, end) == rule) return true;
        entry.remove_prefix(std::min(end + 1, entry.size()));
    }
    return false;
}

}  // namespace photopsy
