#pragma once
// No test reaches out to another computer, loopback included, unless it says so: connect() and getaddrinfo() are linked with --wrap, and where nothing
// allows them they end the process with a sentence.
namespace photopsy::test {

/// While it lives, connections are made as asked for.
class NetworkAllowed {
public:
    NetworkAllowed();
    ~NetworkAllowed();
    NetworkAllowed(const NetworkAllowed&) = delete;
    NetworkAllowed& operator=(const NetworkAllowed&) = delete;
};

/// While it lives, none is made, and each attempt is counted.
class NetworkCounted {
public:
    NetworkCounted();
    ~NetworkCounted();
    NetworkCounted(const NetworkCounted&) = delete;
    NetworkCounted& operator=(const NetworkCounted&) = delete;
    int attempts() const;
};

}  // namespace photopsy::test
