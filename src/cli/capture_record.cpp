#include "cli/capture_record.h"

#include "cli/file_system.h"
#include "cli/input.h"

namespace photopsy {

static constexpr std::size_t largest_record = 1u << 20;

void attach_record(const std::string& path, Capture& capture) {
    if (path == "-") return;
    for (const std::string& candidate : {path + ".json", folder_of(path) + capture.name + ".json"}) {
        if (kind_at_end_of(candidate) != PlaceKind::File) continue;
        const auto bytes = read_file(candidate, largest_record);
        if (!bytes) {
            capture.remarks.push_back("what lies beside the file as its capture record was not used: it cannot be read, or is too large for one");
            continue;
        }
        if (auto record = parse_record({reinterpret_cast<const char*>(bytes->data()), bytes->size()})) return attach_record(std::move(*record), capture);
    }
}

}  // namespace photopsy
