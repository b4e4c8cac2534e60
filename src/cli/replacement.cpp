#include "cli/replacement.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>

namespace photopsy {

namespace {

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

bool name_is_taken(const std::string& path) {
    struct stat existing {};
    return ::lstat(path.c_str(), &existing) == 0;
}

void sync_directory(const std::string& path) {
    const int directory = ::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
}

/// A second name for a file, one that nobody uses; on file systems without hard links (a camera's card) the only one from then on. 0 or an errno.
int name_anew(const std::string& path, std::string& name) {
    static constexpr int most_tries = 1000;
    for (int i = 1; i <= most_tries; ++i) {
        name = path + ".before" + (i > 1 ? "-" + std::to_string(i) : "");
        if (::link(path.c_str(), name.c_str()) == 0) return 0;
        if (errno == EEXIST || name_is_taken(name)) continue;
        return std::rename(path.c_str(), name.c_str()) == 0 ? 0 : errno;
    }
    return EEXIST;
}

bool same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

}  // namespace

Replacement::~Replacement() {
    for (const auto& file : files_)
        if (!file.temporary.empty()) ::unlink(file.temporary.c_str());
}

void Replacement::add(std::string temporary, std::string path) { files_.push_back({std::move(temporary), std::move(path), "", false}); }

/// The first file keeps its name until the new one takes it; the others lose theirs before, so that no old one ever stands beside a new one.
int Replacement::set_aside(File& file, bool keeps_its_name) {
    if (overwrite_ == Overwrite::No || !name_is_taken(file.path)) return 0;
    if (const int reason = name_anew(file.path, file.before)) {
        file.before.clear();
        return reason;
    }
    return keeps_its_name || ::unlink(file.path.c_str()) == 0 || errno == ENOENT ? 0 : errno;
}

int Replacement::put_in_place(File& file) {
    if (overwrite_ != Overwrite::No) {
        if (std::rename(file.temporary.c_str(), file.path.c_str()) != 0) return errno;
    } else if (::link(file.temporary.c_str(), file.path.c_str()) == 0) {
        // link() fails where the name exists, even if it came to be a moment ago.
        ::unlink(file.temporary.c_str());
    } else if (errno == EEXIST || name_is_taken(file.path)) {
        return EEXIST;
    } else if (std::rename(file.temporary.c_str(), file.path.c_str()) != 0) {  // file systems without hard links
        return errno;
    }
    file.temporary.clear();
    file.in_place = true;
    return 0;
}

void Replacement::put_back() {
    for (auto& file : files_) {
        if (!file.before.empty())
            std::rename(file.before.c_str(), file.path.c_str());
        else if (file.in_place)
            ::unlink(file.path.c_str());
        // Two names of one file: rename() leaves both.
        if (!file.before.empty() && same_place(file.before, file.path)) ::unlink(file.before.c_str());
    }
}

void Replacement::finish() {
    for (const auto& file : files_) sync_directory(file.path);
    for (const auto& file : files_)
        if (!file.before.empty()) ::unlink(file.before.c_str());
}

std::optional<Replacement::Failure> Replacement::carry_out() {
    const auto failed = [&](const File& file, int reason) {
        put_back();
        return Failure{file.path, reason};
    };
    if (set_aside_ == SetAside::Yes)
        for (auto& file : files_)
            if (const int reason = set_aside(file, &file == &files_.front())) return failed(file, reason);
    for (auto& file : files_)
        if (const int reason = put_in_place(file)) return failed(file, reason);
    finish();
    return {};
}

bool same_place(const std::string& a, const std::string& b) {
    struct stat of_a {
    }, of_b{};
    if (::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0) return same_file(of_a, of_b);
    const auto name_of = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
    if (name_of(a) != name_of(b)) return false;
    return ::stat(directory_of(a).c_str(), &of_a) == 0 && ::stat(directory_of(b).c_str(), &of_b) == 0 && same_file(of_a, of_b);
}

}  // namespace photopsy
