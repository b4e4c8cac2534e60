#pragma once
// A file or standard input read piece by piece, for what is too long to be held.
#include "base/result.h"
#include "cli/file_system.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

class ByteStream {
public:
    /// "-" is standard input. A file that cannot be opened: failure() says why, and there is nothing in it.
    explicit ByteStream(const std::string& path);

    /// The next bytes up to `separator`, which is taken off; what stands behind the last one is a line too. Nothing at the end, after a failure, and where a
    /// line is longer than `longest` (a failure).
    std::optional<std::string> line(char separator, std::size_t longest);
    /// Where line() failed for the length alone: gives up what it would have been, to its end, and what stands behind it can be read again.
    bool pass_over_line(char separator);
    /// The first bytes that come, at most `count`, without taking them. Waits for them.
    std::string_view peek(std::size_t count);
    /// All that is left; an error where it is more than `limit`.
    Result<std::vector<std::uint8_t>> rest(std::size_t limit);
    const std::string& failure() const { return failure_; }

private:
    bool fill();

    std::string path_, buffer_, failure_;
    ReadableFile file_;
    std::size_t begin_ = 0;
    bool at_end_ = false, too_long_ = false;
};

}  // namespace photopsy
