// In Node an archive is read whole first: the libraries are the page's, which open no file.
#include "cli/archive_file.h"
#include "cli/input_file.h"

namespace photopsy {

std::unique_ptr<ArchiveMembers> open_archive_file(const std::string& path, std::uint64_t most) {
    static constexpr std::size_t largest = std::size_t{256} << 20;
    auto bytes = read_file(path, largest);
    return bytes ? ArchiveMembers::open_bytes(std::move(*bytes), most) : nullptr;
}

}  // namespace photopsy
