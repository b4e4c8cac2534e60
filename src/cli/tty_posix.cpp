#include "cli/tty.h"

#include <unistd.h>

namespace photopsy {

bool is_tty(int stream) { return ::isatty(stream) != 0; }

}  // namespace photopsy
