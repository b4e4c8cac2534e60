#pragma once
// The TCP handshake up to the server's answer, as the installed firmware would carry it out: bytes in, bytes to send out, a state. No socket, no clock, no
// randomness of its own. It ends before the hello: no session is ever opened. Format: docs/formats/handshake.md ("on the wire").
// Source: communication/src/handshake.cpp@v0.7.0:218-330, spark_protocol.cpp@v0.6.2:160-260, lightssl_message_channel.cpp@v2.3.1:60-160.
#include "handshake/handshake.h"

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace photopsy {

inline constexpr std::size_t session_nonce_size = 40, session_message_size = 256, session_answer_size = 384, session_device_id_size = 12;
inline constexpr std::size_t session_padding_size = 39;  ///< of PKCS#1 type 2 in front of the 214 bytes that are encrypted

/// What a device brings to a handshake. Secret: wiped when it goes.
struct SessionKeys {
    std::vector<std::uint8_t> device_slot;  ///< 612 bytes; a shorter one reads as erased behind its end
    std::vector<std::uint8_t> server_slot;  ///< 294 bytes or more; the key that the firmware would use (the built-in one put in where it would)
    HandshakeGeneration generation = HandshakeGeneration::V2_3_1;
    std::array<std::uint8_t, session_device_id_size> device_id{};
    std::array<std::uint8_t, session_padding_size> padding{};  ///< random; zeros in it are sent as ones

    SessionKeys() = default;
    SessionKeys(const SessionKeys&) = default;
    SessionKeys(SessionKeys&&) noexcept = default;
    SessionKeys& operator=(const SessionKeys&) = default;
    SessionKeys& operator=(SessionKeys&&) noexcept = default;
    ~SessionKeys();
};

/// One message as it went over the wire, for a transcript. No content.
struct SessionMessage {
    Step step = Step::RecvNonce;
    bool sent = false;      ///< else received
    std::size_t bytes = 0;  ///< as far as it came
};

class HandshakeSession {
public:
    explicit HandshakeSession(SessionKeys keys);

    /// What the bearer of the bytes has to do next.
    enum class Wants : std::uint8_t { Bytes, ToSend, Nothing };
    Wants wants() const { return wants_; }
    /// The bytes to be sent where wants() says ToSend; valid until sent().
    ByteView to_send() const { return message_; }
    void sent();
    /// Bytes as they come, in pieces of any size. More than the handshake has room for ends it: whoever sends them speaks another protocol.
    void arrived(ByteView bytes);
    /// The other side hung up, the line broke, or the time was over. Ends the handshake where it stands.
    void ended(LiveEnd how);

    /// Meaningful once wants() says Nothing.
    const LiveAnswer& answer() const { return answer_; }
    std::span<const SessionMessage> messages() const { return messages_; }

private:
    void nonce_complete();
    void answer_complete();
    void finish(Step step, LiveEnd how);

    SessionKeys keys_;
    Wants wants_ = Wants::Bytes;
    Step step_ = Step::RecvNonce;
    std::vector<std::uint8_t> received_, message_;
    std::vector<SessionMessage> messages_;
    LiveAnswer answer_;
};

/// True where all bytes are of the kind that people read: HTTP, SSH, SMTP speak so, 40 random bytes do not (chance below 2^-50).
bool looks_like_text(ByteView);

}  // namespace photopsy
