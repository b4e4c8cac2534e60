#include "support/sample/stream.h"

namespace photopsy::sample {

Stream::Stream(std::uint64_t seed, std::string_view purpose) : state_(seed * 0x9E3779B97F4A7C15u) {
    for (const char letter : purpose) state_ = (state_ ^ static_cast<unsigned char>(letter)) * 0x100000001B3u;
}

std::uint64_t Stream::next() {
    std::uint64_t mixed = (state_ += 0x9E3779B97F4A7C15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

std::vector<std::uint8_t> Stream::bytes(std::size_t count) {
    std::vector<std::uint8_t> result(count);
    for (auto& value : result) value = byte();
    return result;
}

std::vector<std::uint8_t> Stream::text(std::size_t count) {
    std::vector<std::uint8_t> result(count);
    for (auto& value : result) value = static_cast<std::uint8_t>(letters()[below(static_cast<std::uint32_t>(letters().size()))]);
    return result;
}

}  // namespace photopsy::sample
