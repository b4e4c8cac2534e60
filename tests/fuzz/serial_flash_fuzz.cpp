// The external flash: an edited one, or any file at all, joins the internal flash of a Core and is analyzed; what is named lies in one of both flashes.
#include "flash/external.h"
#include "fuzz/edited_dump.h"
#include "photopsy.h"

#include <cstdlib>

using namespace photopsy;

static void demand(bool holds) {
    if (!holds) std::abort();
}

static const Layout& layout_of_core() { return layout_for(fuzz::core_internal_flash()); }

static const Capture& internal_capture() {
    static const auto capture = recognize(fuzz::core_internal_flash(), "internal.bin", "", layout_of_core());
    return capture;
}

/// The regions of the external flash follow each other without a gap.
static void check_regions(const Analysis& analysis, Range external) {
    Address next = external.begin;
    for (const auto& region : analysis.facts.regions) {
        if (analysis.layout->flash.contains(region.at)) continue;
        demand(region.at.begin == next && external.contains(region.at));
        next = region.at.end;
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView script(bytes, size);
    const bool edits = size > 0 && bytes[0] < 192;
    const auto file = edits ? fuzz::edited_serial_flash(script.subspan(1)) : std::vector<std::uint8_t>(bytes, bytes + size);
    const auto& layout = layout_of_core();
    demand(layout.external.has_value());
    if (const auto begin = external_flash_begin(file, layout)) demand(layout.external->at.contains(*begin));
    flash_of_file(file, layout);
    Capture both = internal_capture();
    put_external(both, file, "external.bin", "", layout);
    check_regions(analyze(std::move(both), layout), layout.external->at);
    return 0;
}
