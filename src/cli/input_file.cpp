#include "cli/input_file.h"

#include "cli/file_system.h"
#include "cli/host.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>

namespace photopsy {

namespace {

/// Several workers read at the same time.
struct FilesRead {
    std::mutex lock;
    std::set<std::pair<std::uint64_t, std::uint64_t>> files;
};

FilesRead& files_read() {
    static FilesRead read;
    return read;
}

Error unreadable(const std::string& path, std::string_view why) { return {"cannot read " + path + ": " + std::string(why)}; }

Error too_large(const std::string& path, std::size_t limit) {
    const bool whole_mib = limit % (std::size_t{1} << 20) == 0;
    return unreadable(path, "it is too large (more than " + (whole_mib ? std::to_string(limit >> 20) + " MiB)" : std::to_string(limit >> 10) + " KiB)"));
}

/// Why a thing of this kind is not read; "" where it is.
std::string_view unfit(const ReadableFile& file) {
    if (file.kind() == PlaceKind::Folder) return "it is a directory; give a dump file";
    return file.is_standard_input() || file.kind() == PlaceKind::File || file.kind() == PlaceKind::Pipe ? "" : "it is a device; give a file";
}

void make_room(std::vector<std::uint8_t>& bytes, std::size_t size) {
    bytes.reserve(size);
    take_pages_at_once(bytes.data(), size);
}

/// Reads to the end, or to one byte more than `limit`; the errno of a failure, or 0. Step by step: what a vector zeroes in front of each read is then still in
/// the processor's cache.
int read_all(const ReadableFile& file, std::size_t limit, std::vector<std::uint8_t>& bytes) {
    static constexpr std::size_t step = std::size_t{1} << 17;
    std::size_t size = 0;
    for (;;) {
        const auto more = size + std::max(step, size / 4);
        if (size == bytes.size()) bytes.resize(std::min({limit + 1, more, bytes.capacity() > size ? bytes.capacity() : more}));
        const auto got = file.read(std::span(bytes).subspan(size));
        if (got == -EAGAIN) file.wait(-1);  // the other end of a pipe is slow
        if (got == -EAGAIN) continue;
        if (got < 0) return static_cast<int>(-got);
        size += static_cast<std::size_t>(got);
        if (got == 0 || size > limit) break;
    }
    bytes.resize(size);
    return 0;
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t limit) {
    const ReadableFile file(path);
    if (file.reason()) return unreadable(path, file.reason() == ENXIO ? "it is a device; give a file" : std::strerror(file.reason()));
    if (const auto why = unfit(file); !why.empty()) return unreadable(path, why);
    const bool has_size = file.kind() == PlaceKind::File;
    if (has_size && file.size() > limit) return too_large(path, limit);
    remember_as_read(file);
    static constexpr int patience_ms = 2000;
    const bool nobody_writes = file.kind() == PlaceKind::Pipe && !file.is_standard_input() && !file.wait(patience_ms);
    std::vector<std::uint8_t> bytes;
    if (has_size) make_room(bytes, static_cast<std::size_t>(file.size()) + 1);
    if (const int reason = read_all(file, limit, bytes)) return unreadable(path, std::strerror(reason));
    if (bytes.size() > limit) return too_large(path, limit);
    if (nobody_writes && bytes.empty()) return unreadable(path, "it is a pipe, and nothing writes to it");
    return bytes;
}

void remember_as_read(const ReadableFile& file) {
    if (!file.identity()) return;
    const std::lock_guard guard(files_read().lock);
    files_read().files.emplace(file.identity()->volume, file.identity()->file);
}

bool was_read(const std::string& path) {
    const auto identity = identity_of(path);
    const std::lock_guard guard(files_read().lock);
    return identity && files_read().files.count({identity->volume, identity->file}) > 0;
}

void forget_what_was_read() {
    const std::lock_guard guard(files_read().lock);
    files_read().files.clear();
}

}  // namespace photopsy
