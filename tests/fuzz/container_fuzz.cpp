// Any bytes are a container that opens, or are refused with one sentence; the first byte puts a magic number in front so that each is reached.
#include "flash/capture.h"

#include <cstdlib>
#include <string_view>

using namespace photopsy;
using namespace std::string_view_literals;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static constexpr std::string_view magics[] = {"\x1F\x8B\x08\x00"sv,
                                                  "\xFD"
                                                  "7zXZ\0"sv,
                                                  "\x28\xB5\x2F\xFD"sv,
                                                  "PK\3\4"sv,
                                                  "7z\xBC\xAF\x27\x1C"sv,
                                                  ""sv};
    if (size == 0) return 0;
    const auto magic = magics[bytes[0] % 6];
    std::vector<std::uint8_t> file(magic.begin(), magic.end());
    file.insert(file.end(), bytes + 1, bytes + size);
    const auto unpacked = unpack(std::move(file), "fuzz");
    if (unpacked && unpacked->bytes.size() > max_unpacked_size) std::abort();
    if (!unpacked && unpacked.error().message.empty()) std::abort();
    return 0;
}
