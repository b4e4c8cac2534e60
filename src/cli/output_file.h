#pragma once
// Files that photopsy writes appear whole or not at all, and never in the place of another without being asked.
#include "base/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace photopsy {

enum class Overwrite { No, Yes };

/// File modes, before the user's umask: reports are for others, dumps and keys are for their owner only.
inline constexpr unsigned mode_shared = 0644;
inline constexpr unsigned mode_private = 0600;

/// Writes `bytes` to `path`: a temporary file in the same directory, fsync, rename. Refuses to overwrite (unless Overwrite::Yes), and to follow a
/// symbolic link or replace a directory always. A character device or named pipe is written to directly. Nothing is left behind on failure.
/// Returns nothing on success, else one sentence.
std::optional<std::string> write_output(const std::string& path, std::string_view bytes, Overwrite, unsigned mode = mode_shared);
std::optional<std::string> write_output(const std::string& path, ByteView bytes, Overwrite, unsigned mode);

/// Why write_output() would refuse this name as things stand now; nothing if it would try. For commands that write two files.
std::optional<std::string> refused_output(const std::string& path, Overwrite);

}  // namespace photopsy
