#include "base/counted.h"
#include "base/hex.h"
#include "report/difference.h"
#include "report/words.h"

#include <fmt/format.h>

namespace photopsy {

static std::string lines_of(const RegionChange& change) {
    std::string text;
    if (change.different)
        text += fmt::format("  {}: {} of {} {}, from {} to {}\n", change.region, counted(change.different, "byte"), byte_count(change.at.size()),
                            change.different == 1 ? "differs" : "differ", hex_address(change.hull.begin), hex_address(change.hull.end - 1));
    if (change.only_one) text += fmt::format("  {}: {} in one of the files only\n", change.region, byte_count(change.only_one));
    return text;
}

static std::string line_of(std::string_view word, const Difference::Side& side) {
    const auto beside = side.external_name.empty() ? "" : fmt::format(", with {} (sha256 {})", side.external_name, side.external_sha256.substr(0, 12));
    return fmt::format("{:<7} {} (sha256 {}){}\n", word, side.name, side.sha256.substr(0, 12), beside);
}

std::string difference_text(const Difference& difference) {
    std::string text = line_of("before", difference.before) + line_of("after", difference.after);
    if (difference.same) text += "\nThe same flash content, byte for byte.\n";
    if (difference.before.layout != difference.after.layout)
        text += fmt::format("\nNot the same kind of device: {} and {}.\n", difference.before.layout_title, difference.after.layout_title);
    else if (difference.same_device)
        text += *difference.same_device ? "\nOne device: both carry the same device id.\n" : "\nTwo devices: the device ids differ.\n";
    std::string_view section;
    for (const auto& change : difference.changes) {
        if (change.section != section) text += fmt::format("\n{}\n", change.section);
        section = change.section;
        text += fmt::format("  {}: {} -> {}\n", change.what, change.before, change.after);
    }
    if (!difference.bytes.empty()) text += "\nBytes\n";
    for (const auto& change : difference.bytes) text += lines_of(change);
    if (difference.looks_unstable)
        text +=
            "\nBoth are from one device, and nearly all differing bytes differ in a single bit: that is how badly read or worn cells look.\nCapture again, "
            "twice, and compare; trust only what stays the same.\n";
    return text;
}

}  // namespace photopsy
