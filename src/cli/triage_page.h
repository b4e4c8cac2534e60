#pragma once
// The last line of a page in the folder of `triage -o`: from what it was made, with what it belongs together, and what it was when photopsy wrote it.
#include "flash/capture.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace photopsy {

/// Of everything that an analysis of this dump is made of: the bytes of both flashes, how they were packed and called, the capture's record as it was read or
/// that there was none, this version of photopsy. Equal only where all of it is.
std::string key_of_dump(const Capture&);

struct PageEnd {
    std::string key;   ///< key_of_dump()
    std::string line;  ///< digest of the line in reports.ndjson that was made with the page
    std::string json;  ///< digest of the .json beside the page
    std::string page;  ///< of the page itself, without this line
    bool operator==(const PageEnd&) const = default;
};
PageEnd end_of_page(const std::string& key, std::string_view line, std::string_view json, std::string_view page);
std::string text_of(const PageEnd&);
/// Nothing where there is no such page, it is not whole to its end, or it is an earlier version's.
std::optional<PageEnd> read_page_end(const std::string& page);

/// True where a person has put something into the page since photopsy wrote it: its end is not that, or it is not what its end says. A page that was cut off,
/// as a power cut may leave it, and one of an earlier version tell nothing of it.
enum class EarlierPages { HadAnEnd, HadNone };
bool is_changed_page(const std::string& page, EarlierPages);
/// Digest of a whole file; "" where it cannot be read.
std::string digest_of_file(const std::string& path);

/// Digest of a line, as in PageEnd.
std::string digest_of_line(std::string_view line);

}  // namespace photopsy
