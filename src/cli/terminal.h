#pragma once
#include "cli/session.h"

#include <string>
#include <vector>

namespace photopsy {

/// What this process's standard streams can show: isatty, window size, NO_COLOR, TERM, locale. Into a pipe or file: no colour, 80 columns (or
/// COLUMNS), UTF-8, whatever the locale, so that the same dump gives the same bytes everywhere.
Terminal this_terminal();

/// A session on standard output and standard error of this process.
Session standard_session();

/// What the person typed behind the program's name, as UTF-8.
std::vector<std::string> arguments_of(int argc, char** argv);

/// A variable of the environment; "" where it is not set.
std::string environment(const char* name);
/// COLUMNS where it is a number that makes sense, else 80.
unsigned columns_or_80();

/// From now on the process ends with one sentence and exit status 2 where memory is not to be had, whoever asks for it.
void end_in_order_without_memory();

/// Flushes standard output. False (errno says why) where what was printed did not reach its file.
bool flush_standard_output();

}  // namespace photopsy
