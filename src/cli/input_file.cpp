#include "cli/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
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
    std::set<std::pair<dev_t, ino_t>> files;
};

FilesRead& files_read() {
    static FilesRead read;
    return read;
}

void remember(const struct stat& kind) {
    const std::lock_guard guard(files_read().lock);
    files_read().files.emplace(kind.st_dev, kind.st_ino);
}

Error unreadable(const std::string& path, std::string_view why) { return {"cannot read " + path + ": " + std::string(why)}; }

Error too_large(const std::string& path, std::size_t limit) {
    const bool whole_mib = limit % (std::size_t{1} << 20) == 0;
    return unreadable(path, "it is too large (more than " + (whole_mib ? std::to_string(limit >> 20) + " MiB)" : std::to_string(limit >> 10) + " KiB)"));
}

/// An open file that closes itself, standard input excepted.
class OpenFile {
public:
    explicit OpenFile(const std::string& path)
        : standard_(path == "-"), file_(standard_ ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    ~OpenFile() {
        if (!standard_ && file_ >= 0) ::close(file_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    int number() const { return file_; }
    bool is_standard_input() const { return standard_; }

private:
    bool standard_;
    int file_;
};

/// Waits until something can be read, or the time is over (negative: as long as it takes). False where the time was over.
bool wait_for_bytes(int file, int patience_ms) {
    pollfd pipe{.fd = file, .events = POLLIN, .revents = 0};
    return ::poll(&pipe, 1, patience_ms) != 0;
}

/// Why a thing of this kind is not read; "" where it is.
std::string_view unfit(const struct stat& kind, const OpenFile& file) {
    if (S_ISDIR(kind.st_mode)) return "it is a directory; give a dump file";
    return file.is_standard_input() || S_ISREG(kind.st_mode) || S_ISFIFO(kind.st_mode) ? "" : "it is a device; give a file";
}

/// Reads to the end, or to one byte more than `limit`; the errno of a failure, or 0.
int read_all(int file, std::size_t limit, std::vector<std::uint8_t>& bytes) {
    static constexpr std::size_t step = std::size_t{1} << 16;
    std::size_t size = 0;
    for (;;) {
        if (size == bytes.size()) bytes.resize(std::min(limit + 1, size + std::max(step, size / 4)));
        const auto got = ::read(file, bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EAGAIN) wait_for_bytes(file, -1);  // the other end of a pipe is slow
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0) return errno;
        size += static_cast<std::size_t>(got);
        if (got == 0 || size > limit) break;
    }
    bytes.resize(size);
    return 0;
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t limit) {
    const OpenFile file(path);
    if (file.number() < 0) return unreadable(path, errno == ENXIO ? "it is a device; give a file" : std::strerror(errno));
    struct stat kind {};
    if (::fstat(file.number(), &kind) != 0) return unreadable(path, std::strerror(errno));
    if (const auto why = unfit(kind, file); !why.empty()) return unreadable(path, why);
    const bool has_size = S_ISREG(kind.st_mode);
    if (has_size && static_cast<std::uint64_t>(kind.st_size) > limit) return too_large(path, limit);
    if (has_size) remember(kind);
    static constexpr int patience_ms = 2000;
    const bool nobody_writes = S_ISFIFO(kind.st_mode) && !file.is_standard_input() && !wait_for_bytes(file.number(), patience_ms);
    std::vector<std::uint8_t> bytes(has_size ? static_cast<std::size_t>(kind.st_size) + 1 : 0);
    if (const int reason = read_all(file.number(), limit, bytes)) return unreadable(path, std::strerror(reason));
    if (bytes.size() > limit) return too_large(path, limit);
    if (nobody_writes && bytes.empty()) return unreadable(path, "it is a pipe, and nothing writes to it");
    return bytes;
}

bool was_read(const std::string& path) {
    struct stat kind {};
    if (::stat(path.c_str(), &kind) != 0) return false;
    const std::lock_guard guard(files_read().lock);
    return files_read().files.count({kind.st_dev, kind.st_ino}) > 0;
}

void forget_what_was_read() {
    const std::lock_guard guard(files_read().lock);
    files_read().files.clear();
}

}  // namespace photopsy
