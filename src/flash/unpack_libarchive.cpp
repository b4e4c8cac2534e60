// Takes dumps out of what people send them in. Each format and filter is enabled by its own call, so that a static build carries no other.
#include "flash/capture.h"
#include "flash/container_checks.h"
#include "flash/member_names.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace photopsy {

namespace {

struct Packing {
    std::string_view name;
    std::array<std::uint8_t, 6> magic;
    std::size_t magic_length;
    int (*enable)(archive*);
    bool holds_files;  ///< an archive with named members; otherwise one packed stream
};

constexpr Packing packings[] = {
    {"gzip", {0x1F, 0x8B}, 2, archive_read_support_filter_gzip, false},
    {"xz", {0xFD, '7', 'z', 'X', 'Z', 0}, 6, archive_read_support_filter_xz, false},
    {"zstd", {0x28, 0xB5, 0x2F, 0xFD}, 4, archive_read_support_filter_zstd, false},
    {"zip", {'P', 'K', 3, 4}, 4, archive_read_support_format_zip, true},
    {"7z", {'7', 'z', 0xBC, 0xAF, 0x27, 0x1C}, 6, archive_read_support_format_7zip, true},
};

const Packing* packing_of(ByteView bytes) {
    for (const auto& packing : packings)
        if (bytes.size() >= packing.magic_length && std::equal(packing.magic.begin(), packing.magic.begin() + packing.magic_length, bytes.begin()))
            return &packing;
    return nullptr;
}

struct Close {
    void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reading = std::unique_ptr<archive, Close>;

std::string base_name(std::string_view path) {
    const auto slash = path.find_last_of("/\\");
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

/// "dump.bin.gz" without its last suffix, where that suffix is the packing's own.
std::string without_suffix(const std::string& name) {
    for (std::string_view suffix : {".gz", ".xz", ".zst"})
        if (name.size() > suffix.size() && name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
    return name;
}

Error broken(std::string_view name, const Packing& packing, std::string_view what) {
    return Error{fmt::format("{}: the {} container {}.", name, packing.name, what)};
}

/// How much a member looks like a dump: size first, then name. Larger is better.
int likeness(const Unpacked& member) {
    const auto size = member.bytes.size();
    int points = 0;
    if (size == 0x100000 || size == 0x100010)
        points += 8;
    else if (size >= 0x4000 && size <= 0x400000)
        points += 4;
    for (std::string_view suffix : {".bin", ".dfu", ".hex", ".BIN", ".DFU", ".HEX"})
        if (member.name.ends_with(suffix)) points += 2;
    return points;
}

bool better(const Unpacked& candidate, const Unpacked& best) {
    const int a = likeness(candidate), b = likeness(best);
    return a != b ? a > b : candidate.bytes.size() > best.bytes.size();
}

/// Two dumps of one size with other bytes: which of them is meant, nobody can tell. "" where they are no such pair.
std::string contradiction_of(const Unpacked& read, const Unpacked& other) {
    constexpr int like_a_dump = 4;
    if (read.bytes.size() != other.bytes.size() || read.bytes == other.bytes || std::min(likeness(read), likeness(other)) < like_a_dump) return "";
    std::size_t different = 0;
    for (std::size_t i = 0; i < read.bytes.size(); ++i) different += read.bytes[i] != other.bytes[i];
    return fmt::format("the archive holds two dumps of {} bytes, {} and {}, that differ in {} of them; only {} was looked at", read.bytes.size(), read.name,
                       other.name, different, read.name);
}

/// Keeps the likelier of two members, and what is to be said of the other.
void choose(Unpacked& best, Unpacked member) {
    const auto members = best.members + 1;
    if (members == 1 || better(member, best)) std::swap(best, member);
    best.members = members;
    if (members == 1) return;
    auto contradiction = contradiction_of(best, member);
    if (!contradiction.empty()) best.contradiction = std::move(contradiction);
}

/// Appends the current member to `into`. False where the archive is broken; stops with `too_large` set where `budget` runs out.
bool read_member(archive* reader, std::vector<std::uint8_t>& into, std::uint64_t& budget, bool& too_large) {
    std::array<std::uint8_t, 1 << 16> chunk;
    for (;;) {
        const auto got = archive_read_data(reader, chunk.data(), chunk.size());
        if (got == 0) return true;
        if (got < 0) return false;
        if (static_cast<std::uint64_t>(got) > budget) {
            too_large = true;
            return true;
        }
        budget -= static_cast<std::uint64_t>(got);
        into.insert(into.end(), chunk.begin(), chunk.begin() + got);
    }
}

bool is_dump_candidate(archive_entry* entry, const Packing& packing, std::string& name) {
    if (!packing.holds_files) return true;
    if (archive_entry_filetype(entry) != AE_IFREG) return false;
    const auto path = name_of_member(entry).value_or("");
    name = base_name(path);
    return !name.starts_with('.') && path.find("__MACOSX") == std::string::npos;
}

Result<Unpacked> open_gzip(ByteView bytes, const std::string& name, const Packing& packing, std::uint64_t most) {
    auto opened = unpack_gzip(bytes, most);
    if (!opened) return broken(name, packing, opened.error().message);
    return Unpacked{.name = without_suffix(name), .container = std::string(packing.name), .bytes = std::move(*opened)};
}

Result<Unpacked> open_container(ByteView bytes, const std::string& name, const Packing& packing, std::uint64_t most) {
    if (packing.name == "gzip") return open_gzip(bytes, name, packing, most);
    if (const auto why = stray_bytes(bytes); !why.empty()) return broken(name, packing, why);
    const NamesInUtf8 names;
    const Reading reader(archive_read_new());
    packing.enable(reader.get());
    if (!packing.holds_files) archive_read_support_format_raw(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return broken(name, packing, "cannot be opened: it is damaged");

    Unpacked best{.members = 0};
    std::uint64_t budget = most;
    archive_entry* entry = nullptr;
    int status = ARCHIVE_OK;
    while ((status = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
        Unpacked member{.name = without_suffix(name)};
        if (!is_dump_candidate(entry, packing, member.name)) continue;
        if (archive_entry_is_encrypted(entry)) return broken(name, packing, "is encrypted: unpack it first");
        bool too_large = false;
        if (!read_member(reader.get(), member.bytes, budget, too_large)) return broken(name, packing, "is damaged: it cannot be unpacked to its end");
        if (too_large) return broken(name, packing, fmt::format("unpacks to more than {} MiB, which no dump needs", most >> 20));
        choose(best, std::move(member));
    }
    if (archive_read_has_encrypted_entries(reader.get()) > 0) return broken(name, packing, "is encrypted: unpack it first");
    if (status != ARCHIVE_EOF) return broken(name, packing, "is damaged: it cannot be unpacked");
    if (best.members == 0) return broken(name, packing, "holds no file");
    best.container = packing.name;
    return best;
}

}  // namespace

Result<Unpacked> unpack(std::vector<std::uint8_t> bytes, std::string name) { return unpack_at_most(std::move(bytes), std::move(name), max_unpacked_size); }

Result<Unpacked> unpack_at_most(std::vector<std::uint8_t> bytes, std::string name, std::uint64_t most) {
    Unpacked outer{.name = std::move(name), .bytes = std::move(bytes)};
    const auto* packing = packing_of(outer.bytes);
    if (!packing) return outer;
    auto opened = open_container(outer.bytes, outer.name, *packing, most);
    if (!opened) return opened;
    const auto* nested = packing_of(opened->bytes);
    if (!nested) return opened;
    auto inner = open_container(opened->bytes, opened->name, *nested, most);
    if (!inner) return inner;
    inner->container = opened->container + "+" + inner->container;
    inner->members = opened->members;
    if (inner->contradiction.empty()) inner->contradiction = std::move(opened->contradiction);
    return inner;
}

}  // namespace photopsy
