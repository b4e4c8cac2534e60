#include "cli/file_system.h"

#include "cli/windows_text.h"

// After windows.h.
#include <aclapi.h>
#include <sddl.h>
#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

namespace photopsy {

namespace {

struct CloseHandle_ {
    void operator()(void* handle) const {
        if (handle != INVALID_HANDLE_VALUE) ::CloseHandle(handle);
    }
};
using Handle = std::unique_ptr<void, CloseHandle_>;

struct FreeLocal {
    void operator()(void* memory) const { ::LocalFree(memory); }
};

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

/// Opened to be asked about only; folders too.
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

PlaceKind kind_with(const std::string& path, DWORD flags) {
    const Handle handle = opened_to_ask(path, flags);
    if (handle.get() != INVALID_HANDLE_VALUE) return kind_of_open(handle.get());
    const DWORD attributes = ::GetFileAttributesW(wide(path).c_str());
    if (attributes == INVALID_FILE_ATTRIBUTES) return PlaceKind::Nothing;
    if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) return PlaceKind::Link;
    return attributes & FILE_ATTRIBUTE_DIRECTORY ? PlaceKind::Folder : PlaceKind::File;
}

std::optional<FileIdentity> identity_of_open(HANDLE handle) {
    BY_HANDLE_FILE_INFORMATION about{};
    if (!::GetFileInformationByHandle(handle, &about)) return {};
    return FileIdentity{about.dwVolumeSerialNumber, (std::uint64_t{about.nFileIndexHigh} << 32) | about.nFileIndexLow};
}

/// The access list that names the person who runs this program and nobody else, inherited from nothing.
class OwnerOnly {
public:
    OwnerOnly() {
        HANDLE opened = nullptr;
        if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &opened)) return;
        const Handle token(opened);
        DWORD size = 0;
        ::GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
        std::vector<std::max_align_t> room(size / sizeof(std::max_align_t) + 1);
        if (size == 0 || !::GetTokenInformation(token.get(), TokenUser, room.data(), size, &size)) return;
        wchar_t* name = nullptr;
        if (!::ConvertSidToStringSidW(reinterpret_cast<TOKEN_USER*>(room.data())->User.Sid, &name)) return;
        const std::unique_ptr<wchar_t, FreeLocal> owner(name);
        const auto list = L"D:P(A;;FA;;;" + std::wstring(owner.get()) + L")";
        PSECURITY_DESCRIPTOR made = nullptr;
        if (::ConvertStringSecurityDescriptorToSecurityDescriptorW(list.c_str(), SDDL_REVISION_1, &made, nullptr)) descriptor_.reset(made);
        attributes_.lpSecurityDescriptor = descriptor_.get();
    }
    /// Null where the system would not say who runs this program.
    SECURITY_ATTRIBUTES* attributes() { return descriptor_ ? &attributes_ : nullptr; }

private:
    std::unique_ptr<void, FreeLocal> descriptor_;
    SECURITY_ATTRIBUTES attributes_{sizeof attributes_, nullptr, FALSE};
};

int write_all(HANDLE file, std::string_view bytes) {
    constexpr std::size_t most_at_once = std::size_t{1} << 30;
    while (!bytes.empty()) {
        DWORD written = 0;
        if (!::WriteFile(file, bytes.data(), static_cast<DWORD>(std::min(bytes.size(), most_at_once)), &written, nullptr)) return last_reason();
        bytes.remove_prefix(written);
    }
    return 0;
}

std::size_t end_of_folder(const std::string& path) {
    const auto separator = path.find_last_of("/\\");
    if (separator != std::string::npos) return separator + 1;
    return path.size() >= 2 && path[1] == ':' ? 2 : 0;  // "C:dump.bin"
}

}  // namespace

PlaceKind kind_of(const std::string& path) { return kind_with(path, FILE_FLAG_OPEN_REPARSE_POINT); }

PlaceKind kind_at_end_of(const std::string& path) {
    const Handle handle = opened_to_ask(path, 0);
    if (handle.get() == INVALID_HANDLE_VALUE) return PlaceKind::Nothing;
    return kind_of_open(handle.get());
}

std::optional<std::uint64_t> size_of_file(const std::string& path) {
    const Handle handle = opened_to_ask(path, 0);
    LARGE_INTEGER size{};
    const bool is_file = handle.get() != INVALID_HANDLE_VALUE && kind_of_open(handle.get()) == PlaceKind::File && ::GetFileSizeEx(handle.get(), &size);
    return is_file ? std::optional(static_cast<std::uint64_t>(size.QuadPart)) : std::nullopt;
}

