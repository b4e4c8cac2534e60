#include "flash/toy_flash.h"

#include "base/digest.h"

#include <algorithm>
#include <random>

namespace photopsy::test {

using Bytes = std::vector<std::uint8_t>;

static void put_u32(Bytes& bytes, std::size_t at, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) bytes[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> (8 * i));
}

Bytes toy_module(std::uint32_t start, std::uint32_t length, std::uint16_t platform_id, std::uint8_t function, std::uint8_t index, std::uint32_t seed) {
    std::mt19937 random(seed);
    Bytes module(length + 4);
    for (auto& byte : module) byte = static_cast<std::uint8_t>(random() >> 7);
    std::size_t header = 0;
    if (function == 2 || function == 4) {
        header = 0x184;
        for (std::size_t word = 0; word < 97; ++word) put_u32(module, 4 * word, start + 0x200 + 1 + static_cast<std::uint32_t>(word) * 4);
        put_u32(module, 0, 0x20020000);
    }
    put_u32(module, header, start);
    put_u32(module, header + 4, start + length);
    put_u32(module, header + 8, 1512u << 16);
    put_u32(module, header + 12, platform_id | static_cast<std::uint32_t>(function) << 16 | static_cast<std::uint32_t>(index) << 24);
    put_u32(module, header + 16, 0);
    put_u32(module, header + 20, 0);
    put_u32(module, length - 40, 0xFFFFFFFF);
    module[length - 36] = module[length - 35] = 0;
    const auto digest = sha256(ByteView(module).first(length - 34));
    std::copy(digest.begin(), digest.end(), module.begin() + (length - 34));
    module[length - 2] = 40;
    module[length - 1] = 0;
    const auto crc = crc32(ByteView(module).first(length));
    for (int i = 0; i < 4; ++i) module[length + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    return module;
}

static void put(Bytes& flash, std::size_t at, const Bytes& bytes) { std::copy(bytes.begin(), bytes.end(), flash.begin() + static_cast<std::ptrdiff_t>(at)); }

static void put_table(Bytes& flash, std::size_t at, bool current) {
    std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(at), 388, std::uint8_t{0});
    flash[at + 9] = current;
    flash[at + 10] = 1;
    put(flash, at + 12, {'B', 'R', 'C', 'M'});
    const std::size_t application = at + 7548;
    put(flash, application, {0xC0});
    put(flash, application + 34, {0x30, 0x82, 0x02, 0x5F, 0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00});
    std::mt19937 random(77);
    for (std::size_t i = 45; i < 645; ++i) flash[application + i] = static_cast<std::uint8_t>(random());
    put(flash, application + 2082, {0x30, 0x82, 0x01, 0x22});
    put(flash, application + 2466, {1, 15, 'd', 'e', 'v', 'i', 'c', 'e', '.', 's', 'p', 'a', 'r', 'k', '.', 'i', 'o'});
    put_u32(flash, at + 0x3FF0, 0xDC0200CD);
    put_u32(flash, at + 0x3FF4, 0x03700000);
    flash[at + 0x3FFD] = current ? 2 : 1;
}

Bytes toy_flash(const ToyFlash& wish) {
    Bytes flash(0x100000, 0xFF);
    const auto module = [&](std::uint32_t start, std::uint32_t length, std::uint8_t function, std::uint8_t index) {
        return toy_module(start, length, wish.platform_id, function, index, wish.seed + function * 8u + index);
    };
    put(flash, 0, module(0x08000000, 0x3A10, 2, 0));
    put_table(flash, 0x4000, true);
    put_table(flash, 0x8000, false);
    put_u32(flash, 0xC000, 0xFFFF0000);
    put(flash, 0xC004, {7, 0, 1, 0, 9, 0, 2, 0});
    put(flash, 0x20000, module(0x08020000, 0x34F00, 4, 1));
    put(flash, 0x60000, module(0x08060000, 0x3B2C4, 4, 2));
    const auto user = module(0x080A0000, 0x1234, 5, 1);
    if (wish.user) put(flash, 0xA0000, user);
    if (wish.ota)
        put(flash, 0xC0000, module(0x08060000, 0x3B2C4, 4, 2));
    else if (wish.factory)
        put(flash, 0xE0000, user);
    return flash;
}

}  // namespace photopsy::test
