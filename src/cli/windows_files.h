#pragma once
// Windows alone: what its files have in common with its folders.
#include "cli/file_system.h"
#include "cli/windows_text.h"

#include <memory>

namespace photopsy {

/// A GetLastError() value as an errno value.
int errno_of(DWORD error);
/// Why the last call failed; never 0.
int last_reason();

struct HandleCloser {
    void operator()(void* handle) const {
        if (handle != INVALID_HANDLE_VALUE) ::CloseHandle(handle);
    }
};
using Handle = std::unique_ptr<void, HandleCloser>;

/// Opened to be asked about only; folders too. INVALID_HANDLE_VALUE where that failed.
Handle opened_to_ask(const std::string& path, DWORD more_flags);
PlaceKind kind_of_open(HANDLE);
std::optional<FileIdentity> identity_of_open(HANDLE);

struct LocalMemory {
    void operator()(void* memory) const { ::LocalFree(memory); }
};

/// The access list that names the person who runs this program and nobody else, inherited from nothing; what is made in a folder inherits it.
class OwnerOnly {
public:
    enum class Of { File, Folder };
    explicit OwnerOnly(Of);
    /// Null where the system would not say who runs this program.
    SECURITY_ATTRIBUTES* attributes() { return descriptor_ ? &attributes_ : nullptr; }

private:
    std::unique_ptr<void, LocalMemory> descriptor_;
    SECURITY_ATTRIBUTES attributes_{sizeof attributes_, nullptr, FALSE};
};

}  // namespace photopsy
