// What costs the programs that AddressSanitizer checks most of their time, done in a faster way. Of its checks one is not made for the blocks that are kept
// here: that a block is deleted with the size it was made with. Linked where that sanitizer is on (CMakeLists.txt, --wrap).
#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>

namespace {

// A block of a flash's size is mapped anew each time and unmapped when it is freed: 256 page faults, some milliseconds on a virtual machine. So the last ones
// freed are kept, poisoned, and given out again, the oldest first, where one of exactly that size is asked for; its borders are the sanitizer's.
constexpr std::size_t smallest_kept = std::size_t{128} << 10, largest_kept = std::size_t{4} << 20, most_kept = 12;

struct Block {
    void* at = nullptr;
    std::size_t size = 0;
};

std::mutex lock;
std::array<Block, most_kept> kept;  // oldest first
std::size_t count = 0;

bool is_kept(std::size_t size) { return size >= smallest_kept && size <= largest_kept; }

Block taken_out(std::size_t i) {
    const auto block = kept[i];
    std::copy(kept.begin() + static_cast<std::ptrdiff_t>(i) + 1, kept.begin() + static_cast<std::ptrdiff_t>(count),
              kept.begin() + static_cast<std::ptrdiff_t>(i));
    --count;
    __asan_unpoison_memory_region(block.at, block.size);
    return block;
}

}  // namespace

extern "C" {

void* __real_memmove(void* to, const void* from, std::size_t size);
void* __real__Znwm(std::size_t size);
void __real__ZdlPvm(void* at, std::size_t size);

/// The sanitizer's own goes byte by byte, and the C++ library copies a vector of bytes by it. Its memcpy is fast.
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
    const auto begin = reinterpret_cast<std::uintptr_t>(to), other = reinterpret_cast<std::uintptr_t>(from);
    const bool apart = (begin < other ? other - begin : begin - other) >= size;
    return apart ? std::memcpy(to, from, size) : __real_memmove(to, from, size);
}

/// operator new
void* __wrap__Znwm(std::size_t size) {
    if (is_kept(size)) {
        const std::lock_guard guard(lock);
        for (std::size_t i = 0; i < count; ++i)
            if (kept[i].size == size) return taken_out(i).at;
    }
    return __real__Znwm(size);
}

/// operator delete that is told the size
void __wrap__ZdlPvm(void* at, std::size_t size) {
    Block leaves{at, size};
    if (at && is_kept(size)) {
        const std::lock_guard guard(lock);
        if (__asan_address_is_poisoned(at)) __builtin_trap();  // freed twice
        leaves = count == most_kept ? taken_out(0) : Block{};
        __asan_poison_memory_region(at, size);
        kept[count++] = {at, size};
    }
    if (leaves.at) __real__ZdlPvm(leaves.at, leaves.size);
}

}  // extern "C"
