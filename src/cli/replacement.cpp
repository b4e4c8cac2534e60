#include "cli/replacement.h"

#include "cli/file_system.h"

#include <cerrno>

namespace photopsy {

/// A second name for a file, one that nobody uses. 0 or an errno.
static int name_anew(const std::string& path, std::string& name) {
    static constexpr int most_tries = 1000;
    int reason = EEXIST;
    for (int i = 1; reason == EEXIST && i <= most_tries; ++i) {
        name = path + ".before" + (i > 1 ? "-" + std::to_string(i) : "");
        reason = name_again(path, name);
    }
    return reason;
}

Replacement::~Replacement() {
    for (const auto& file : files_)
        if (!file.temporary.empty()) remove_file(file.temporary);
}

void Replacement::add(std::string temporary, std::string path) { files_.push_back({std::move(temporary), std::move(path), "", false}); }

/// The first file keeps its name until the new one takes it; the others lose theirs before, so that no old one ever stands beside a new one.
int Replacement::set_aside(File& file, bool keeps_its_name) {
    if (overwrite_ == Overwrite::No || kind_of(file.path) == PlaceKind::Nothing) return 0;
    if (const int reason = name_anew(file.path, file.before)) {
        file.before.clear();
        return reason;
    }
    if (keeps_its_name) return 0;
    const int reason = remove_file(file.path);
    return reason == ENOENT ? 0 : reason;
}

int Replacement::put_in_place(File& file) {
    const int reason = overwrite_ == Overwrite::No ? rename_to_free_name(file.temporary, file.path) : rename_over(file.temporary, file.path);
    if (reason) return reason;
    file.temporary.clear();
    file.in_place = true;
    return 0;
}

void Replacement::put_back() {
    for (auto& file : files_) {
        if (!file.before.empty())
            rename_over(file.before, file.path);
        else if (file.in_place)
            remove_file(file.path);
        // Two names of one file: some systems leave both.
        if (!file.before.empty() && same_place(file.before, file.path)) remove_file(file.before);
    }
}

void Replacement::finish() {
    for (const auto& file : files_) sync_folder(folder_of(file.path));
    for (const auto& file : files_)
        if (!file.before.empty()) remove_file(file.before);
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
    const auto of_a = identity_of(a), of_b = identity_of(b);
    if (of_a && of_b) return of_a == of_b;
    if (name_of(a) != name_of(b)) return false;
    const auto folder = [](const std::string& path) { return identity_of(folder_of(path).empty() ? "." : folder_of(path)); };
    return folder(a) && folder(a) == folder(b);
}

}  // namespace photopsy
