#include "cli/folder.h"

#include "cli/windows_files.h"

#include <cerrno>

namespace photopsy {

FilePlace place_of(const std::string& path) {
    const Handle handle = opened_to_ask(path, 0);
    if (handle.get() == INVALID_HANDLE_VALUE) return {.reason = last_reason()};
    return {0, kind_of_open(handle.get()), identity_of_open(handle.get()).value_or(FileIdentity{})};
}

NamesInFolder names_in_folder(const std::string& folder) {
    NamesInFolder found;
    WIN32_FIND_DATAW entry{};
    const HANDLE search = ::FindFirstFileW(wide(folder + "/*").c_str(), &entry);
    if (search == INVALID_HANDLE_VALUE) return {last_reason(), {}};
    do found.names.insert(narrow(entry.cFileName));
    while (::FindNextFileW(search, &entry));
    ::FindClose(search);
    found.names.erase(".");
    found.names.erase("..");
    return found;
}

int make_folder(const std::string& path) {
    OwnerOnly owner_only(OwnerOnly::Of::Folder);
    if (!owner_only.attributes()) return EACCES;
    if (::CreateDirectoryW(wide(path).c_str(), owner_only.attributes())) return 0;
    const int reason = last_reason();
    return reason == EEXIST && kind_at_end_of(path) == PlaceKind::Folder ? 0 : reason;
}

}  // namespace photopsy
