#include "report/document_parts.h"

#include <algorithm>

namespace photopsy {

/// Places that hold something which is not shown; erased ones hold nothing, absent ones are not in the file.
static void list_field(Document& document, const DctField& field, Address base, int copy, const Image& image) {
    if (field.secret == SecretKind::No) return;
    const auto at = range_of(base + field.offset, field.size);
    if (image.leading(at).empty() || image.erased(at)) return;
    document.redactions.push_back({field.title + ", DCT copy " + std::to_string(copy), field.secret == SecretKind::Secret ? "secret" : "personal", at});
}

static void list_area(Document& document, std::string what, Range at, const Image& image) {
    if (!image.leading(at).empty() && !image.erased(at)) document.redactions.push_back({std::move(what), "personal", at});
}

void list_redactions(Document& document, const Analysis& analysis, const Discretion& discretion) {
    if (!analysis.layout) return;
    const auto& layout = *analysis.layout;
    const auto& image = analysis.capture.image;
    for (std::size_t i = 0; i < layout.dct.copies.size(); ++i) {
        const auto base = layout.dct.copies[i].begin;
        for (const auto& field : layout.dct.system_fields) list_field(document, field, base, static_cast<int>(i) + 1, image);
        for (const auto& field : layout.dct.fields) list_field(document, field, base + layout.dct.application_offset, static_cast<int>(i) + 1, image);
    }
    for (std::size_t i = 0; i < layout.eeprom_pages.size(); ++i)
        list_area(document, "contents of EEPROM page " + std::to_string(i + 1), layout.eeprom_pages[i], image);
    for (const auto& region : layout.regions)
        if (region.name == "user" || region.name == "ota" || region.name == "factory") list_area(document, "strings in the " + region.title, region.at, image);
    if (discretion.shortens_id()) document.redactions.push_back({"device id (shortened)", "personal", {}});
    if (discretion.hides_host()) document.redactions.push_back({"name of the private server", "personal", {}});
}

}  // namespace photopsy
