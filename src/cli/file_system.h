#pragma once
// What photopsy asks of a file system, the same on every operating system. File names are UTF-8. A `reason` is an errno value on every system, 0 for success.
// One implementation a system: file_system_posix.cpp, file_system_windows.cpp.
#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace photopsy {

enum class PlaceKind {
    Nothing,
    File,
    Folder,
    Link,    ///< a symbolic link, or any other reparse point
    Device,  ///< a character device
    Pipe,
    Socket,
    Other
};

/// What bears this name itself: a link is not followed.
PlaceKind kind_of(const std::string& path);
/// As kind_of(), of what a link leads to.
PlaceKind kind_at_end_of(const std::string& path);

/// Bytes of a regular file, links followed. Nothing where there is none, or it is something else.
std::optional<std::uint64_t> size_of_file(const std::string& path);

/// Which file it is, whatever name leads to it.
struct FileIdentity {
    std::uint64_t volume = 0, file = 0;
    bool operator==(const FileIdentity&) const = default;
};
/// Links are followed. Nothing where there is no such file.
std::optional<FileIdentity> identity_of(const std::string& path);

/// The part of a path that names the folder, with its last separator; "" where there is none.
std::string folder_of(const std::string& path);
/// The part of a path behind the folder.
std::string name_of(const std::string& path);
/// Whether this process may make files in a folder ("" is the working folder).
bool can_write_into(const std::string& folder);

/// Writes a file that does not exist yet, to the medium; EEXIST where the name is taken. With `mode` 0600 nobody but the owner can read it (on Windows by an
/// access list that names the owner alone); it never has wider access in between. Nothing is left on failure.
int write_new_file(const std::string& path, std::string_view bytes, unsigned mode);
/// By what a file of mode 0600 is its owner's alone here, in words: "mode 0600", "by its access list".
std::string_view kept_private_by();
/// Writes to a device or a named pipe; ENXIO where nobody reads from the pipe within two seconds.
int write_to_device(const std::string& path, std::string_view bytes);
/// The file `from` is called `to` from now on, in one step, whatever had that name.
int rename_over(const std::string& from, const std::string& to);
/// The same, but EEXIST where the name is taken, even if it came to be a moment ago.
int rename_to_free_name(const std::string& from, const std::string& to);
/// A second name for a file; on file systems without hard links the only one from then on. EEXIST where the name is taken.
int name_again(const std::string& path, const std::string& name);
int remove_file(const std::string& path);
/// Names given in a folder outlast a loss of power from now on, where the system can promise that.
void sync_folder(const std::string& folder);
/// A number that no other running process has.
std::uint64_t process_number();

/// A file, pipe or standard input ("-") that is open for reading. Never waits for a pipe to be opened at its other end.
class ReadableFile {
public:
    enum class Links { Followed, Refused };  ///< Refused: a link is not opened (ELOOP)
    explicit ReadableFile(const std::string& path, Links links = Links::Followed);
    ~ReadableFile();
    ReadableFile(const ReadableFile&) = delete;
    ReadableFile& operator=(const ReadableFile&) = delete;

    /// Why it could not be opened, 0 where it could; ENXIO for a device that cannot be read.
    int reason() const { return reason_; }
    bool is_standard_input() const { return standard_input_; }
    PlaceKind kind() const { return kind_; }
    /// Bytes, of a regular file.
    std::uint64_t size() const { return size_; }
    const std::optional<FileIdentity>& identity() const { return identity_; }
    /// False where nothing came within so many milliseconds (negative: as long as it takes). True at once for a regular file.
    bool wait(int milliseconds) const;
    /// Bytes read into `room`, 0 at the end, or the negative errno of a failure (EAGAIN: nothing there yet).
    std::int64_t read(std::span<std::uint8_t> room) const;
    /// The same of a regular file, from `offset` on, wherever read() has come to.
    std::int64_t read_at(std::uint64_t offset, std::span<std::uint8_t> room) const;

private:
    std::intptr_t file_ = -1;
    bool standard_input_;
    int reason_ = 0;
    PlaceKind kind_ = PlaceKind::Nothing;
    std::uint64_t size_ = 0;
    std::optional<FileIdentity> identity_;
};

}  // namespace photopsy
