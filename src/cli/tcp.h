#pragma once
// One TCP connection to a server that a person named, and a handshake carried over it. The only place of the program that opens a connection to anything.
#include "base/result.h"
#include "handshake/session.h"

#include <chrono>
#include <string>

namespace photopsy {

/// "device.spark.io:5683", "10.0.0.4:5683", "[::1]:5683"; without a port `default_port`. One sentence where the text is none of these.
struct ServerName {
    std::string host;
    std::uint16_t port = 0;
};
Result<ServerName> parse_server_name(std::string_view text, std::uint16_t default_port);

/// When something happened, for a transcript.
struct SessionMoment {
    std::chrono::milliseconds at{0};  ///< since the start
    std::string what;                 ///< "connected", "received 40 bytes" ...
};

/// Looks the name up, connects over IPv6 or IPv4, and carries the handshake's bytes until it ends or `timeout` is over (all of it together).
/// Every failure is a LiveEnd; nothing throws. `moments` is filled as things happen.
LiveAnswer shake_hands(HandshakeSession&, const ServerName&, std::chrono::milliseconds timeout, std::vector<SessionMoment>& moments);

}  // namespace photopsy
