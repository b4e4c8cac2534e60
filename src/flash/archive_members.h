#pragma once
// Archives with many members, read once from begin to end, one member in memory at a time.
#include "base/bytes.h"
#include "base/result.h"
#include "flash/capture.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct archive;  // libarchive's

namespace photopsy {

struct ArchiveMember {
    std::string name;  ///< as the archive has it: a path, a stranger's text
    std::string why;   ///< why its bytes are not here; "" where they are
    std::vector<std::uint8_t> bytes;
};

class ArchiveMembers {
public:
    /// The archive in these bytes: .zip, .7z, .tar, and any of them packed with gzip, xz or zstd. Null where it is none; a packed single file is none. A
    /// packed .zip or .7z is unpacked into memory, where it has no more than `most` bytes.
    static std::unique_ptr<ArchiveMembers> open_bytes(std::vector<std::uint8_t> bytes, std::uint64_t most = max_unpacked_size);
    /// The same, and the bytes stay with their owner where they are none.
    static std::unique_ptr<ArchiveMembers> take_bytes(std::vector<std::uint8_t>& bytes);
    /// The same of bytes that stay where they are until the archive is read.
    static std::unique_ptr<ArchiveMembers> open_view(ByteView bytes, std::uint64_t most = max_unpacked_size);
    /// The same, opened in another way: `head` is its first 512 bytes, `open` opens a reader of libarchive and gives libarchive's status.
    static std::unique_ptr<ArchiveMembers> open_with(ByteView head, const std::function<int(archive*)>& open, std::uint64_t most = max_unpacked_size);
    /// False where the first bytes already say that it is none.
    static bool may_be(ByteView bytes);
    ~ArchiveMembers();

    /// The next regular file in it. Members of more than `most` bytes and encrypted ones come with the reason. Nothing at the end.
    std::optional<ArchiveMember> next(std::uint64_t most = max_unpacked_size);
    /// The same; of a member whose name is not wanted, the name alone.
    std::optional<ArchiveMember> next(const std::function<bool(const std::string&)>& wanted, std::uint64_t most = max_unpacked_size);
    /// Why it ended before its end: damaged, or a budget (200,000 members; 1 GiB of members that are too large, 64 GiB in all). "" where it did not.
    const std::string& failure() const;
    const std::string& kind() const;  ///< "zip", "tar", "packed tar", "gzip+zip" ...
    std::uint64_t in_memory() const;  ///< bytes that it holds itself

private:
    struct State;
    explicit ArchiveMembers(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

}  // namespace photopsy
