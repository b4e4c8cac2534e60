#include "cli/output_file.h"

#include "cli/input_file.h"
#include "cli/replacement.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace photopsy {

namespace {

std::string sentence(const std::string& path, int reason) { return "cannot write " + path + ": " + std::strerror(reason); }

enum class Sync { No, Yes };

/// Writes all of it to an open file and closes it; the errno of the first failure, or 0.
int write_and_close(int file, std::string_view bytes, Sync sync) {
    int reason = 0;
    while (!bytes.empty() && reason == 0) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            reason = errno;
    }
    if (reason == 0 && sync == Sync::Yes && ::fsync(file) != 0 && errno != EINVAL && errno != EROFS) reason = errno;
    if (::close(file) != 0 && reason == 0) reason = errno;
    return reason;
}

std::string taken(const std::string& path) { return path + " exists already; give --force to overwrite it, or another name"; }

bool is_written_to_directly(const std::string& path) {
    struct stat existing {};
    return ::lstat(path.c_str(), &existing) == 0 && (S_ISCHR(existing.st_mode) || S_ISFIFO(existing.st_mode));
}

/// Opens a device or a named pipe. Who reads from the pipe may come two seconds later, no more; -1 and errno otherwise.
int open_directly(const std::string& path) {
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

std::optional<std::string> write_directly(const OutputFile& output) {
    const int device = open_directly(output.path);
    if (device < 0 && errno == ENXIO) return "cannot write " + output.path + ": it is a pipe, and nobody reads from it";
    const int reason = device < 0 ? errno : write_and_close(device, output.bytes, Sync::No);
    return reason ? std::optional(sentence(output.path, reason)) : std::nullopt;
}

/// The finished file under a name that nobody uses. What a process that died has left is no obstacle, with the same process number too.
int write_temporary(const OutputFile& output, std::string& name) {
    static constexpr int most_tries = 1000;
    int file = -1;
    for (int i = 0; file < 0 && i < most_tries; ++i) {
        name = output.path + ".photopsy-" + std::to_string(::getpid()) + (i ? "-" + std::to_string(i) : "");
        file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, static_cast<mode_t>(output.mode));
        if (file < 0 && errno != EEXIST) return errno;
    }
    if (file < 0) return EEXIST;
    const int reason = write_and_close(file, output.bytes, Sync::Yes);
    if (reason) ::unlink(name.c_str());
    return reason;
}

std::optional<std::string> refused_set(const std::vector<OutputFile>& outputs, Overwrite overwrite) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (auto refused = refused_output(outputs[i].path, overwrite)) return refused;
        for (std::size_t earlier = 0; earlier < i; ++earlier)
            if (same_place(outputs[i].path, outputs[earlier].path) && !is_written_to_directly(outputs[i].path))
                return outputs[earlier].path + " and " + outputs[i].path + " are one file; two are to be written";
    }
    return {};
}

}  // namespace

std::optional<std::string> refused_output(const std::string& path, Overwrite overwrite) {
    struct stat existing {};
    if (::lstat(path.c_str(), &existing) != 0 || S_ISCHR(existing.st_mode) || S_ISFIFO(existing.st_mode)) return {};
    if (S_ISLNK(existing.st_mode)) return path + " is a symbolic link; photopsy does not write through links, give the name of the file itself";
    if (S_ISDIR(existing.st_mode)) return path + " is a directory; give the name of a file";
    if (!S_ISREG(existing.st_mode)) return path + " is no file that can be written";
    if (overwrite != Overwrite::Renew && was_read(path)) return path + " is a file that was read for this: it is never overwritten, give another name";
    if (overwrite == Overwrite::No) return taken(path);
    return {};
}

std::optional<std::string> write_together(const std::vector<OutputFile>& outputs, Overwrite overwrite) {
    if (auto refused = refused_set(outputs, overwrite)) return refused;
    Replacement replacement(overwrite, outputs.size() > 1 ? SetAside::Yes : SetAside::No);
    for (const auto& output : outputs) {
        if (is_written_to_directly(output.path)) continue;
        std::string temporary;
        if (const int reason = write_temporary(output, temporary)) return sentence(output.path, reason);
        replacement.add(temporary, output.path);
    }
    if (const auto failed = replacement.carry_out()) return failed->reason == EEXIST ? taken(failed->path) : sentence(failed->path, failed->reason);
    for (const auto& output : outputs)
        if (is_written_to_directly(output.path))
            if (auto failure = write_directly(output)) return failure;
    return {};
}

std::optional<std::string> write_output(const std::string& path, std::string_view bytes, Overwrite overwrite, unsigned mode) {
    return write_together({{path, bytes, mode}}, overwrite);
}

std::optional<std::string> write_output(const std::string& path, ByteView bytes, Overwrite overwrite, unsigned mode) {
    return write_output(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), overwrite, mode);
}

}  // namespace photopsy
