#pragma once
// Runs something in a process of its own that is killed at its n-th call that changes a file system. Linked with --wrap for those calls.
#include <functional>

namespace photopsy::test {

/// True where the process came to its n-th such call and was killed there (before the call); false where it ended before.
bool killed_at(int call, const std::function<void()>& work);

}  // namespace photopsy::test
