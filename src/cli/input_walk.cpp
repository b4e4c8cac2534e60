#include "cli/archive_file.h"
#include "cli/archive_records.h"
#include "cli/byte_stream.h"
#include "cli/file_system.h"
#include "cli/folder_listing.h"
#include "cli/found.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>

namespace photopsy {

namespace {

constexpr std::size_t longest_line = std::size_t{4} << 20;

constexpr std::string_view report_begins = "{\"schema\":\"photopsy-";

/// What some programs put in front of a text in UTF-8.
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Without what may stand in front of a first report: a byte order mark, empty lines.
std::string_view behind_blanks(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text;
}

/// The most that is looked at for the first report.
constexpr std::size_t most_blanks = 4096;

bool is_list_of_reports(const std::string& path) {
    if (path.ends_with(".ndjson") || path.ends_with(".jsonl")) return true;
    const ReadableFile file(path);
    std::array<std::uint8_t, 256> head{};
    if (file.reason() || file.kind() != PlaceKind::File) return false;
    const auto got = file.read(head);
    return got > 0 && behind_blanks({reinterpret_cast<const char*>(head.data()), static_cast<std::size_t>(got)}).starts_with(report_begins);
}

bool are_reports_to_come(ByteStream& stream) {
    for (auto looked = report_begins.size();; ++looked) {
        const auto head = stream.peek(looked);
        const auto rest = behind_blanks(head);
        if (rest.starts_with(report_begins)) return true;
        const bool may_be = report_begins.starts_with(rest) || byte_order_mark.starts_with(rest);
        if (!may_be || head.size() < looked || looked > most_blanks) return false;
    }
}

std::string base_of(const std::string& path) { return path.substr(path.find_last_of("/\\") + 1); }

Found unread(const std::string& path, std::string why) { return {.kind = Found::Kind::Unread, .path = path, .text = std::move(why)}; }
Found no_dump(const std::string& path, std::string why) { return {.kind = Found::Kind::NoDump, .path = path, .text = std::move(why)}; }

/// Archives in archives are opened this deep: a folder of a customer's mail attachments put into one archive.
constexpr std::size_t deepest_archive = 4;

/// What archives in archives and the member that is being read may take of memory; a dump is always read.
constexpr std::uint64_t most_in_memory = std::uint64_t{36} << 20, room_for_a_dump = std::uint64_t{4} << 20;

struct OpenArchive {
    std::string path;
    std::unique_ptr<ArchiveMembers> members;
    std::shared_ptr<const ArchiveRecords> records;
    bool empty = true;
    std::uint64_t in_memory = 0;  ///< of this archive and those that it lies in

    std::uint64_t largest_member() const { return std::max(room_for_a_dump, most_in_memory - std::min(most_in_memory, in_memory)); }
};

}  // namespace

/// `file`: the archive, where the record of its only member may lie beside it; "" else.
static Found found_member(const OpenArchive& archive, ArchiveMember member, const std::string& file) {
    Found found{.kind = Found::Kind::Member,
                .path = archive.path + ":" + member.name,
                .name = base_of(member.name),
                .container = archive.members->kind(),
                .bytes = std::move(member.bytes),
                .archive = archive.path + ":"};
    if (const auto partner = archive.records->partner_of(member.name); !partner.empty()) found.neighbours = {found.archive + partner};
    found.beside = [records = archive.records, name = member.name, file](Capture& capture) { records->attach_to(capture, name, file); };
    return found;
}

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
        auto member = archive.members->next(archive.largest_member());
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
        if (member->name.starts_with("__MACOSX/") || is_of_macos(base_of(member->name))) return no_dump(path, why_of_macos);
        if (archive.records->is_record_of_another(*member)) continue;
        const auto size = member->bytes.size();
        const auto most = archive.largest_member();
        // A packed single file is none, and is then wanted as it was.
        if (auto looked_through = ArchiveMembers::may_be(member->bytes) ? ArchiveMembers::open_view(member->bytes, most) : nullptr) {
            if (archives.size() == deepest_archive) return unread(path, "archives are nested too deep here: unpack it first");
            auto records = ArchiveRecords::in(*looked_through);
            looked_through.reset();
            auto opened = ArchiveMembers::open_bytes(std::move(member->bytes), most);
            const auto in_memory = archive.in_memory + opened->in_memory();
            archives.push_back({path, std::move(opened), std::move(records), true, in_memory});
            continue;
        }
        if (size > largest_of_many) return unread(path, fmt::format("it is too large (more than {} MiB)", largest_of_many >> 20));
        return found_member(archive, std::move(*member), archives.size() == 1 && archive.path != "-" ? archive.path : "");
    }
    return {};
}

std::optional<Found> InputWalk::State::from_lines() {
    while (lines) {
        auto line = lines->line('\n', longest_line);
        if (line) {
            const auto report = behind_blanks(*line);
            if (report.empty()) continue;
            return Found{.kind = Found::Kind::Line, .path = lines_path, .text = std::string(report)};
        }
        const auto failure = lines->failure();
        if (!lines->pass_over_line('\n')) lines.reset();
        if (!failure.empty()) return unread(lines_path, failure);
    }
    return {};
}

/// A dump, or reports of an earlier run: the first bytes tell.
std::optional<Found> InputWalk::State::open_standard_input() {
    auto stream = std::make_unique<ByteStream>("-");
    lines_path = "-";
    if (are_reports_to_come(*stream)) {
        lines = std::move(stream);
        return {};
    }
    auto bytes = stream->rest(largest_of_many);
    if (!bytes) return unread("-", bytes.error().message);
    if (auto looked_through = ArchiveMembers::may_be(*bytes) ? ArchiveMembers::open_view(*bytes, most_in_memory) : nullptr) {
        auto records = ArchiveRecords::in(*looked_through);
        looked_through.reset();
        auto opened = ArchiveMembers::open_bytes(std::move(*bytes), most_in_memory);
        const auto in_memory = opened->in_memory();
        archives.push_back({"-", std::move(opened), std::move(records), true, in_memory});
        members = 0;
        return {};
    }
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
    if (auto looked_through = open_archive_file(file.path, most_in_memory)) {
        auto records = ArchiveRecords::in(*looked_through);
        looked_through.reset();
        auto opened = open_archive_file(file.path, most_in_memory);
        if (!opened) return as_it_is;  // it has changed since
        const auto in_memory = opened->in_memory();
        archives.push_back({file.path, std::move(opened), std::move(records), true, in_memory});
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
