#include "cli/socket.h"

// Before windows.h, which would bring the older one.
#include <winsock2.h>
#include <ws2tcpip.h>
#include <cerrno>
#include <utility>

namespace photopsy {

namespace {

/// The system's sockets, for as long as the program runs.
bool sockets_are_there() {
    static const bool there = [] {
        WSADATA about{};
        return ::WSAStartup(MAKEWORD(2, 2), &about) == 0;
    }();
    return there;
}

int errno_of_socket(int error) {
    switch (error) {
        case 0:
            return 0;
        case WSAEWOULDBLOCK:
        case WSAEINTR:
            return EAGAIN;
        case WSAECONNREFUSED:
            return ECONNREFUSED;
        case WSAETIMEDOUT:
            return ETIMEDOUT;
        case WSAENETUNREACH:
        case WSAENETDOWN:
            return ENETUNREACH;
        case WSAEHOSTUNREACH:
        case WSAEHOSTDOWN:
            return EHOSTUNREACH;
        case WSAEADDRNOTAVAIL:
            return EADDRNOTAVAIL;
        case WSAEAFNOSUPPORT:
            return EAFNOSUPPORT;
        case WSAEACCES:
            return EACCES;
        case WSAECONNRESET:
        case WSAECONNABORTED:
        case WSAESHUTDOWN:
            return ECONNRESET;
        default:
            return EIO;
    }
}

int last_socket_reason() { return errno_of_socket(::WSAGetLastError()); }

}  // namespace

std::vector<NetworkAddress> addresses_of(const std::string& host, std::uint16_t port) {
    addrinfo wish{};
    wish.ai_family = AF_UNSPEC;
    wish.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (!sockets_are_there() || ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wish, &list) != 0) return {};
    std::vector<NetworkAddress> addresses;
    for (const addrinfo* each = list; each; each = each->ai_next) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(each->ai_addr);
        addresses.push_back({each->ai_family, {bytes, bytes + each->ai_addrlen}});
    }
    ::freeaddrinfo(list);
    return addresses;
}

static_assert(INVALID_SOCKET == static_cast<SOCKET>(-1), "Socket::closed is what the system calls invalid");

Socket::Socket(const NetworkAddress& address) {
    if (!sockets_are_there()) return;
    number_ = static_cast<std::intptr_t>(::socket(address.family, SOCK_STREAM, IPPROTO_TCP));
    u_long without_waiting = 1;
    if (is_open()) ::ioctlsocket(static_cast<SOCKET>(number_), static_cast<long>(FIONBIO), &without_waiting);
}

Socket::~Socket() {
    if (is_open()) ::closesocket(static_cast<SOCKET>(number_));
}

Socket::Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, closed)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

/// By select(): WSAPoll() does not tell of a connection that was refused on systems before Windows 10 2004.
int Socket::wait(For what, int milliseconds) const {
    fd_set wanted, failed;
    FD_ZERO(&wanted);
    FD_ZERO(&failed);
    FD_SET(static_cast<SOCKET>(number_), &wanted);
    FD_SET(static_cast<SOCKET>(number_), &failed);
    timeval time{milliseconds / 1000, milliseconds % 1000 * 1000};
    const int ready = ::select(0, what == For::Receiving ? &wanted : nullptr, what == For::Sending ? &wanted : nullptr, &failed, &time);
    return ready > 0 ? 0 : ready == 0 ? ETIMEDOUT : last_socket_reason();
}

int Socket::connect(const NetworkAddress& address, int milliseconds) const {
    if (!is_open()) return EAFNOSUPPORT;
    const auto socket = static_cast<SOCKET>(number_);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(address.bytes.data()), static_cast<int>(address.bytes.size())) == 0) return 0;
    if (const int reason = last_socket_reason(); reason != EAGAIN) return reason;
    if (const int reason = wait(For::Sending, milliseconds)) return reason;
    int error = 0, size = sizeof error;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size) == 0 ? errno_of_socket(error) : last_socket_reason();
}

std::int64_t Socket::send(ByteView bytes) const {
    const int sent = ::send(static_cast<SOCKET>(number_), reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size()), 0);
    return sent >= 0 ? sent : -last_socket_reason();
}

std::int64_t Socket::receive(std::span<std::uint8_t> room, Take take) const {
    const int count =
        ::recv(static_cast<SOCKET>(number_), reinterpret_cast<char*>(room.data()), static_cast<int>(room.size()), take == Take::No ? MSG_PEEK : 0);
    return count >= 0 ? count : -last_socket_reason();
}

}  // namespace photopsy
