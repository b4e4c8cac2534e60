#include "flash/archive_members.h"
#include "flash/member_names.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace photopsy {

namespace {

constexpr std::size_t most_members = 200000;
constexpr std::uint64_t most_too_large = std::uint64_t{1} << 30, most_in_all = std::uint64_t{64} << 30;

struct CloseArchive {
    void operator()(archive* reader) const { archive_read_free(reader); }
};
using ArchiveReader = std::unique_ptr<archive, CloseArchive>;

enum class ArchiveKind { None, Zip, SevenZip, Tar, PackedTar };

bool begins(ByteView bytes, std::string_view magic, std::size_t at = 0) {
    return bytes.size() >= at + magic.size() && std::equal(magic.begin(), magic.end(), reinterpret_cast<const char*>(bytes.data()) + at);
}

/// What the first bytes promise; whether there is a tar behind gzip, xz or zstd shows only when it is opened.
ArchiveKind archive_kind_of(ByteView head) {
    using namespace std::string_view_literals;
    if (begins(head, "PK\3\4"sv) || begins(head, "PK\5\6"sv)) return ArchiveKind::Zip;
    if (begins(head, "7z\xBC\xAF\x27\x1C"sv)) return ArchiveKind::SevenZip;
    if (begins(head, "ustar"sv, 257)) return ArchiveKind::Tar;
    for (const auto magic : {"\x1F\x8B"sv,
                             "\xFD"
                             "7zXZ\0"sv,
                             "\x28\xB5\x2F\xFD"sv})
        if (begins(head, magic)) return ArchiveKind::PackedTar;
    return ArchiveKind::None;
}

std::string_view name_of_archive_kind(ArchiveKind packing) {
    static constexpr std::string_view names[] = {"", "zip", "7z", "tar", "packed tar"};
    return names[static_cast<std::size_t>(packing)];
}

ArchiveReader reader_for(ArchiveKind packing) {
    ArchiveReader reader(archive_read_new());
    if (packing == ArchiveKind::Zip) archive_read_support_format_zip(reader.get());
    if (packing == ArchiveKind::SevenZip) archive_read_support_format_7zip(reader.get());
    if (packing == ArchiveKind::Tar || packing == ArchiveKind::PackedTar) archive_read_support_format_tar(reader.get());
    if (packing == ArchiveKind::PackedTar) {
        archive_read_support_filter_gzip(reader.get());
        archive_read_support_filter_xz(reader.get());
        archive_read_support_filter_zstd(reader.get());
    }
    return reader;
}

}  // namespace

struct ArchiveMembers::State {
    ArchiveReader reader;
    std::vector<std::uint8_t> owned;
    std::string kind, failure;
    archive_entry* first = nullptr;  ///< read ahead, to see whether it is an archive at all
    std::size_t members = 0;
    std::uint64_t too_large = most_too_large, left = most_in_all;

    /// The header of the next member; null at the end and where the archive is broken.
    archive_entry* header() {
        if (first) return std::exchange(first, nullptr);
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(reader.get(), &entry);
        if (status == ARCHIVE_OK || status == ARCHIVE_WARN) return entry;
        if (status != ARCHIVE_EOF) failure = "the " + kind + " archive is damaged: it cannot be read to its end";
        if (archive_read_has_encrypted_entries(reader.get()) > 0 && members == 0) failure = "the " + kind + " archive is encrypted: unpack it first";
        return nullptr;
    }

    /// The reason why the bytes of the member are not to be had; "" with the bytes.
    std::string read(std::vector<std::uint8_t>& bytes, std::uint64_t most) {
        std::array<std::uint8_t, 1 << 16> chunk;
        for (;;) {
            const auto got = archive_read_data(reader.get(), chunk.data(), chunk.size());
            if (got == 0) return "";
            if (got < 0) return "it is damaged: it cannot be unpacked to its end";
            bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + got);
            left -= std::min<std::uint64_t>(left, static_cast<std::uint64_t>(got));
            if (bytes.size() > most) return "it unpacks to more than " + std::to_string(most >> 20) + " MiB, which no dump needs";
        }
    }

    /// Members that are passed over have to be unpacked all the same in some archives: that too has an end.
    void spend(archive_entry* entry) {
        const auto size = archive_entry_size_is_set(entry) ? static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(entry), 0)) : most_too_large;
        if (size > too_large || left == 0) failure = "its members unpack to more than a folder of dumps needs: the rest of the archive was not read";
        too_large -= std::min(too_large, size);
    }

    /// Of a size that a dump may have.
    void pass_over(archive_entry* entry) {
        const auto size = archive_entry_size_is_set(entry) ? static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(entry), 0)) : max_unpacked_size;
        left -= std::min(left, size);
        if (left == 0) spend(entry);
    }

    bool open(ArchiveKind packing, int status) {
        kind = name_of_archive_kind(packing);
        if (status == ARCHIVE_OK && packing != ArchiveKind::PackedTar) return true;
        if (status == ARCHIVE_OK) first = header();
        if (packing != ArchiveKind::PackedTar) failure = "the " + kind + " archive cannot be opened: it is damaged";
        return packing != ArchiveKind::PackedTar || first;
    }
};

