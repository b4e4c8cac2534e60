#include "cli/capture_record.h"

#include "cli/file_system.h"
#include "cli/input.h"

namespace photopsy {

void attach_record(const std::vector<std::string>& names, const RecordText& text_of, Capture& capture) {
    for (const auto& name : names) {
        const auto text = text_of(name);
        if (text && text->empty())
            capture.remarks.push_back("what lies beside the file as its capture record was not used: it cannot be read, or is too large for one");
        else if (text)
            if (auto record = parse_record(*text)) return attach_record(std::move(*record), capture);
    }
}

void attach_record(const std::string& path, Capture& capture) {
    if (path == "-") return;
    const auto text_of = [](const std::string& name) -> std::optional<std::string> {
        if (kind_at_end_of(name) != PlaceKind::File) return {};
        const auto bytes = read_file(name, largest_record);
        return bytes ? std::string(bytes->begin(), bytes->end()) : "";
    };
    attach_record({path + ".json", folder_of(path) + capture.name + ".json"}, text_of, capture);
}

bool is_named_as_record(const std::string& name, const std::function<bool(const std::string&)>& is_there) {
    static constexpr std::string_view suffix = ".json";
    if (!name.ends_with(suffix)) return false;
    const auto subject = name.substr(0, name.size() - suffix.size());
    for (const char* packed : {"", ".gz", ".xz", ".zst", ".zip", ".7z"})
        if (is_there(subject + packed)) return true;
    return false;
}

bool begins_as_record(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '{';
}

}  // namespace photopsy
