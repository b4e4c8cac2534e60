#pragma once
// Names of members of archives. libarchive turns a name that an archive marks as UTF-8 (zip) or keeps in UTF-16 (7z) into the character set of the thread's
// locale, and gives none where that cannot write it: the locale "C", which a program has that sets none, can write ASCII alone.
#include <optional>
#include <string>

struct archive_entry;  // libarchive's

namespace photopsy {

/// As long as it lives, names are read as UTF-8 in this thread, whatever the locale of the program is; that stays as it was. To live from before an archive is
/// opened until after its name was asked for. Where the system has no such locale, nothing changes.
class NamesInUtf8 {
public:
    NamesInUtf8();
    ~NamesInUtf8();
    NamesInUtf8(const NamesInUtf8&) = delete;
    NamesInUtf8& operator=(const NamesInUtf8&) = delete;

private:
    void* before_;
};

/// In UTF-8, or byte for byte as the archive has it where that is something else. Nothing where libarchive can read no name.
std::optional<std::string> name_of_member(archive_entry*);

}  // namespace photopsy
