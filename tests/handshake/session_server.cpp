#include "handshake/session_server.h"

#include "handshake/peer_session_openssl.h"
#include "handshake/public_key.h"
#include "support/keys.h"

#include <algorithm>

namespace photopsy::test {
namespace {

const RsaKey& server_key() {
    static const RsaKey key = [] {
        Dice dice(2048);
        return rolled_key(dice, 128);
    }();
    return key;
}

Bytes bytes_of(ByteView view) { return {view.begin(), view.end()}; }

}  // namespace

SessionServer::SessionServer(const RsaKey& device) : key(server_key()), registered(device) {}

Bytes SessionServer::spki() const { return server_spki(key.n.bytes(256)); }

std::optional<Bytes> SessionServer::answer(ByteView message) const {
    const Bytes block = power(Number(message), key.d, key.n).bytes(256);
    const auto zero = std::find(block.begin() + 2, block.end(), 0);
    const Bytes text(zero == block.end() ? zero : zero + 1, block.end());
    if (block[0] != 0 || block[1] != 2 || text.size() != 214 || bytes_of(ByteView(text).first(40)) != nonce()) return {};
    std::copy(text.begin() + 40, text.begin() + 52, seen_id.begin());
    if (compares && bytes_of(ByteView(text).subspan(52)) != device_spki(registered.n.bytes(128))) return {};
    const Bytes credentials = [] {
        Bytes bytes(40);
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(3 * i + 1);
        return bytes;
    }();
    Bytes padded(128, 0x33);
    padded[0] = 0, padded[1] = 2, padded[128 - 41] = 0;
    std::copy(credentials.begin(), credentials.end(), padded.end() - 40);
    Bytes all = power(Number(padded), registered.e, registered.n).bytes(128);
    Bytes block1(256, 0xFF);
    block1[0] = 0, block1[1] = 1, block1[256 - 21] = 0;
    const Bytes digest = test::hmac_sha1(credentials, all);
    std::copy(digest.begin(), digest.end(), block1.end() - 20);
    Dice dice(77);
    const RsaKey signer = signs_with_another ? rolled_key(dice, 128) : key;
    const Bytes signature = power(Number(block1), signer.d, signer.n).bytes(256);
    all.insert(all.end(), signature.begin(), signature.end());
    return all;
}

}  // namespace photopsy::test
