#pragma once
// A server on loopback for one connection, or for one after the other.
#include "catch.h"
#include "support/network.h"
#include "support/shared.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

namespace photopsy::test {

class Listener {
public:
    /// `serve` is given each connection, `connections` times, and hangs up by returning.
    explicit Listener(std::function<void(int)> serve, int connections = 1) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(socket_, 8) == 0);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        thread_ = std::thread([this, serve = std::move(serve), connections] {
            for (int left = connections; left > 0; --left) {
                const int connection = ::accept(socket_, nullptr, nullptr);
                if (connection < 0) return;
                ++served;
                serve(connection);
                ::close(connection);
            }
        });
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() {
        ::shutdown(socket_, SHUT_RDWR);
        thread_.join();
        ::close(socket_);
    }
    std::string name() const { return "127.0.0.1:" + std::to_string(port); }

    std::uint16_t port = 0;
    std::atomic<int> served = 0;

private:
    NetworkAllowed allowed_;
    int socket_;
    std::thread thread_;
};

inline void tell(int connection, ByteView bytes) { (void)!::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

/// Waits until the other side has hung up.
inline void stay_silent(int connection) {
    char room[512];
    while (::recv(connection, room, sizeof room, 0) > 0) {
    }
}

inline Bytes hear(int connection, std::size_t count) {
    Bytes bytes(count);
    return ::recv(connection, bytes.data(), count, MSG_WAITALL) == static_cast<ssize_t>(count) ? bytes : Bytes{};
}

}  // namespace photopsy::test
