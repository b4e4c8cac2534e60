#include "cli/tcp.h"

#include "cli/socket.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <future>
#include <memory>
#include <thread>

namespace photopsy {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

using Addresses = std::vector<NetworkAddress>;

int milliseconds_left(Clock::time_point deadline) {
    return static_cast<int>(std::max<Milliseconds::rep>(0, std::chrono::duration_cast<Milliseconds>(deadline - Clock::now()).count()));
}

/// The system's own look-up knows no time limit: it runs beside, and is left alone where it takes too long.
Addresses look_up(const ServerName& name, Clock::time_point deadline, LiveEnd& failure) {
    auto answer = std::make_shared<std::promise<Addresses>>();
    auto coming = answer->get_future();
    std::thread([answer, name] { answer->set_value(addresses_of(name.host, name.port)); }).detach();
    const bool came = coming.wait_until(deadline) == std::future_status::ready;
    failure = came ? LiveEnd::NameNotFound : LiveEnd::TimedOut;
    return came ? coming.get() : Addresses{};
}

LiveEnd end_of(int reason) {
    switch (reason) {
        case ECONNREFUSED:
            return LiveEnd::Refused;
        case ETIMEDOUT:
            return LiveEnd::TimedOut;
        case ENETUNREACH:
        case EHOSTUNREACH:
        case ENETDOWN:
        case EADDRNOTAVAIL:
        case EAFNOSUPPORT:
        case EACCES:
        case EPERM:
            return LiveEnd::NoRoute;
        default:
            return LiveEnd::Broken;
    }
}

/// Each address gets its share of the time, so that one that swallows packets does not keep the others from being tried.
Socket connect_to_any(const Addresses& addresses, Clock::time_point deadline, LiveEnd& failure) {
    failure = LiveEnd::NoRoute;
    auto left = static_cast<int>(addresses.size());
    for (const auto& address : addresses) {
        Socket socket(address);
        const int reason = socket.connect(address, milliseconds_left(deadline) / left--);
        if (reason == 0) return socket;
        if (failure == LiveEnd::NoRoute) failure = end_of(reason);  // one address without a route says less than another's refusal
    }
    return {};
}

/// Sends what the machine wants to be sent. Nothing on success.
std::optional<LiveEnd> send_all(const Socket& socket, ByteView bytes, Clock::time_point deadline) {
    while (!bytes.empty()) {
        if (const int reason = socket.wait(Socket::For::Sending, milliseconds_left(deadline))) return end_of(reason);
        const auto sent = socket.send(bytes);
        if (sent > 0)
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        else if (sent != -EAGAIN)
            return sent == -EPIPE || sent == -ECONNRESET ? LiveEnd::Closed : end_of(static_cast<int>(-sent));
    }
    return {};
}

/// The bytes that are there, at least one; nothing: `failure` says why.
std::optional<ByteView> receive_some(const Socket& socket, std::span<std::uint8_t> room, Clock::time_point deadline, LiveEnd& failure) {
    while (true) {
        const int reason = socket.wait(Socket::For::Receiving, milliseconds_left(deadline));
        const auto count = reason == 0 ? socket.receive(room, Socket::Take::Yes) : -reason;
        if (count > 0) return ByteView(room).first(static_cast<std::size_t>(count));
        if (count == -EAGAIN) continue;
        failure = count == 0 ? LiveEnd::Closed : end_of(static_cast<int>(-count));
        return {};
    }
}

/// What the other side says before it may: a server of devices waits for the answer to its 40 bytes.
void hear_what_is_too_much(const Socket& socket, HandshakeSession& session) {
    std::array<std::uint8_t, 64> room{};
    const auto count = socket.receive(room, Socket::Take::No);
    if (count > 0) session.arrived(ByteView(room).first(static_cast<std::size_t>(count)));
}

}  // namespace

Result<ServerName> parse_server_name(std::string_view text, std::uint16_t default_port) {
    const Error bad{"\"" + std::string(text.substr(0, 80)) + "\" is no HOST:PORT, like device.spark.io:5683 or [::1]:5683"};
    const bool bracketed = text.starts_with('[');
    const auto host_end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && host_end == text.npos) return bad;
    ServerName name{std::string(bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end)), default_port};
    const auto rest = host_end == text.npos ? std::string_view{} : text.substr(host_end + (bracketed ? 1 : 0));
    const bool named = !name.host.empty() && name.host.size() <= 253 && name.host.find_first_of(" \t\r\n/@") == std::string::npos;
    if (!named) return bad;
    if (rest.empty()) return name;
    const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), name.port);
    if (rest.front() != ':' || error != std::errc{} || end != rest.data() + rest.size() || name.port == 0) return bad;
    return name;
}

LiveAnswer shake_hands(HandshakeSession& session, const ServerName& name, Milliseconds timeout, std::vector<SessionMoment>& moments) {
    const auto start = Clock::now(), deadline = start + timeout;
    const auto note = [&](std::string what) { moments.push_back({std::chrono::duration_cast<Milliseconds>(Clock::now() - start), std::move(what)}); };
    LiveAnswer unreached;
    const Addresses addresses = look_up(name, deadline, unreached.end);
    note(!addresses.empty() ? "name found" : "name not found");
    if (addresses.empty()) return unreached;
    const Socket socket = connect_to_any(addresses, deadline, unreached.end);
    note(socket.is_open() ? "connected" : "not connected");
    if (!socket.is_open()) return unreached;

    std::array<std::uint8_t, 4096> room{};
    while (session.wants() != HandshakeSession::Wants::Nothing) {
        if (session.wants() == HandshakeSession::Wants::ToSend) {
            hear_what_is_too_much(socket, session);
            if (session.wants() != HandshakeSession::Wants::ToSend) break;
            if (const auto failure = send_all(socket, session.to_send(), deadline)) {
                session.ended(*failure);
                break;
            }
            note(fmt::format("sent {} bytes", session.to_send().size()));
            session.sent();
            continue;
        }
        LiveEnd failure = LiveEnd::Broken;
        const auto bytes = receive_some(socket, room, deadline, failure);
        if (!bytes) {
            session.ended(failure);
            break;
        }
        note(fmt::format("received {} bytes", bytes->size()));
        session.arrived(*bytes);
    }
    note(std::string(name_of(session.answer().end)));
    return session.answer();
}

}  // namespace photopsy
