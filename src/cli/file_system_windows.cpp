#include "cli/file_system.h"

#include "cli/windows_files.h"
#include "cli/writable_file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace photopsy {

namespace {

constexpr std::size_t most_at_once = std::size_t{1} << 30;  // of bytes, in one call

std::size_t end_of_folder(const std::string& path) {
    const auto separator = path.find_last_of("/\\");
    if (separator != std::string::npos) return separator + 1;
    return path.size() >= 2 && path[1] == ':' ? 2 : 0;  // "C:dump.bin"
}

}  // namespace

PlaceKind kind_of(const std::string& path) {
    const DWORD attributes = ::GetFileAttributesW(wide(path).c_str());  // of a link itself
    if (attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_REPARSE_POINT) return PlaceKind::Link;
    const Handle handle = opened_to_ask(path, FILE_FLAG_OPEN_REPARSE_POINT);
    if (handle.get() != INVALID_HANDLE_VALUE) return kind_of_open(handle.get());
    if (attributes == INVALID_FILE_ATTRIBUTES) return PlaceKind::Nothing;
    return attributes & FILE_ATTRIBUTE_DIRECTORY ? PlaceKind::Folder : PlaceKind::File;
}

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
    WritableFile file(path, WritableFile::As::New, mode);
    if (file.reason()) return file.reason();
    int reason = file.write(bytes);
    if (reason == 0) reason = file.to_medium();
    if (const int closed = file.close(); reason == 0) reason = closed;
    if (reason) remove_file(path);
    return reason;
}

std::string_view kept_private_by() { return "by its access list"; }

int write_to_device(const std::string& path, std::string_view bytes) {
    const HANDLE device = ::CreateFileW(wide(path).c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr);
    return device == INVALID_HANDLE_VALUE ? last_reason() : WritableFile(reinterpret_cast<std::intptr_t>(device)).write(bytes);
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

ReadableFile::ReadableFile(const std::string& path, Links links) : standard_input_(path == "-") {
    if (!standard_input_ && links == Links::Refused && kind_of(path) == PlaceKind::Link) {
        reason_ = ELOOP;
        return;
    }
    const HANDLE opened = standard_input_ ? ::GetStdHandle(STD_INPUT_HANDLE)
                                          : ::CreateFileW(wide(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                                          OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
    if (opened == INVALID_HANDLE_VALUE) {
        reason_ = last_reason();
        return;
    }
    file_ = reinterpret_cast<std::intptr_t>(opened);
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

static std::int64_t read_from(std::intptr_t file, std::span<std::uint8_t> room, OVERLAPPED* where) {
    DWORD got = 0;
    if (::ReadFile(reinterpret_cast<HANDLE>(file), room.data(), static_cast<DWORD>(std::min(room.size(), most_at_once)), &got, where)) return got;
    return ::GetLastError() == ERROR_BROKEN_PIPE || ::GetLastError() == ERROR_HANDLE_EOF ? 0 : -last_reason();
}

std::int64_t ReadableFile::read(std::span<std::uint8_t> room) const { return read_from(file_, room, nullptr); }

std::int64_t ReadableFile::read_at(std::uint64_t offset, std::span<std::uint8_t> room) const {
    OVERLAPPED where{};
    where.Offset = static_cast<DWORD>(offset);
    where.OffsetHigh = static_cast<DWORD>(offset >> 32);
    return read_from(file_, room, &where);
}

WritableFile::WritableFile(const std::string& path, As as, unsigned mode) {
    OwnerOnly owner_only(OwnerOnly::Of::File);
    const bool is_private = (mode & 077) == 0;
    if (is_private && !owner_only.attributes()) reason_ = EACCES;
    if (as == As::Added && kind_of(path) == PlaceKind::Link) reason_ = ELOOP;
    if (reason_) return;
    const HANDLE opened = ::CreateFileW(wide(path).c_str(), as == As::New ? GENERIC_WRITE : FILE_APPEND_DATA | SYNCHRONIZE, FILE_SHARE_READ,
                                        is_private ? owner_only.attributes() : nullptr, as == As::New ? CREATE_NEW : OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (opened == INVALID_HANDLE_VALUE)
        reason_ = ::GetLastError() == ERROR_SHARING_VIOLATION ? EBUSY : last_reason();
    else
        file_ = reinterpret_cast<std::intptr_t>(opened);
}

WritableFile::~WritableFile() { close(); }

bool WritableFile::is_ours_alone() const { return true; }  // a second one could not have been opened

int WritableFile::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        DWORD written = 0;
        const auto size = static_cast<DWORD>(std::min(bytes.size(), most_at_once));
        if (!::WriteFile(reinterpret_cast<HANDLE>(file_), bytes.data(), size, &written, nullptr)) return last_reason();
        bytes.remove_prefix(written);
    }
    return 0;
}

int WritableFile::to_medium() const { return ::FlushFileBuffers(reinterpret_cast<HANDLE>(file_)) ? 0 : last_reason(); }

int WritableFile::close() {
    if (file_ == -1) return 0;
    return ::CloseHandle(reinterpret_cast<HANDLE>(std::exchange(file_, -1))) ? 0 : last_reason();
}

}  // namespace photopsy
