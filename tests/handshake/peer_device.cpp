// A device that shakes hands with a real server over TCP, with nothing in its flash but the two slots. Keys are read, the message is encrypted and
// the answer decrypted by src/handshake/, so that what the model says can be held against what a server of somebody else's does.
//   peer_device PORT DEVICE_ID RELEASE DEVICE_SLOT SERVER_SLOT      prints the step at which it ends, as the contract names it
#include "peer_session_openssl.h"

#include "base/hex.h"
#include "cli/input.h"
#include "handshake/firmware_rsa.h"
#include "handshake/handshake.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"
#include "mend/new_key.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::size_t nonce_size = 40, credentials_size = 40, answer_size = 384;
constexpr long patience_seconds = 25;

class Connection {
public:
    explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{.tv_sec = patience_seconds, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        open_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { ::close(socket_); }

    bool open() const { return open_; }
    bool send(ByteView bytes) { return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()); }
    /// Exactly so many bytes, or nothing where the server hangs up or stays silent.
    std::optional<Bytes> receive(std::size_t count) {
        Bytes bytes(count);
        for (std::size_t got = 0; got < count;) {
            const auto more = ::recv(socket_, bytes.data() + got, count - got, 0);
            if (more <= 0) return {};
            got += static_cast<std::size_t>(more);
        }
        return bytes;
    }

private:
    int socket_;
    bool open_ = false;
};

struct Flash {
    HandshakeGeneration generation{};
    Bytes device, server, id;
};

/// PKCS#1 block type 2 of `size` bytes.
Bytes padded(ByteView message, std::size_t size) {
    Bytes block = random_bytes(size - message.size() - 1);
    std::replace(block.begin(), block.end(), std::uint8_t{0}, std::uint8_t{1});
    block[0] = 0;
    block[1] = 2;
    block.push_back(0);
    block.insert(block.end(), message.begin(), message.end());
    return block;
}

/// The message inside a block of type 2; empty where it is none.
Bytes unpadded(ByteView block) {
    if (block[0] != 0 || block[1] != 2) return {};
    const auto end = std::find(block.begin() + 2, block.end(), 0);
    return end == block.end() ? Bytes{} : Bytes(end + 1, block.end());
}

/// What the firmware does before it connects: a slot that begins with FF counts as empty.
void start_up(Flash& flash) {
    if (flash.device[0] == 0xFF && flash.generation != HandshakeGeneration::V0_7_0) {
        const auto key = make_new_key();
        if (key) flash.device = encode_for_device(*key);
        flash.device.resize(device_slot_size, 0xFF);
    }
    if (flash.server[0] == 0xFF && flash.generation >= HandshakeGeneration::V0_7_0)
        flash.server.assign(published_server_key().begin(), published_server_key().end());
}

std::optional<SessionKey> decrypt_session(const Flash& flash, ByteView ciphertext) {
    const FirmwareKey key = read_firmware_key(flash.device);
    if (flash.generation <= HandshakeGeneration::V0_6_2 && Number(ciphertext) >= key.n) return {};  // tropicssl/library/rsa.c: rsa_private()
    const auto text = decrypted(flash.generation, key, Number(ciphertext));
    if (!text || text->bits() > 1024) return {};
    SessionKey session{unpadded(text->bytes(128))};
    return session.all.size() == credentials_size ? std::optional(session) : std::nullopt;
}

/// The server signs the HMAC itself, without a DigestInfo around it.
bool signature_fits(const Flash& flash, const SessionKey& session, ByteView answer) {
    const Bytes digest = hmac_sha1(session.all, answer.first(128));
    Bytes wanted(256, 0xFF);
    wanted[0] = 0;
    wanted[1] = 1;
    wanted[256 - digest.size() - 1] = 0;
    std::copy(digest.begin(), digest.end(), wanted.end() - static_cast<std::ptrdiff_t>(digest.size()));
    return power(Number(answer.subspan(128)), Number(65537), Number(ByteView(flash.server).subspan(server_modulus_at, 256))) == Number(wanted);
}

/// CoAP NON POST /h with product, firmware and platform numbers of a Photon.
Bytes hello(const Flash& flash, const SessionKey& session) {
    Bytes text = {0x50, 0x02, session.salt()[0], session.salt()[1], 0xB1, 'h', 0xFF, 0, 6, 0xFF, 0xFF, 0, 0, 0, 6};
    if (flash.generation >= HandshakeGeneration::V1_0_1) std::swap(text[2], text[3]);
    const Bytes cipher = encrypted_message(session, text);
    Bytes framed = {0, static_cast<std::uint8_t>(cipher.size())};
    framed.insert(framed.end(), cipher.begin(), cipher.end());
    return framed;
}

bool hello_comes(Connection& server, const SessionKey& session) {
    const auto size = server.receive(2);
    const auto cipher = size ? server.receive(big_endian<std::uint16_t>(*size)) : std::nullopt;
    const auto text = cipher ? decrypted_message(session, *cipher) : std::nullopt;
    return text && text->size() >= 6 && (*text)[1] == 2 && (*text)[4] == 0xB1 && (*text)[5] == 'h';
}

Step shake_hands(Connection& server, const Flash& flash) {
    if (!server.open()) return Step::Connect;
    const auto nonce = server.receive(nonce_size);
    if (!nonce) return Step::RecvNonce;
    const ByteView modulus = ByteView(flash.server).subspan(server_modulus_at, 256);
    if (encryption_code(flash.generation, modulus) != 0) return Step::RsaEncrypt;
    Bytes message = *nonce;
    message.insert(message.end(), flash.id.begin(), flash.id.end());
    const Bytes presented = device_spki(ByteView(flash.device).subspan(presented_modulus_at, 128));
    message.insert(message.end(), presented.begin(), presented.end());
    if (!server.send(power(Number(padded(message, 256)), Number(65537), Number(modulus)).bytes(256))) return Step::Send256;
    const auto answer = server.receive(answer_size);
    if (!answer) return Step::Recv384;
    const auto session = decrypt_session(flash, ByteView(*answer).first(128));
    if (!session) return Step::RsaDecrypt;
    if (!signature_fits(flash, *session, *answer)) return Step::VerifySignature;
    if (!server.send(hello(flash, *session))) return Step::SendHello;
    return hello_comes(server, *session) ? Step::Done : Step::RecvHello;
}

}  // namespace

int main(int count, char** words) {
    if (count != 6) return std::fputs("usage: peer_device PORT DEVICE_ID RELEASE DEVICE_SLOT SERVER_SLOT\n", stderr), 2;
    const auto id = from_hex(words[2]);
    const auto version = system_version_of_release(words[3]);
    const auto device = read_file(words[4], 4096), server = read_file(words[5], 4096);
    if (!id || id->size() != 12 || !version || !device || !server) return std::fputs("peer_device: bad words\n", stderr), 2;
    Flash flash{handshake_generation(*version), *device, *server, *id};
    flash.device.resize(device_slot_size, 0xFF);
    flash.server.resize(server_slot_size, 0xFF);
    start_up(flash);
    Connection connection(std::atoi(words[1]));
    std::printf("%s\n", std::string(name_of(shake_hands(connection, flash))).c_str());
    return 0;
}
