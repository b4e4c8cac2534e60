#include "handshake/session.h"

#include "handshake/firmware_rsa.h"
#include "handshake/mac.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t cipher_size = 128, signature_size = 256, session_credentials_size = 40, presented_size = 128;
constexpr std::uint32_t encryption_exponent = 65537;  // hard-coded in every version

void wipe(std::vector<std::uint8_t>& bytes) {
    std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
    bytes.clear();
}

ByteView server_modulus(const SessionKeys& keys) { return ByteView(keys.server_slot).subspan(server_modulus_at, signature_size); }

/// 00 02, padding, 00, nonce, device id, public key: what the device sends under the server's key.
std::vector<std::uint8_t> hello_block(const SessionKeys& keys, ByteView nonce) {
    std::vector<std::uint8_t> block{0, 2};
    for (const std::uint8_t byte : keys.padding) block.push_back(byte == 0 ? std::uint8_t{1} : byte);
    block.push_back(0);
    block.insert(block.end(), nonce.begin(), nonce.end());
    block.insert(block.end(), keys.device_id.begin(), keys.device_id.end());
    const auto presented = device_spki(ByteView(keys.device_slot).subspan(presented_modulus_at, presented_size));
    block.insert(block.end(), presented.begin(), presented.end());
    return block;
}

/// The credentials that the server chose, as this firmware gets them out of the answer; empty where it cannot.
std::vector<std::uint8_t> credentials(const SessionKeys& keys, ByteView cipher) {
    const FirmwareKey key = read_firmware_key(keys.device_slot);
    const Number value(cipher);
    if (keys.generation <= HandshakeGeneration::V0_6_2 && value >= key.n) return {};  // tropicssl/library/rsa.c@v0.4.0: rsa_private()
    const auto text = decrypted(keys.generation, key, value);
    if (!text || text->bits() > static_cast<int>(8 * cipher_size)) return {};
    auto block = text->bytes(cipher_size);
    const auto end = std::find(block.begin() + 2, block.end(), std::uint8_t{0});
    const bool fits = block[0] == 0 && block[1] == 2 && static_cast<std::size_t>(block.end() - end) == session_credentials_size + 1;
    std::vector<std::uint8_t> message(fits ? end + 1 : block.end(), block.end());
    wipe(block);
    return message;
}

/// What the owner of the server key signed: 20 bytes behind 00 01 FF .. FF 00; empty where the signature is no such block.
std::vector<std::uint8_t> signed_digest(const SessionKeys& keys, ByteView signature) {
    const auto block = power(Number(signature), Number(encryption_exponent), Number(server_modulus(keys))).bytes(signature_size);
    const std::size_t digest_at = block.size() - mac_size;
    const bool frame =
        block[0] == 0 && block[1] == 1 && block[digest_at - 1] == 0 &&
        std::all_of(block.begin() + 2, block.begin() + static_cast<std::ptrdiff_t>(digest_at) - 1, [](std::uint8_t byte) { return byte == 0xFF; });
    return frame ? std::vector<std::uint8_t>(block.begin() + static_cast<std::ptrdiff_t>(digest_at), block.end()) : std::vector<std::uint8_t>{};
}

}  // namespace

SessionKeys::~SessionKeys() {
    wipe(device_slot);
    wipe(server_slot);
}

bool looks_like_text(ByteView bytes) {
    return !bytes.empty() && std::all_of(bytes.begin(), bytes.end(),
                                         [](std::uint8_t byte) { return (byte >= 0x20 && byte < 0x7F) || byte == '\r' || byte == '\n' || byte == '\t'; });
}

HandshakeSession::HandshakeSession(SessionKeys keys) : keys_(std::move(keys)) {
    keys_.device_slot.resize(device_slot_size, 0xFF);
    if (keys_.server_slot.size() < server_slot_size) keys_.server_slot.resize(server_slot_size, 0xFF);
}

void HandshakeSession::finish(Step step, LiveEnd how) {
    answer_.step = step;
    answer_.end = how;
    answer_.received = received_.size();
    wants_ = Wants::Nothing;
    wipe(message_);
}

void HandshakeSession::ended(LiveEnd how) {
    if (wants_ == Wants::Nothing) return;
    if (!received_.empty()) messages_.push_back({step_, false, received_.size()});
    const bool text = step_ == Step::RecvNonce && received_.size() >= 4 && looks_like_text(received_);
    finish(step_, text ? LiveEnd::OtherProtocol : how);
}

void HandshakeSession::sent() {
    if (wants_ != Wants::ToSend) return;
    messages_.push_back({Step::Send256, true, message_.size()});
    wipe(message_);
    step_ = Step::Recv384;
    wants_ = Wants::Bytes;
}

void HandshakeSession::arrived(ByteView bytes) {
    if (wants_ == Wants::Nothing || bytes.empty()) return;
    const std::size_t wanted = step_ == Step::RecvNonce ? session_nonce_size : step_ == Step::Recv384 ? session_answer_size : 0;
    const std::size_t taken = std::min(bytes.size(), wanted - std::min(wanted, received_.size()));
    received_.insert(received_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    if (taken < bytes.size()) {
        messages_.push_back({step_, false, received_.size() + (bytes.size() - taken)});
        return finish(step_, LiveEnd::OtherProtocol);
    }
    if (received_.size() < wanted) return;
    messages_.push_back({step_, false, received_.size()});
    step_ == Step::RecvNonce ? nonce_complete() : answer_complete();
}

void HandshakeSession::nonce_complete() {
    if (looks_like_text(received_)) return finish(Step::RecvNonce, LiveEnd::OtherProtocol);
    if (encryption_code(keys_.generation, server_modulus(keys_)) != 0) return finish(Step::RsaEncrypt, LiveEnd::CannotEncrypt);
    auto block = hello_block(keys_, received_);
    message_ = power(Number(block), Number(encryption_exponent), Number(server_modulus(keys_))).bytes(session_message_size);
    received_.clear();
    step_ = Step::Send256;
    wants_ = Wants::ToSend;
}

void HandshakeSession::answer_complete() {
    const ByteView cipher = ByteView(received_).first(cipher_size);
    const auto digest = signed_digest(keys_, ByteView(received_).subspan(cipher_size));
    answer_.signed_by_server = !digest.empty();
    auto session = credentials(keys_, cipher);
    if (session.empty()) return finish(Step::RsaDecrypt, LiveEnd::CannotDecrypt);
    const auto wanted = hmac_sha1(session, cipher);
    wipe(session);
    if (!std::ranges::equal(digest, wanted)) return finish(Step::VerifySignature, LiveEnd::BadSignature);
    finish(Step::Done, LiveEnd::Accepted);
}

}  // namespace photopsy
