#include "support/network.h"

#include <netdb.h>
#include <sys/socket.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace {

enum class Rule { Forbidden, Counted, Allowed };
std::atomic<Rule> rule = Rule::Forbidden;
std::atomic<int> counted = 0;

/// True where the call may go on.
bool may_pass(const char* call) {
    if (rule == Rule::Allowed) return true;
    if (rule == Rule::Forbidden) {
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

NetworkAllowed::NetworkAllowed() { rule = Rule::Allowed; }
NetworkAllowed::~NetworkAllowed() { rule = Rule::Forbidden; }
NetworkCounted::NetworkCounted() {
    counted = 0;
    rule = Rule::Counted;
}
NetworkCounted::~NetworkCounted() { rule = Rule::Forbidden; }
int NetworkCounted::attempts() const { return counted; }

}  // namespace photopsy::test
