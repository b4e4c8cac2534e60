#pragma once
// How a sample may be packed: pack_form_libarchive.cpp, and pack_form_node.cpp where the library writes zip alone.
#include <string_view>

struct archive;

namespace photopsy::sample {

/// The words that choose_pack_form() knows.
extern const std::string_view pack_forms;

/// Makes `writer` write in that form; ARCHIVE_OK, or what libarchive says of a form that is not known.
int choose_pack_form(archive* writer, std::string_view name);

}  // namespace photopsy::sample
