#pragma once
// A support ticket in one file.
#include "base/bytes.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace photopsy {

struct BundleFile {
    std::string name;  ///< a plain name, no path
    std::string bytes;
};

/// A ZIP archive of the files, in their order. No times, owners or paths: the same files give the same bytes.
Result<std::string> zip_of(const std::vector<BundleFile>&);

}  // namespace photopsy
