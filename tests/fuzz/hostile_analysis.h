#pragma once
// An analysis in which every text that a stranger may have written is the fuzzer's.
#include "photopsy.h"
#include "report/report.h"

#include <string>
#include <vector>

namespace photopsy::fuzz {

/// Cuts the bytes at each zero and hands the parts out in turn: name of the file, remarks, details, evidence, server address, headlines. The first byte chooses
/// the rest: a healthy or a broken device, one or two of it.
std::vector<Analysis> hostile_analyses(ByteView bytes);

/// The report of them in one format, in the style that the bytes choose.
std::string rendered(ByteView bytes, Format format);

}  // namespace photopsy::fuzz
