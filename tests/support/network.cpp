#include "support/network.h"

#include <netdb.h>
#include <sys/socket.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace {

enum class NetworkRule { Forbidden, Counted, Allowed };
std::atomic<NetworkRule> rule = NetworkRule::Forbidden;
std::atomic<int> counted = 0;

/// True where the call may go on.
bool may_pass(const char* call) {
    if (rule == NetworkRule::Allowed) return true;
    if (rule == NetworkRule::Forbidden) {
        std::fprintf(stderr, "%s was called in a test that allows no connection\n", call);
        std::abort();
    }
    ++counted;
    return false;
}

}  // namespace

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names
int __real_connect(int, const sockaddr*, socklen_t);
int __wrap_connect(int socket, const sockaddr* address, socklen_t size) {
    const bool other_computer = address->sa_family == AF_INET || address->sa_family == AF_INET6;
    if (!other_computer || may_pass("connect")) return __real_connect(socket, address, size);
    errno = EACCES;
    return -1;
}
int __real_getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**);
int __wrap_getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
    return may_pass("getaddrinfo") ? __real_getaddrinfo(host, service, hints, found) : EAI_FAIL;
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace photopsy::test {

NetworkAllowed::NetworkAllowed() { rule = NetworkRule::Allowed; }
NetworkAllowed::~NetworkAllowed() { rule = NetworkRule::Forbidden; }
NetworkCounted::NetworkCounted() {
    counted = 0;
    rule = NetworkRule::Counted;
}
NetworkCounted::~NetworkCounted() { rule = NetworkRule::Forbidden; }
int NetworkCounted::attempts() const { return counted; }

}  // namespace photopsy::test
