#include "cli/input.h"

#include "cli/capture_record.h"

#include <sys/stat.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace photopsy {

static constexpr std::size_t largest_file = 256u << 20;

static Error unreadable(const std::string& path, std::string_view why) { return {"cannot read " + path + ": " + std::string(why)}; }

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t limit) {
    const bool standard = path == "-";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(standard ? stdin : std::fopen(path.c_str(), "rb"),
                                                               standard ? [](std::FILE*) { return 0; } : &std::fclose);
    if (!file) return unreadable(path, std::strerror(errno));
    struct stat kind {};
    if (::fstat(::fileno(file.get()), &kind) == 0 && S_ISDIR(kind.st_mode)) return unreadable(path, "it is a directory; give a dump file");
    std::vector<std::uint8_t> bytes(kind.st_size > 0 && !standard ? static_cast<std::size_t>(kind.st_size) : 1u << 16);
    std::size_t size = 0;
    if (bytes.size() > limit) return unreadable(path, "it is too large (more than " + std::to_string(limit >> 10) + " KiB)");
    for (;;) {
        const auto got = std::fread(bytes.data() + size, 1, bytes.size() - size, file.get());
        size += got;
        if (got == 0) break;
        if (size > limit) return unreadable(path, "it is too large (more than " + std::to_string(limit >> 10) + " KiB)");
        if (size == bytes.size()) bytes.resize(size + (std::size_t{1} << 16));
    }
    if (std::ferror(file.get())) return unreadable(path, std::strerror(errno));
    bytes.resize(size);
    return bytes;
}

static std::string base_name(const std::string& path) {
    if (path == "-") return "standard input";
    return path.substr(path.rfind('/') + 1);
}

Result<Dump> read_dump(const std::string& path, const Layout* asked) {
    auto bytes = read_file(path, largest_file);
    if (!bytes) return bytes.error();
    auto unpacked = unpack(std::move(*bytes), base_name(path));
    if (!unpacked) return unpacked.error();
    const Layout& layout = asked ? *asked : layout_for(unpacked->bytes);
    Dump dump{recognize(unpacked->bytes, unpacked->name, unpacked->container, layout), &layout};
    if (unpacked->members > 1)
        dump.capture.remarks.push_back("the archive holds " + std::to_string(unpacked->members) + " files; " + unpacked->name + " was read");
    attach_record(path, dump.capture);
    return dump;
}

}  // namespace photopsy
