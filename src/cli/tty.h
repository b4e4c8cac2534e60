#pragma once

namespace photopsy {

/// Whether a person sits at this standard stream (0, 1 or 2). tty_posix.cpp, tty_node.cpp; Windows has its own (terminal_windows.cpp).
bool is_tty(int stream);

}  // namespace photopsy
