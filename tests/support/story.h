#pragma once
// The stories of samples/, built once per process, and a place on disk to hand their files to the program.
#include "support/sample/sample.h"
#include "support/shared.h"

#include <string>
#include <vector>

namespace photopsy::test {

struct Story {
    std::string name;    ///< folder name
    std::string folder;  ///< absolute path
    sample::Sample sample;
};

/// All stories by name; empty only where a recipe does not build (its test says which).
const std::vector<Story>& stories();

/// A directory that goes away with the object.
class ScratchDirectory {
public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    /// Writes a file there and returns its path.
    std::string put(const std::string& name, const Bytes&) const;

private:
    std::string path_ = ".";
};

}  // namespace photopsy::test
