#include "handshake/rest_of_key.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace photopsy {

namespace {

constexpr std::size_t blank_run = 4;    ///< so many bytes alike, erased or zero, are none of a number's
constexpr std::size_t least_left = 12;  ///< of a point of 64 bytes, or of a modulus of 256
constexpr std::size_t piece_size = 5;   ///< no two keys of a thousand have a piece so long in common

/// Stretches of the number that are neither erased nor zeroed.
std::vector<ByteView> stretches_left(ByteView number) {
    std::vector<ByteView> left;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < number.size();) {
        std::size_t end = at;
        while (end < number.size() && number[end] == number[at]) ++end;
        const bool blank = (number[at] == 0xFF || number[at] == 0) && end - at >= blank_run;
        if (blank && at > begin) left.push_back(number.subspan(begin, at - begin));
        if (blank) begin = end;
        at = end;
    }
    if (begin < number.size()) left.push_back(number.subspan(begin));
    return left;
}

/// In the order of the bytes that it has, and with the bytes of each half word or word exchanged.
std::vector<std::vector<std::uint8_t>> orders_of(ByteView key) {
    std::vector<std::vector<std::uint8_t>> orders;
    for (const std::size_t distance : {0u, 1u, 2u, 3u})
        for (std::size_t shift = 0; shift < (distance ? 4u : 1u); ++shift) {  // a key stands at any place of its words
            std::vector<std::uint8_t> order(key.begin(), key.end());
            for (std::size_t i = shift; distance && i + 4 <= key.size(); i += 4)
                for (std::size_t byte = 0; byte < 4; ++byte) order[i + byte] = key[i + (byte ^ distance)];
            orders.push_back(std::move(order));
        }
    return orders;
}

/// Drawn bytes: of n, so many values are expected. Text and code have far fewer.
bool is_mixed(std::size_t values, std::size_t bytes) {
    constexpr double all = 256, part = 0.67;
    return static_cast<double>(values) >= part * all * (1 - std::pow(1 - 1 / all, static_cast<double>(bytes)));
}

}  // namespace

bool is_left_of_another_key(ByteView number, ByteView published) {
    const auto left = stretches_left(number);
    std::size_t bytes = 0;
    std::set<std::uint8_t> values;
    for (const auto stretch : left) {
        bytes += stretch.size();
        values.insert(stretch.begin(), stretch.end());
    }
    if (bytes < least_left || !is_mixed(values.size(), bytes)) return false;
    const auto orders = orders_of(published);
    for (const auto stretch : left)
        for (std::size_t at = 0; at + piece_size <= stretch.size(); ++at) {
            const auto piece = stretch.subspan(at, piece_size);
            const auto holds = [&](const std::vector<std::uint8_t>& key) {
                return std::search(key.begin(), key.end(), piece.begin(), piece.end()) != key.end();
            };
            if (std::any_of(orders.begin(), orders.end(), holds)) return false;
        }
    return true;
}

}  // namespace photopsy
