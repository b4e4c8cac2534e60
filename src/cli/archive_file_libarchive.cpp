#include "cli/archive_file.h"
#include "cli/file_system.h"
#include "cli/input_file.h"

#include <archive.h>

#include <algorithm>

namespace photopsy {

static std::vector<std::uint8_t> head_of_archive(const std::string& path) {
    static constexpr std::size_t enough = 512;
    const ReadableFile file(path);
    remember_as_read(file);
    std::vector<std::uint8_t> head(enough);
    const auto got = file.reason() ? -1 : file.read(head);
    head.resize(static_cast<std::size_t>(std::max<std::int64_t>(got, 0)));
    return head;
}

std::unique_ptr<ArchiveMembers> open_archive_file(const std::string& path, std::uint64_t most) {
    static constexpr std::size_t block = 1 << 16;
    return ArchiveMembers::open_with(
        head_of_archive(path), [&](archive* reader) { return archive_read_open_filename(reader, path.c_str(), block); }, most);
}

}  // namespace photopsy
