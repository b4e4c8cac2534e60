#pragma once
// Looks for secret bytes in text, however they may have been written down: raw, hexadecimal (either case, spaced or not), base64 (any
// alignment, either alphabet), decimal lists. Six bytes in a row are a leak.
#include "base/bytes.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace photopsy::test {

class LeakFinder {
public:
    static constexpr std::size_t window = 6;

    /// Every window of `secret` counts, save those with fewer than four different bytes (erased, zeroed, padding).
    void add_secret(ByteView secret, std::string_view name);
    /// Windows that stand in public bytes too (a modulus, a published key) are no secret.
    void add_public(ByteView bytes);
    std::size_t size() const { return secrets_.size(); }

    /// Name of a secret that `text` shows and how it was written, or nothing.
    std::optional<std::string> leak_in(std::string_view text) const;

private:
    std::optional<std::string> found(ByteView bytes, std::string_view how) const;

    std::unordered_map<std::uint64_t, std::string> secrets_;
};

}  // namespace photopsy::test
