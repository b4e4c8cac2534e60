#pragma once
// Words of the findings on modules, for rules/module_*.cpp.
#include "facts/modules.h"

#include <string>

namespace photopsy {

/// "1.5.2", or "version 1512" where no release is known.
std::string release_or_version(const Module&);
/// " It was release 1.5.2 before.", or "".
std::string was_known(const Module&);
/// "256 bytes from 0x08020000 to 0x08020100".
std::string bytes_of(Range);
/// A few bytes are known one by one; of a block or a piece of it only that some are wrong.
std::string wrong_between(Range);
/// "a P1 (platform 8)".
std::string device_of(std::uint16_t platform_id);
/// What is said of a module whose header names another device than this one.
std::string of_other_platform(const Module&, const std::string& title, std::uint16_t own);
/// A version of the system parts with its release: "1512 (1.5.2)".
std::string release_of(std::uint16_t version);
/// The version that a dependency asks for, likewise.
std::string number_of(const Dependency&);
std::string capitalized(std::string text);

}  // namespace photopsy
