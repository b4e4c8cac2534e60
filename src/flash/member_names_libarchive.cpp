#include "flash/member_names.h"

#include <archive_entry.h>

namespace photopsy {

std::optional<std::string> name_of_member(archive_entry* entry) {
    const char* name = archive_entry_pathname_utf8(entry);
    if (!name) name = archive_entry_pathname(entry);
    return name ? std::optional<std::string>(name) : std::nullopt;
}

}  // namespace photopsy
