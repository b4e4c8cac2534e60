#include "support/sample/pack_form.h"

#include <archive.h>

namespace photopsy::sample {

extern const std::string_view pack_forms = "zip, 7z, gz, xz or zst";

int choose_pack_form(archive* writer, std::string_view name) {
    if (name == "zip") return archive_write_set_format_zip(writer);
    if (name == "7z") return archive_write_set_format_7zip(writer);
    archive_write_set_format_raw(writer);
    if (name == "gz") return archive_write_add_filter_gzip(writer) | archive_write_set_filter_option(writer, "gzip", "timestamp", nullptr);
    if (name == "xz") return archive_write_add_filter_xz(writer);
    if (name == "zst") return archive_write_add_filter_zstd(writer);
    return ARCHIVE_FATAL;
}

}  // namespace photopsy::sample
