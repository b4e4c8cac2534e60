#include "cli/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace photopsy {

namespace {

std::vector<std::pair<dev_t, ino_t>>& files_read() {
    static std::vector<std::pair<dev_t, ino_t>> files;
    return files;
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
    if (has_size) files_read().emplace_back(kind.st_dev, kind.st_ino);
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
    const auto& files = files_read();
    return std::find(files.begin(), files.end(), std::pair(kind.st_dev, kind.st_ino)) != files.end();
}

void forget_what_was_read() { files_read().clear(); }

}  // namespace photopsy
