// Node's files know no isatty() of the C library: there every stream would be a terminal. Node itself is asked.
#include "cli/tty.h"

#include <emscripten/em_js.h>

// clang-format off
EM_JS(int, node_is_tty, (int stream), { return require('tty').isatty(stream) ? 1 : 0; })
// clang-format on

namespace photopsy {

bool is_tty(int stream) { return node_is_tty(stream) != 0; }

}  // namespace photopsy
