#include "cli/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace photopsy {

// A connection that the other end closed is an error of send(), not the end of this program: by a flag of the call, or (macOS) of the socket.
#ifdef MSG_NOSIGNAL
static constexpr int flags_of_send = MSG_NOSIGNAL;
static void want_no_signal(int) {}
#else
static constexpr int flags_of_send = 0;
static void want_no_signal(int file) {
    const int on = 1;
    ::setsockopt(file, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
}
#endif

/// As socket.h has them: a computer that is down cannot be reached.
static int reason_of(int error) { return error == EHOSTDOWN ? EHOSTUNREACH : error; }

std::vector<NetworkAddress> addresses_of(const std::string& host, std::uint16_t port) {
    addrinfo wish{};
    wish.ai_family = AF_UNSPEC;
    wish.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wish, &list) != 0) return {};
    std::vector<NetworkAddress> addresses;
    for (const addrinfo* each = list; each; each = each->ai_next) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(each->ai_addr);
        addresses.push_back({each->ai_family, {bytes, bytes + each->ai_addrlen}});
    }
    ::freeaddrinfo(list);
    return addresses;
}

Socket::Socket(const NetworkAddress& address) : number_(::socket(address.family, SOCK_STREAM, 0)) {
    if (!is_open()) return;
    const int file = static_cast<int>(number_);
    ::fcntl(file, F_SETFD, FD_CLOEXEC);
    want_no_signal(file);
    ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) | O_NONBLOCK);
}

Socket::~Socket() {
    if (is_open()) ::close(static_cast<int>(number_));
}

Socket::Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, closed)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

int Socket::wait(For what, int milliseconds) const {
    pollfd one{static_cast<int>(number_), static_cast<short>(what == For::Sending ? POLLOUT : POLLIN), 0};
    int ready = 0;
    do ready = ::poll(&one, 1, milliseconds);
    while (ready < 0 && errno == EINTR);
    return ready > 0 ? 0 : ready == 0 ? ETIMEDOUT : errno;
}

int Socket::connect(const NetworkAddress& address, int milliseconds) const {
    if (!is_open()) return EAFNOSUPPORT;
    const int file = static_cast<int>(number_);
    if (::connect(file, reinterpret_cast<const sockaddr*>(address.bytes.data()), static_cast<socklen_t>(address.bytes.size())) == 0) return 0;
    if (errno != EINPROGRESS) return reason_of(errno);
    if (const int reason = wait(For::Sending, milliseconds)) return reason;
    int reason = 0;
    socklen_t size = sizeof reason;
    return ::getsockopt(file, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 ? reason_of(reason) : errno;
}

std::int64_t Socket::send(ByteView bytes) const {
    const auto sent = ::send(static_cast<int>(number_), bytes.data(), bytes.size(), flags_of_send);
    if (sent >= 0) return sent;
    return errno == EINTR ? -EAGAIN : -errno;
}

std::int64_t Socket::receive(std::span<std::uint8_t> room, Take take) const {
    const auto count = ::recv(static_cast<int>(number_), room.data(), room.size(), MSG_DONTWAIT | (take == Take::No ? MSG_PEEK : 0));
    if (count >= 0) return count;
    return errno == EINTR ? -EAGAIN : -errno;
}

}  // namespace photopsy