std::optional<FileIdentity> identity_of(const std::string& path) {
    const Handle handle = opened_to_ask(path, 0);
    if (handle.get() == INVALID_HANDLE_VALUE) return {};
    return identity_of_open(handle.get());
}

std::string folder_of(const std::string& path) { return path.substr(0, end_of_folder(path)); }
std::string name_of(const std::string& path) { return path.substr(end_of_folder(path)); }

bool can_write_into(const std::string& folder) {
    const Handle handle(::CreateFileW(wide(folder.empty() ? "." : folder).c_str(), FILE_ADD_FILE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                      nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
    return handle.get() != INVALID_HANDLE_VALUE;
}

int write_new_file(const std::string& path, std::string_view bytes, unsigned mode) {
    OwnerOnly owner_only;
    const bool is_private = (mode & 077) == 0;
    if (is_private && !owner_only.attributes()) return EACCES;
    const auto name = wide(path);
    int reason = 0;
    {
        const Handle file(
            ::CreateFileW(name.c_str(), GENERIC_WRITE, 0, is_private ? owner_only.attributes() : nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
        if (file.get() == INVALID_HANDLE_VALUE) return last_reason();
        reason = write_all(file.get(), bytes);
        if (reason == 0 && !::FlushFileBuffers(file.get())) reason = last_reason();
    }
    if (reason) ::DeleteFileW(name.c_str());
    return reason;
}

int write_to_device(const std::string& path, std::string_view bytes) {
    const Handle device(::CreateFileW(wide(path).c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr));
    return device.get() == INVALID_HANDLE_VALUE ? last_reason() : write_all(device.get(), bytes);
}

int rename_over(const std::string& from, const std::string& to) {
    return ::MoveFileExW(wide(from).c_str(), wide(to).c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) ? 0 : last_reason();
}

int rename_to_free_name(const std::string& from, const std::string& to) {
    return ::MoveFileExW(wide(from).c_str(), wide(to).c_str(), MOVEFILE_WRITE_THROUGH) ? 0 : last_reason();
}

int name_again(const std::string& path, const std::string& name) {
    if (::CreateHardLinkW(wide(name).c_str(), wide(path).c_str(), nullptr)) return 0;
    if (::GetLastError() == ERROR_ALREADY_EXISTS || kind_of(name) != PlaceKind::Nothing) return EEXIST;
    return rename_to_free_name(path, name);  // file systems without hard links (a camera's card)
}

int remove_file(const std::string& path) { return ::DeleteFileW(wide(path).c_str()) ? 0 : last_reason(); }

void sync_folder(const std::string&) {}  // every rename above is written through

std::uint64_t process_number() { return ::GetCurrentProcessId(); }

ReadableFile::ReadableFile(const std::string& path) : standard_input_(path == "-") {
    const HANDLE opened = standard_input_ ? ::GetStdHandle(STD_INPUT_HANDLE)
                                          : ::CreateFileW(wide(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                                          OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
    file_ = reinterpret_cast<std::intptr_t>(opened);
    if (opened == INVALID_HANDLE_VALUE) {
        reason_ = last_reason();
        file_ = -1;
        return;
    }
    kind_ = kind_of_open(opened);
    if (kind_ != PlaceKind::File) return;
    LARGE_INTEGER size{};
    if (::GetFileSizeEx(opened, &size)) size_ = static_cast<std::uint64_t>(size.QuadPart);
    identity_ = identity_of_open(opened);
}

ReadableFile::~ReadableFile() {
    if (!standard_input_ && file_ != -1) ::CloseHandle(reinterpret_cast<HANDLE>(file_));
}

bool ReadableFile::wait(int) const { return true; }  // reading waits by itself

std::int64_t ReadableFile::read(std::span<std::uint8_t> room) const {
    constexpr std::size_t most_at_once = std::size_t{1} << 30;
    DWORD got = 0;
    if (::ReadFile(reinterpret_cast<HANDLE>(file_), room.data(), static_cast<DWORD>(std::min(room.size(), most_at_once)), &got, nullptr)) return got;
    return ::GetLastError() == ERROR_BROKEN_PIPE || ::GetLastError() == ERROR_HANDLE_EOF ? 0 : -last_reason();
}

}  // namespace photopsy