ArchiveMembers::ArchiveMembers(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArchiveMembers::~ArchiveMembers() = default;
const std::string& ArchiveMembers::failure() const { return state_->failure; }
const std::string& ArchiveMembers::kind() const { return state_->kind; }
std::uint64_t ArchiveMembers::in_memory() const { return state_->owned.size(); }

bool ArchiveMembers::may_be(ByteView bytes) { return archive_kind_of(bytes) != ArchiveKind::None; }

namespace {

/// A packed stream that was unpacked: a whole .zip or .7z, or why not all of it is here.
struct Stream {
    std::vector<std::uint8_t> bytes;
    std::string packing, why;  ///< packing: "gzip"
};

/// What is packed here where that begins as a .zip or .7z, whose places are told from their ends: they cannot be read as a stream. Nothing else is unpacked.
std::optional<Stream> packed_archive(const std::function<int(archive*)>& open, std::uint64_t most) {
    ArchiveReader reader(archive_read_new());
    archive_read_support_format_raw(reader.get());
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_filter_xz(reader.get());
    archive_read_support_filter_zstd(reader.get());
    archive_entry* entry = nullptr;
    if (open(reader.get()) != ARCHIVE_OK || archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK) return {};
    Stream stream;
    for (int filter = archive_filter_count(reader.get()) - 2; filter >= 0; --filter)  // the outermost last; behind them all is none
        stream.packing += (stream.packing.empty() ? "" : "+") + std::string(archive_filter_name(reader.get(), filter));
    std::array<std::uint8_t, 1 << 16> chunk;
    for (;;) {
        const auto got = archive_read_data(reader.get(), chunk.data(), chunk.size());
        const bool first = stream.bytes.empty();
        if (got > 0) stream.bytes.insert(stream.bytes.end(), chunk.begin(), chunk.begin() + got);
        const auto inside = archive_kind_of(stream.bytes);
        if (first && inside != ArchiveKind::Zip && inside != ArchiveKind::SevenZip) return {};
        if (got < 0) stream.why = "is damaged: it cannot be unpacked to its end";
        if (stream.bytes.size() > most) stream.why = "unpacks to more than " + std::to_string(most >> 20) + " MiB, which no folder of dumps needs";
        if (got <= 0 || !stream.why.empty()) return stream;
    }
}

}  // namespace

std::unique_ptr<ArchiveMembers> ArchiveMembers::open_with(ByteView head, const std::function<int(archive*)>& open, std::uint64_t most) {
    const auto packing = archive_kind_of(head);
    if (packing == ArchiveKind::None) return nullptr;
    const NamesInUtf8 names;
    auto state = std::make_unique<State>();
    state->reader = reader_for(packing);
    if (state->open(packing, open(state->reader.get()))) return std::unique_ptr<ArchiveMembers>(new ArchiveMembers(std::move(state)));
    auto stream = packing == ArchiveKind::PackedTar ? packed_archive(open, most) : std::nullopt;
    if (!stream) return nullptr;
    auto inside = take_bytes(stream->bytes);
    if (!inside) return nullptr;
    inside->state_->kind = stream->packing + "+" + inside->state_->kind;
    if (!stream->why.empty()) inside->state_->failure = "the " + inside->state_->kind + " archive " + stream->why;
    return inside;
}

std::unique_ptr<ArchiveMembers> ArchiveMembers::open_view(ByteView bytes, std::uint64_t most) {
    return open_with(
        bytes, [bytes](archive* reader) { return archive_read_open_memory(reader, bytes.data(), bytes.size()); }, most);
}

std::unique_ptr<ArchiveMembers> ArchiveMembers::open_bytes(std::vector<std::uint8_t> bytes, std::uint64_t most) {
    auto members = open_view(bytes, most);
    if (members && members->state_->owned.empty()) members->state_->owned = std::move(bytes);  // they stay where they are when the vector is moved
    return members;
}

std::unique_ptr<ArchiveMembers> ArchiveMembers::take_bytes(std::vector<std::uint8_t>& bytes) {
    auto members = open_view(bytes);
    if (members && members->state_->owned.empty()) members->state_->owned = std::move(bytes);
    return members;
}

std::optional<ArchiveMember> ArchiveMembers::next(std::uint64_t most) {
    return next([](const std::string&) { return true; }, most);
}

std::optional<ArchiveMember> ArchiveMembers::next(const std::function<bool(const std::string&)>& wanted, std::uint64_t most) {
    const NamesInUtf8 names;
    auto& state = *state_;
    while (state.failure.empty()) {
        auto* entry = state.header();
        if (!entry) break;
        if (archive_entry_filetype(entry) != AE_IFREG) continue;
        if (++state.members > most_members) {
            state.failure = "the archive holds more than " + std::to_string(most_members) + " files: the rest was not read";
            break;
        }
        auto name = name_of_member(entry);
        ArchiveMember member{.name = name ? std::move(*name) : "(file " + std::to_string(state.members) + ", whose name cannot be read)"};
        const bool declared_too_large = archive_entry_size_is_set(entry) && archive_entry_size(entry) > static_cast<la_int64_t>(most);
        const bool is_wanted = wanted(member.name);
        if (!is_wanted && !declared_too_large) {
            state.pass_over(entry);
            return member;
        }
        if (archive_entry_is_encrypted(entry))
            member.why = "it is encrypted: unpack it first";
        else if (declared_too_large)
            member.why = "it is too large (more than " + std::to_string(most >> 20) + " MiB)";
        else
            member.why = state.read(member.bytes, most);
        if (!member.why.empty()) member.bytes = {}, state.spend(entry);
        return member;
    }
    return {};
}

}  // namespace photopsy
