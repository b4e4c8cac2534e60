#pragma once
// One outgoing TCP connection, the same on every operating system: socket_posix.cpp, socket_windows.cpp. A `reason` is an errno value on every system, 0 for
// success.
#include "base/bytes.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace photopsy {

/// An address as the system keeps it.
struct NetworkAddress {
    int family = 0;
    std::vector<std::uint8_t> bytes;
};

/// The addresses that a name stands for, in the system's order of preference. Waits as long as the system waits. Empty where there is none.
std::vector<NetworkAddress> addresses_of(const std::string& host, std::uint16_t port);

class Socket {
public:
    Socket() = default;
    /// For connections to an address of this family. Never waits, except where told to.
    explicit Socket(const NetworkAddress&);
    ~Socket();
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&& other) noexcept;

    bool is_open() const { return number_ != closed; }
    int connect(const NetworkAddress&, int milliseconds) const;
    enum class For { Receiving, Sending };
    /// 0 once it is ready for that, ETIMEDOUT where the time was over before.
    int wait(For what, int milliseconds) const;
    /// Bytes sent, or a negative errno (EAGAIN: not ready).
    std::int64_t send(ByteView bytes) const;
    enum class Take { No, Yes };
    /// Bytes received into `room`, 0 where the other side closed, or a negative errno (EAGAIN: nothing there). With Take::No they stay to be received.
    std::int64_t receive(std::span<std::uint8_t> room, Take take) const;

private:
    static constexpr std::intptr_t closed = -1;
    std::intptr_t number_ = closed;
};

}  // namespace photopsy
