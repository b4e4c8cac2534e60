#include "support/sample/pack_form.h"

#include <archive.h>

namespace photopsy::sample {

extern const std::string_view pack_forms = "zip: the page's libarchive writes nothing else";

int choose_pack_form(archive* writer, std::string_view name) { return name == "zip" ? archive_write_set_format_zip(writer) : ARCHIVE_FATAL; }

}  // namespace photopsy::sample
