#include "cli/one_dump.h"

#include "flash/archive_members.h"
#include "flash/dump.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t most_files = 1000;
constexpr unsigned deepest_archive_in_one = 1;

bool left_by_a_system(std::string_view name) {
    const auto base = name.substr(name.find_last_of('/') + 1);
    return name.starts_with("__MACOSX/") || base.starts_with("._") || base == ".DS_Store";
}

bool is_dump(const OneDump& member, const Layout* asked) {
    const auto dump = recognize_dump(member.bytes, member.name, asked);
    return dump && std::none_of(dump->capture.problems.begin(), dump->capture.problems.end(), [](const CaptureProblem& problem) {
               const bool other = problem.defect == CaptureDefect::NotBinary || problem.defect == CaptureDefect::OtherPlatform;
               return other || problem.defect == CaptureDefect::Empty || problem.modules_only;
           });
}

/// The files of an archive and of the archives in it; of those that are dumps the first one's bytes are kept.
class Looking {
public:
    explicit Looking(const Layout* asked) : asked_(asked) {}

    void look_through(ArchiveMembers& archive, const std::string& container, unsigned depth = 0) {
        if (depth > 0 || (archive.kind() != "zip" && archive.kind() != "7z")) unpack_opens_it_ = false;
        while (auto member = archive.next()) {
            if (left_by_a_system(member->name)) continue;
            const bool may_be = depth < deepest_archive_in_one && ArchiveMembers::may_be(member->bytes);
            if (const auto inner = may_be ? ArchiveMembers::take_bytes(member->bytes) : nullptr)
                look_through(*inner, container + "+" + inner->kind(), depth + 1);
            else
                take(*member, container);
            if (files_ > most_files || !failure_.empty()) break;
        }
        if (failure_.empty()) failure_ = archive.failure();
    }

    /// `called`: the archive, in a sentence.
    Result<std::optional<OneDump>> found(const std::string& called) && {
        if (unpack_opens_it_ && (files_ <= 1 || !failure_.empty() || dumps_.empty())) return std::optional<OneDump>();
        if (!failure_.empty()) return Error{called + ": " + failure_};
        if (dumps_.size() > 1) return Error{several(called)};
        if (dumps_.empty() && files_ != 1) return Error{"there is no dump in " + called + ": unpack it and give the file that is meant"};
        first_.files = files_;
        return std::optional(std::move(first_));
    }

private:
    void take(ArchiveMember& member, const std::string& container) {
        if (++files_ == 2 && is_dump(first_, asked_)) dumps_.push_back(first_called_);
        if (!member.why.empty()) {
            if (files_ == 1) failure_ = member.why;
            return;
        }
        OneDump file{.name = member.name.substr(member.name.find_last_of("/\\") + 1), .container = container, .bytes = std::move(member.bytes)};
        if (files_ == 1) {  // alone it is what is meant, dump or not
            first_ = std::move(file);
            first_called_ = member.name;
            return;
        }
        const bool dump = is_dump(file, asked_);
        const bool same = !dumps_.empty() && file.bytes == first_.bytes;
        if (dump && dumps_.empty()) first_ = std::move(file);
        if (dump && !same) dumps_.push_back(member.name);
    }

    std::string several(const std::string& called) const {
        static constexpr std::size_t most_named = 5;
        const auto named = std::min(dumps_.size(), most_named);
        auto names = fmt::format("{}", fmt::join(dumps_.begin(), dumps_.begin() + static_cast<std::ptrdiff_t>(named), ", "));
        if (dumps_.size() > named) names += fmt::format(" and {} more", dumps_.size() - named);
        return fmt::format("{} holds several dumps ({}): unpack it and give one of them", called, names);
    }

    const Layout* asked_;
    OneDump first_;
    std::string first_called_;
    std::vector<std::string> dumps_;
    std::size_t files_ = 0;
    bool unpack_opens_it_ = true;  ///< and says what is wrong with it
    std::string failure_;
};

}  // namespace

Result<std::optional<OneDump>> one_dump_of(const std::vector<std::uint8_t>& bytes, const std::string& called, const Layout* asked) {
    const auto archive = ArchiveMembers::may_be(bytes) ? ArchiveMembers::open_bytes(bytes) : nullptr;
    if (!archive) return std::optional<OneDump>();
    Looking looking(asked);
    looking.look_through(*archive, archive->kind());
    return std::move(looking).found(called);
}

}  // namespace photopsy
