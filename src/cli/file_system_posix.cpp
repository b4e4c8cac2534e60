#include "cli/file_system.h"

#include "cli/writable_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace photopsy {

namespace {

PlaceKind kind_from(const struct stat& status) {
    if (S_ISREG(status.st_mode)) return PlaceKind::File;
    if (S_ISDIR(status.st_mode)) return PlaceKind::Folder;
    if (S_ISLNK(status.st_mode)) return PlaceKind::Link;
    if (S_ISCHR(status.st_mode)) return PlaceKind::Device;
    if (S_ISFIFO(status.st_mode)) return PlaceKind::Pipe;
    return S_ISSOCK(status.st_mode) ? PlaceKind::Socket : PlaceKind::Other;
}

FileIdentity identity_from(const struct stat& status) { return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)}; }

/// Opens a device or a named pipe. Who reads from the pipe may come two seconds later, no more; -1 and errno otherwise.
int open_device(const std::string& path) {
    constexpr int tries = 40, pause_ms = 50;
    int file = -1;
    for (int i = 0; i < tries && file < 0; ++i) {
        file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (file < 0 && errno != ENXIO) return -1;
        if (file < 0) ::poll(nullptr, 0, pause_ms), errno = ENXIO;
    }
    if (file >= 0) ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) & ~O_NONBLOCK);
    return file;
}

}  // namespace

PlaceKind kind_of(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? kind_from(status) : PlaceKind::Nothing;
}

PlaceKind kind_at_end_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? kind_from(status) : PlaceKind::Nothing;
}

std::optional<std::uint64_t> size_of_file(const std::string& path) {
    struct stat status {};
    const bool is_file = ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    return is_file ? std::optional(static_cast<std::uint64_t>(status.st_size)) : std::nullopt;
}

std::optional<FileIdentity> identity_of(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? std::optional(identity_from(status)) : std::nullopt;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }
std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
bool can_write_into(const std::string& folder) { return ::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0; }

int write_new_file(const std::string& path, std::string_view bytes, unsigned mode) {
    WritableFile file(path, WritableFile::As::New, mode);
    if (file.reason()) return file.reason();
    int reason = file.write(bytes);
    if (reason == 0) reason = file.to_medium();
    if (const int closed = file.close(); reason == 0) reason = closed;
    if (reason) ::unlink(path.c_str());
    return reason;
}

std::string_view kept_private_by() { return "mode 0600"; }

int write_to_device(const std::string& path, std::string_view bytes) {
    const int device = open_device(path);
    if (device < 0) return errno;
    WritableFile file(device);
    const int reason = file.write(bytes);
    const int closed = file.close();
    return reason ? reason : closed;
}

int rename_over(const std::string& from, const std::string& to) { return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno; }

int rename_to_free_name(const std::string& from, const std::string& to) {
    // link() fails where the name exists, even if it came to be a moment ago.
    if (::link(from.c_str(), to.c_str()) == 0) {
        ::unlink(from.c_str());
        return 0;
    }
    if (errno == EEXIST || kind_of(to) != PlaceKind::Nothing) return EEXIST;
    return rename_over(from, to);  // file systems without hard links (a camera's card)
}

int name_again(const std::string& path, const std::string& name) {
    if (::link(path.c_str(), name.c_str()) == 0) return 0;
    if (errno == EEXIST || kind_of(name) != PlaceKind::Nothing) return EEXIST;
    return rename_over(path, name);
}

int remove_file(const std::string& path) { return ::unlink(path.c_str()) == 0 ? 0 : errno; }

void sync_folder(const std::string& folder) {
    const int directory = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

std::uint64_t process_number() { return static_cast<std::uint64_t>(::getpid()); }

ReadableFile::ReadableFile(const std::string& path, Links links) : standard_input_(path == "-") {
    const int no_link = links == Links::Refused ? O_NOFOLLOW : 0;
    file_ = standard_input_ ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | no_link);
    struct stat status {};
    if (file_ < 0 || ::fstat(static_cast<int>(file_), &status) != 0) {
        reason_ = errno;
        return;
    }
    kind_ = kind_from(status);
    if (kind_ != PlaceKind::File) return;
    size_ = static_cast<std::uint64_t>(status.st_size);
    identity_ = identity_from(status);
}

ReadableFile::~ReadableFile() {
    if (!standard_input_ && file_ >= 0) ::close(static_cast<int>(file_));
}

bool ReadableFile::wait(int milliseconds) const {
    pollfd pipe{.fd = static_cast<int>(file_), .events = POLLIN, .revents = 0};
    return ::poll(&pipe, 1, milliseconds) != 0;
}

std::int64_t ReadableFile::read(std::span<std::uint8_t> room) const {
    for (;;) {
        const auto got = ::read(static_cast<int>(file_), room.data(), room.size());
        if (got >= 0) return got;
        if (errno != EINTR) return -static_cast<std::int64_t>(errno);
    }
}

std::int64_t ReadableFile::read_at(std::uint64_t offset, std::span<std::uint8_t> room) const {
    for (;;) {
        const auto got = ::pread(static_cast<int>(file_), room.data(), room.size(), static_cast<off_t>(offset));
        if (got >= 0) return got;
        if (errno != EINTR) return -static_cast<std::int64_t>(errno);
    }
}

WritableFile::WritableFile(const std::string& path, As as, unsigned mode) {
    const int how = as == As::New ? O_EXCL : O_APPEND;
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | how, static_cast<mode_t>(mode));
    if (file_ < 0) reason_ = errno;
}

WritableFile::~WritableFile() { close(); }

bool WritableFile::is_ours_alone() const { return ::flock(static_cast<int>(file_), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

int WritableFile::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto written = ::write(static_cast<int>(file_), bytes.data(), bytes.size());
        if (written >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

int WritableFile::to_medium() const { return ::fsync(static_cast<int>(file_)) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno; }

int WritableFile::close() {
    if (file_ < 0) return 0;
    return ::close(static_cast<int>(std::exchange(file_, -1))) == 0 ? 0 : errno;
}

}  // namespace photopsy
