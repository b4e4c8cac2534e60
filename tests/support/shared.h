#pragma once
// Real firmware, labelled dumps and measured cases that lie beside the checkout on the team's machines (../shared). They are not part of the
// repository: a test that needs them says so with WARN and passes where they are absent, and the rest of its checks run everywhere.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace photopsy::test {

using Bytes = std::vector<std::uint8_t>;

/// Directory of the shared material: $PHOTOPSY_SHARED or ../shared beside the repository. Nothing if it is not there.
std::optional<std::string> shared_directory();

/// The members of a shared .tar.zst ("corpus/firmware.tar.zst"), by their path in it. Empty if it is not there. Read once per process.
const std::map<std::string, Bytes>& shared_archive(const std::string& path);

/// A shared text file, or "" if it is not there.
std::string shared_text(const std::string& path);

/// True where the long versions of tests were asked for (tools/test --full sets PHOTOPSY_FULL=1).
bool full_tests();

/// A file of the repository, by its path from the top.
Bytes read_file(const std::string& path);
std::string source_path(const std::string& path_from_top);

}  // namespace photopsy::test
