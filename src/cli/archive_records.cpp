#include "cli/archive_records.h"

#include "cli/capture_record.h"
#include "cli/folder_listing.h"

#include <algorithm>

namespace photopsy {

static std::string base_of_member(const std::string& name) { return name.substr(name.find_last_of("/\\") + 1); }

std::shared_ptr<const ArchiveRecords> ArchiveRecords::in(ArchiveMembers& archive) {
    static constexpr std::size_t most_of_names = std::size_t{16} << 20, most_of_records = std::size_t{8} << 20;
    auto all = std::make_shared<ArchiveRecords>();
    std::size_t of_names = 0, of_records = 0;
    const auto may_be_record = [](const std::string& name) { return name.ends_with(".json"); };
    while (auto member = archive.next(may_be_record)) {
        of_names += member->name.size();
        if (may_be_record(member->name) && begins_as_record({reinterpret_cast<const char*>(member->bytes.data()), member->bytes.size()})) {
            auto& text = all->texts_[member->name];
            if (member->bytes.size() <= largest_record) text.assign(member->bytes.begin(), member->bytes.end());
            of_records += text.size();
        }
        all->names_.insert(std::move(member->name));
        if (of_names > most_of_names || of_records > most_of_records) return std::make_shared<ArchiveRecords>();
    }
    std::erase_if(all->texts_, [&](const auto& text) { return !is_named_as_record(text.first, [&](const auto& name) { return all->names_.contains(name); }); });
    return all;
}

bool ArchiveRecords::is_record_of_another(const ArchiveMember& member) const { return texts_.contains(member.name); }

/// Of the files before and behind this one in its folder the one whose name is more like it; "" where there is none, or both are as like.
std::string ArchiveRecords::most_alike(const std::string& member) const {
    static constexpr int most_passed_over = 16;  // folders and records in between; an archive of a stranger takes no time for more
    const auto folder = member.substr(0, member.size() - base_of_member(member).size());
    const auto lies_beside = [&](const std::string& name) {
        return name.starts_with(folder) && base_of_member(name).size() == name.size() - folder.size() && !texts_.contains(name) &&
               !is_of_macos(base_of_member(name));
    };
    const auto alike = [&](const std::string& name) { return std::mismatch(name.begin(), name.end(), member.begin(), member.end()).first - name.begin(); };
    const auto here = names_.find(member);
    if (here == names_.end()) return "";
    std::string before, behind;
    auto at = here;
    for (int i = 0; i < most_passed_over && before.empty() && at != names_.begin(); ++i)
        if (lies_beside(*--at)) before = *at;
    at = here;
    for (int i = 0; i < most_passed_over && behind.empty() && ++at != names_.end(); ++i)
        if (lies_beside(*at)) behind = *at;
    if (before.empty() || behind.empty()) return before + behind;
    if (alike(before) == alike(behind)) return "";
    return alike(before) > alike(behind) ? before : behind;
}

std::string ArchiveRecords::partner_of(const std::string& member) const {
    const auto other = most_alike(member);
    return !other.empty() && most_alike(other) == member ? other : "";
}

void ArchiveRecords::attach_to(Capture& capture, const std::string& member, const std::string& file) const {
    const auto text_of = [&](const std::string& name) {
        const auto found = texts_.find(name);
        return found == texts_.end() ? std::nullopt : std::optional(found->second);
    };
    const auto folder = member.substr(0, member.size() - base_of_member(member).size());
    const std::vector<std::string> names = {member + ".json", folder + capture.name + ".json"};
    if (std::any_of(names.begin(), names.end(), text_of)) return attach_record(names, text_of, capture);
    const auto is_other = [&](const std::string& name) {
        return name != member && !texts_.contains(name) && !name.starts_with("__MACOSX/") && !is_of_macos(base_of_member(name));
    };
    if (!file.empty() && std::none_of(names_.begin(), names_.end(), is_other)) attach_record(file, capture);
}

}  // namespace photopsy
