#include "cli/windows_files.h"

// After windows.h.
#include <sddl.h>
#include <cerrno>
#include <cstddef>
#include <vector>

namespace photopsy {

int errno_of(DWORD error) {
    switch (error) {
        case ERROR_SUCCESS:
            return 0;
        case ERROR_FILE_NOT_FOUND:
        case ERROR_PATH_NOT_FOUND:
        case ERROR_INVALID_NAME:
        case ERROR_BAD_PATHNAME:
            return ENOENT;
        case ERROR_ACCESS_DENIED:
        case ERROR_SHARING_VIOLATION:
        case ERROR_LOCK_VIOLATION:
            return EACCES;
        case ERROR_FILE_EXISTS:
        case ERROR_ALREADY_EXISTS:
            return EEXIST;
        case ERROR_DISK_FULL:
        case ERROR_HANDLE_DISK_FULL:
            return ENOSPC;
        case ERROR_WRITE_PROTECT:
            return EROFS;
        case ERROR_NOT_ENOUGH_MEMORY:
        case ERROR_OUTOFMEMORY:
            return ENOMEM;
        default:
            return EIO;
    }
}

int last_reason() {
    const int reason = errno_of(::GetLastError());
    return reason ? reason : EIO;
}

Handle opened_to_ask(const std::string& path, DWORD more_flags) {
    return Handle(::CreateFileW(wide(path).c_str(), FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS | more_flags, nullptr));
}

PlaceKind kind_of_open(HANDLE handle) {
    const DWORD type = ::GetFileType(handle);
    if (type == FILE_TYPE_CHAR) return PlaceKind::Device;
    if (type == FILE_TYPE_PIPE) return PlaceKind::Pipe;
    BY_HANDLE_FILE_INFORMATION about{};
    if (type != FILE_TYPE_DISK || !::GetFileInformationByHandle(handle, &about)) return PlaceKind::Other;
    if (about.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) return PlaceKind::Link;
    return about.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? PlaceKind::Folder : PlaceKind::File;
}

std::optional<FileIdentity> identity_of_open(HANDLE handle) {
    BY_HANDLE_FILE_INFORMATION about{};
    if (!::GetFileInformationByHandle(handle, &about)) return {};
    return FileIdentity{about.dwVolumeSerialNumber, (std::uint64_t{about.nFileIndexHigh} << 32) | about.nFileIndexLow};
}

/// Who runs this program, as Windows writes it (S-1-5-21-...); "" where it would not say.
static std::wstring this_person() {
    HANDLE opened = nullptr;
    if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &opened)) return {};
    const Handle token(opened);
    DWORD size = 0;
    ::GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
    std::vector<std::max_align_t> room(size / sizeof(std::max_align_t) + 1);
    if (size == 0 || !::GetTokenInformation(token.get(), TokenUser, room.data(), size, &size)) return {};
    wchar_t* name = nullptr;
    if (!::ConvertSidToStringSidW(reinterpret_cast<TOKEN_USER*>(room.data())->User.Sid, &name)) return {};
    const std::unique_ptr<wchar_t, LocalMemory> owner(name);
    return owner.get();
}

OwnerOnly::OwnerOnly(Of of) {
    const auto person = this_person();
    if (person.empty()) return;
    const auto list = std::wstring(of == Of::Folder ? L"D:P(A;OICI;FA;;;" : L"D:P(A;;FA;;;") + person + L")";
    PSECURITY_DESCRIPTOR made = nullptr;
    if (::ConvertStringSecurityDescriptorToSecurityDescriptorW(list.c_str(), SDDL_REVISION_1, &made, nullptr)) descriptor_.reset(made);
    attributes_.lpSecurityDescriptor = descriptor_.get();
}

}  // namespace photopsy
