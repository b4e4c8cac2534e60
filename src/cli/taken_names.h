#pragma once
// Names that the reader's files have already, where he will type the commands of a report.
#include <string>
#include <vector>

namespace photopsy {

/// Base names of what lies in the current directory, at most 10,000 of them; empty where it cannot be read.
std::vector<std::string> names_in_current_directory();

}  // namespace photopsy
