#include "support/armed_device.h"

#include "catch.h"
#include "support/repair_trial.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

namespace photopsy::test {

static std::string swapped(std::uint32_t word) {
    std::string text;
    for (int shift = 0; shift < 32; shift += 8) text += fmt::format("{:02x}", word >> shift & 0xFF);
    return text;
}

std::string received(std::string_view module, std::string_view release) {
    return fmt::format(R"({{ act = "receive", module = "{}", release = "{}" }})", module, release);
}

Analysis analysis_of(const ArmedDevice& device) {
    const auto born = fmt::format(R"({{ act = "install-release", release = "{0}" }}, {{ act = "install", module = "user", release = "0.4.7" }}, )"
                                  R"({{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }}, )",
                                  device.system);
    const auto record = "cdab0000" + swapped(0x080C0000) + swapped(device.destination) + swapped(device.length) +
                        fmt::format("{:02x}{:02x}ffff", device.flags, device.function);
    const auto armed = fmt::format(R"({{ act = "write", field = "flash_modules", hex = "{}", offset = 20 }})", record);
    auto sample = sample::make_sample(fmt::format("title = \"a\"\ndevice = \"photon\"\nseed = 6\nlife = [{}{}{}]\ndamage = [{}]\n", born,
                                                  device.life.empty() ? "" : device.life + ", ", armed, device.damage),
                                      "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    sample->file.resize(sample->file.size() - device.missing);
    return analyze(recognize(sample->file, "dump.bin", "", layout), layout);
}

}  // namespace photopsy::test
