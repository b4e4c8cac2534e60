#include "cli/archive_file.h"
#include "cli/byte_stream.h"
#include "cli/file_system.h"
#include "cli/folder_listing.h"
#include "cli/found.h"

#include <fmt/format.h>

#include <array>
#include <deque>

namespace photopsy {

namespace {

constexpr std::size_t longest_line = std::size_t{4} << 20;

constexpr std::string_view report_begins = "{\"schema\":\"photopsy-";

bool is_list_of_reports(const std::string& path) {
    if (path.ends_with(".ndjson") || path.ends_with(".jsonl")) return true;
    const ReadableFile file(path);
    std::array<std::uint8_t, report_begins.size()> head{};
    if (file.reason() || file.kind() != PlaceKind::File || file.read(head) <= 0) return false;
    return std::string_view(reinterpret_cast<const char*>(head.data()), head.size()) == report_begins;
}

std::string base_of(const std::string& path) { return path.substr(path.find_last_of("/\\") + 1); }

Found unread(const std::string& path, std::string why) { return {.kind = Found::Kind::Unread, .path = path, .text = std::move(why)}; }
Found no_dump(const std::string& path, std::string why) { return {.kind = Found::Kind::NoDump, .path = path, .text = std::move(why)}; }

/// Archives in archives are opened this deep: a folder of a customer's mail attachments put into one archive.
constexpr std::size_t deepest_archive = 2;

struct OpenArchive {
    std::string path;
    std::unique_ptr<ArchiveMembers> members;
    bool empty = true;
};

}  // namespace

struct InputWalk::State {
    InputNames& names;
    FolderListing folders;
    std::deque<Listed> waiting;
    std::vector<OpenArchive> archives;
    std::size_t most_members, members = 0;  ///< of the outermost archive that is open
    std::unique_ptr<ByteStream> lines;
    std::string lines_path;
    bool names_failed = false;

    State(InputNames& from, const std::string& except, std::size_t most) : names(from), folders(except), most_members(most) {}

    std::optional<Found> from_archive();
    Found too_many_members();
    std::optional<Found> from_lines();
    std::optional<Found> open(const Listed&);
    std::optional<Found> open_standard_input();
    bool list_more();
};

InputWalk::InputWalk(InputNames& names, const std::string& except, std::size_t most_members) : state_(std::make_unique<State>(names, except, most_members)) {}
InputWalk::~InputWalk() = default;
std::size_t InputWalk::waiting() const { return state_->waiting.size() + state_->names.left(); }

Found InputWalk::State::too_many_members() {
    const auto path = archives.front().path;
    archives.clear();
    return unread(path, fmt::format("it holds more than {} files, and only those were read (photopsy triage reads more)", most_members));
}

/// The next member of the innermost archive that is open.
std::optional<Found> InputWalk::State::from_archive() {
    while (!archives.empty()) {
        auto& archive = archives.back();
        auto member = archive.members->next();
        if (!member) {
            const auto finished = std::move(archive);
            archives.pop_back();
            if (!finished.members->failure().empty()) return unread(finished.path, finished.members->failure());
            if (finished.empty) return no_dump(finished.path, "the archive holds no file");
            continue;
        }
        archive.empty = false;
        if (members++ == most_members) return too_many_members();
        const auto path = archive.path + ":" + member->name;
        if (!member->why.empty()) return unread(path, member->why);
        if (member->name.starts_with("__MACOSX/")) return no_dump(path, "macOS left it, it is no dump");
        if (archives.size() < deepest_archive && ArchiveMembers::may_be(member->bytes)) {
            auto bytes = member->bytes;  // a packed single file is none, and is then wanted as it was
            if (auto inner = ArchiveMembers::open_bytes(std::move(bytes))) {
                archives.push_back({path, std::move(inner)});
                continue;
            }
        }
        return Found{
            .kind = Found::Kind::Member, .path = path, .name = base_of(member->name), .container = archive.members->kind(), .bytes = std::move(member->bytes)};
    }
    return {};
}

std::optional<Found> InputWalk::State::from_lines() {
    while (lines) {
        auto line = lines->line('\n', longest_line);
        if (line && line->find_first_not_of(" \t\r") == std::string::npos) continue;
        if (line) return Found{.kind = Found::Kind::Line, .path = lines_path, .text = std::move(*line)};
        const auto failure = lines->failure();
        lines.reset();
        if (!failure.empty()) return unread(lines_path, failure);
    }
    return {};
}

/// A dump, or reports of an earlier run: the first bytes tell.
std::optional<Found> InputWalk::State::open_standard_input() {
    auto stream = std::make_unique<ByteStream>("-");
    lines_path = "-";
    if (stream->peek(report_begins.size()) == report_begins) {
        lines = std::move(stream);
        return {};
    }
    auto bytes = stream->rest(largest_dump_file);
    if (!bytes) return unread("-", bytes.error().message);
    return Found{.kind = Found::Kind::Member, .path = "-", .name = "standard input", .bytes = std::move(*bytes)};
}

std::optional<Found> InputWalk::State::open(const Listed& file) {
    if (!file.why.empty()) return file.fails ? unread(file.path, file.why) : no_dump(file.path, file.why);
    if (file.path == "-") return open_standard_input();
    const Found as_it_is{.kind = Found::Kind::File, .path = file.path};
    if (kind_at_end_of(file.path) != PlaceKind::File) return as_it_is;  // what is read from a pipe to look at it is gone
    if (is_list_of_reports(file.path)) {
        lines = std::make_unique<ByteStream>(file.path);
        lines_path = file.path;
        return {};
    }
    if (auto opened = open_archive_file(file.path)) {
        archives.push_back({file.path, std::move(opened)});
        members = 0;
        return {};
    }
    return as_it_is;
}

bool InputWalk::State::list_more() {
    while (waiting.empty()) {
        const auto name = names.next();
        if (!name) return false;
        for (auto& file : folders.list(*name)) waiting.push_back(std::move(file));
    }
    return true;
}

std::optional<Found> InputWalk::next() {
    auto& state = *state_;
    for (;;) {
        if (auto member = state.from_archive()) return member;
        if (auto line = state.from_lines()) return line;
        if (!state.list_more()) break;
        const auto file = std::move(state.waiting.front());
        state.waiting.pop_front();
        if (auto found = state.open(file)) return found;
    }
    if (state.names.failure().empty() || state.names_failed) return {};
    state.names_failed = true;
    return unread("the list of names", state.names.failure());
}

}  // namespace photopsy
