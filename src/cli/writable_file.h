#pragma once
// A file that is written piece by piece, the same on every operating system (file_system_posix.cpp, file_system_windows.cpp). As in file_system.h a reason
// is an errno value, 0 for success.
#include <cstdint>
#include <string>
#include <string_view>

namespace photopsy {

class WritableFile {
public:
    enum class As {
        New,   ///< EEXIST where the name is taken
        Added  ///< behind what is there; made where there is nothing
    };
    /// With `mode` 0600 a file that is made is its owner's alone, as with write_new_file(). A link is not followed.
    WritableFile(const std::string& path, As, unsigned mode);
    /// Takes over a file that the system has opened.
    explicit WritableFile(std::intptr_t opened) : file_(opened) {}
    ~WritableFile();
    WritableFile(const WritableFile&) = delete;
    WritableFile& operator=(const WritableFile&) = delete;

    /// Why it could not be opened; 0 where it could.
    int reason() const { return reason_; }
    /// False where it is open elsewhere, and was asked this there: until close(), or the end of the process, it belongs to one alone. Where a system or a file
    /// system knows no such thing, it is true.
    bool is_ours_alone() const;
    /// Hands all of it to the system.
    int write(std::string_view bytes) const;
    /// What was written outlasts a loss of power from now on.
    int to_medium() const;
    /// No more than the first call does anything.
    int close();

private:
    std::intptr_t file_ = -1;
    int reason_ = 0;
};

}  // namespace photopsy
