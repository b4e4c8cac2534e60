#pragma once
// Files of reports, one a line, as `triage -o` keeps and goes on from them.
#include "cli/file_system.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace photopsy {

/// Calls with each whole line, without its end, and where it begins; what a run that was killed left behind the last end is passed over.
template <class Take>
void for_each_line(const ReadableFile& file, Take take) {
    constexpr std::size_t step = std::size_t{1} << 16;
    std::string held;
    for (std::uint64_t at = 0;;) {  // of the first byte held
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = held.find('\n', begin)) != std::string::npos; begin = end + 1)
            take(std::string_view(held).substr(begin, end - begin), at + begin);
        held.erase(0, begin);
        at += begin;
        const auto size = held.size();
        held.resize(size + step);
        const auto got = file.read_at(at + size, {reinterpret_cast<std::uint8_t*>(held.data()) + size, step});
        if (got <= 0) break;
        held.resize(size + static_cast<std::size_t>(got));
    }
}

/// What stands behind the name of a file that is being written: ".photopsy-", the number of the process, "-", a number.
std::string unfinished_name(const std::string& path, unsigned number);
/// True for such a name of a file of this name.
bool is_unfinished_name_of(std::string_view name, std::string_view of);

/// The lines of an older and of a newer file in one: of each path what the newer one says of it, and that once. Written to `path`, in one step. Lines that
/// are no reports are left out. 0 or an errno.
int merge_lines(const std::string& older, const std::string& newer, const std::string& path);

}  // namespace photopsy
