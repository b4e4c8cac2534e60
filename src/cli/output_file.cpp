#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace photopsy {

namespace {

std::string sentence(const std::string& path, int reason) { return "cannot write " + path + ": " + std::strerror(reason); }

/// Writes all of it to an open file and closes it; the errno of the first failure, or 0.
int write_and_close(int file, std::string_view bytes, bool sync) {
    int reason = 0;
    while (!bytes.empty() && reason == 0) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            reason = errno;
    }
    if (reason == 0 && sync && ::fsync(file) != 0 && errno != EINVAL && errno != EROFS) reason = errno;
    if (::close(file) != 0 && reason == 0) reason = errno;
    return reason;
}

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// Gives the finished temporary file its name. 0 or an errno; EEXIST where the name is taken and must stay.
int give_name(const std::string& temporary, const std::string& path, Overwrite overwrite) {
    if (overwrite == Overwrite::Yes) return std::rename(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
    // link() fails where the name exists, even if it came to be a moment ago.
    if (::link(temporary.c_str(), path.c_str()) == 0) return ::unlink(temporary.c_str()) == 0 ? 0 : errno;
    if (errno == EEXIST) return EEXIST;
    struct stat existing {};  // file systems without hard links (a camera's card)
    if (::lstat(path.c_str(), &existing) == 0) return EEXIST;
    return std::rename(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
}

void sync_directory(const std::string& path) {
    const int directory = ::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

std::string taken(const std::string& path) { return path + " exists already; give --force to overwrite it, or another name"; }

/// Why a thing that is there already may not be replaced; nothing if it may.
std::optional<std::string> refusal(const std::string& path, const struct stat& existing, Overwrite overwrite) {
    if (S_ISLNK(existing.st_mode)) return path + " is a symbolic link; photopsy does not write through links, give the name of the file itself";
    if (S_ISDIR(existing.st_mode)) return path + " is a directory; give the name of a file";
    if (!S_ISREG(existing.st_mode)) return path + " is no file that can be written";
    if (overwrite == Overwrite::No) return taken(path);
    return {};
}

}  // namespace

std::optional<std::string> refused_output(const std::string& path, Overwrite overwrite) {
    struct stat existing {};
    if (::lstat(path.c_str(), &existing) != 0 || S_ISCHR(existing.st_mode) || S_ISFIFO(existing.st_mode)) return {};
    return refusal(path, existing, overwrite);
}

std::optional<std::string> write_output(const std::string& path, std::string_view bytes, Overwrite overwrite, unsigned mode) {
    struct stat existing {};
    if (::lstat(path.c_str(), &existing) == 0) {
        if (S_ISCHR(existing.st_mode) || S_ISFIFO(existing.st_mode)) {
            const int device = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
            const int reason = device < 0 ? errno : write_and_close(device, bytes, false);
            return reason ? std::optional(sentence(path, reason)) : std::nullopt;
        }
        if (auto refused = refusal(path, existing, overwrite)) return refused;
    }
    const auto temporary = path + ".photopsy-" + std::to_string(::getpid());
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, static_cast<mode_t>(mode));
    if (file < 0) return sentence(path, errno);
    int reason = write_and_close(file, bytes, true);
    if (reason == 0) reason = give_name(temporary, path, overwrite);
    if (reason == 0) {
        sync_directory(path);
        return {};
    }
    ::unlink(temporary.c_str());
    return reason == EEXIST ? taken(path) : sentence(path, reason);
}

std::optional<std::string> write_output(const std::string& path, ByteView bytes, Overwrite overwrite, unsigned mode) {
    return write_output(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), overwrite, mode);
}

}  // namespace photopsy
