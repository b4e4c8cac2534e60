#pragma once
// Files that photopsy writes appear whole or not at all, and never in the place of another without being asked.
#include "base/bytes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

enum class Overwrite {
    No,
    Yes,
    Renew  ///< a file of our own that this run may have read: what a capture goes on from
};

/// File modes, before the user's umask: reports are for others, dumps and keys are for their owner only.
inline constexpr unsigned mode_shared = 0644;
inline constexpr unsigned mode_private = 0600;

/// Writes `bytes` to `path`: a temporary file in the same directory, fsync, rename. Refuses to overwrite (unless Overwrite::Yes), and always to follow a
/// symbolic link, to replace a directory, or to replace a file that this run has read. A character device or named pipe is written to directly. Nothing is
/// left behind on failure. Returns nothing on success, else one sentence.
std::optional<std::string> write_output(const std::string& path, std::string_view bytes, Overwrite, unsigned mode = mode_shared);
std::optional<std::string> write_output(const std::string& path, ByteView bytes, Overwrite, unsigned mode);

/// Bytes as the text that the functions here take.
inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

struct OutputFile {
    std::string path;
    std::string_view bytes;
    unsigned mode = mode_shared;
};

/// Writes files that belong together (a key pair, a copy and its manifest), all of them or none; refuses as write_output() does, and two files of one name.
/// What they replace is set aside under a name of its own (PATH.before) until all new ones stand in place, then removed: a run that is killed on the way leaves
/// the old bytes under one name or the other, and never an old file beside a new one of the same set.
std::optional<std::string> write_together(const std::vector<OutputFile>&, Overwrite);

/// What stands behind the name of a file of this process until it is whole.
std::string unfinished_suffix();

/// True where the bytes go straight to what stands there, a device or a pipe: nothing can lie beside it.
bool is_written_to_directly(const std::string& path);

/// Why write_output() would refuse this name as things stand now; nothing if it would try.
std::optional<std::string> refused_output(const std::string& path, Overwrite);

}  // namespace photopsy
