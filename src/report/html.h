#pragma once
#include "report/document.h"

namespace photopsy {

/// One page for all documents: no network, readable without scripts, everything escaped. `shared`: what several dumps have in common.
std::string render_html(const std::vector<Document>&, const std::vector<std::string>& shared);

/// The map of the flash to scale, and its first 128 KiB enlarged, as an SVG element. `prefix` makes its ids unique on the page.
std::string flash_map_svg(const Document&, const std::string& prefix);

/// Text as it must stand in HTML and SVG.
std::string in_html(std::string_view text);

/// Two lines of hexadecimal bytes, equally long: HTML in which the bytes of `shown` that differ from `other` are marked. Other texts come back
/// escaped only.
std::string marked_difference(std::string_view shown, std::string_view other);

}  // namespace photopsy
