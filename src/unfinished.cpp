// Weak stand-ins so that the whole links while the rooms are being built; a room's real function replaces its line. To be deleted.
#include "photopsy.h"
#define WEAK __attribute__((weak))
namespace photopsy {
WEAK Result<Unpacked> unpack(std::vector<std::uint8_t> bytes, std::string name) { return Unpacked{std::move(name), "", std::move(bytes)}; }
WEAK const Layout& layout_for(ByteView) { return *builtin_layout("photon"); }
WEAK Capture recognize(ByteView file, std::string name, std::string container, const Layout& layout) {
    Capture capture{.image = Image(layout.flash), .name = std::move(name), .container = std::move(container), .format = "raw", .size = file.size(), .sha256 = sha256(file)};
    capture.image.put(layout.flash.begin, file);
    return capture;
}
WEAK std::span<const Rule> capture_rules() { return {}; }
WEAK std::span<const Rule> module_rules() { return {}; }
WEAK std::span<const Rule> dct_rules() { return {}; }
WEAK std::span<const Rule> eeprom_rules() { return {}; }
WEAK std::span<const Rule> wifi_rules() { return {}; }
WEAK std::span<const Rule> system_rules() { return {}; }
WEAK std::span<const Cause> capture_causes() { return {}; }
WEAK std::span<const Cause> module_causes() { return {}; }
WEAK std::span<const Cause> dct_causes() { return {}; }
WEAK std::span<const Cause> eeprom_causes() { return {}; }
WEAK std::span<const Cause> wifi_causes() { return {}; }

WEAK bool Capture::has(CaptureDefect) const { return false; }
WEAK bool Capture::untrustworthy() const { return false; }
}  // namespace photopsy
