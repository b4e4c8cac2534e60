#include "handshake/ec_key.h"

#include "base/hex.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::string_view spki_frame = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
constexpr std::string_view sec1_front = "30770201010420", sec1_curve = "a00a06082a8648ce3d030107", sec1_point = "a14403420004";
constexpr std::string_view pkcs8_front = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420";
// Behind the outer header of a PrivateKeyInfo: version 0, and the algorithm id-ecPublicKey with any curve.
constexpr std::string_view pkcs8_version = "020100", ec_algorithm = "06072a8648ce3d0201";
constexpr std::string_view published_point =
    "509bfc185648c33f80907ae13260df33282115209e54a22f2b105984a46362c07c2679f6e4ce76ca002d3de4bf2e9e3a62151c48179bd809ddce9c5dc30f54b8";

void append_hex(std::vector<std::uint8_t>& out, std::string_view digits) {
    const auto bytes = *from_hex(digits);
    out.insert(out.end(), bytes.begin(), bytes.end());
}
void append_bytes(std::vector<std::uint8_t>& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

bool stands_at(ByteView bytes, std::size_t at, std::string_view digits) {
    const auto wanted = *from_hex(digits);
    return at + wanted.size() <= bytes.size() && std::equal(wanted.begin(), wanted.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Octets of tag and length of a SEQUENCE at the front; 0 where none is.
std::size_t sequence_header(ByteView der) {
    if (der.size() < 2 || der[0] != 0x30) return 0;
    return der[1] < 0x80 ? 2 : der[1] == 0x81 ? 3 : der[1] == 0x82 ? 4 : 0;
}

}  // namespace

std::optional<EcKey> ec_key_of(const EcScalar& d) {
    const auto point = point_of(d);
    return point ? std::optional(EcKey{d, *point}) : std::nullopt;
}

bool is_proved(const EcKey& key) { return point_of(key.d) == key.point && signs_for(key.d, key.point); }

std::vector<std::uint8_t> encode_sec1(const EcKey& key) {
    std::vector<std::uint8_t> der;
    append_hex(der, sec1_front);
    append_bytes(der, key.d.bytes());
    append_hex(der, sec1_curve);
    append_hex(der, sec1_point);
    append_bytes(der, key.point);
    return der;
}

std::vector<std::uint8_t> encode_ec_pkcs8(const EcKey& key) {
    std::vector<std::uint8_t> der;
    append_hex(der, pkcs8_front);
    append_bytes(der, key.d.bytes());
    append_hex(der, sec1_point);
    append_bytes(der, key.point);
    return der;
}

std::vector<std::uint8_t> ec_spki(const EcPoint& point) {
    std::vector<std::uint8_t> der;
    append_hex(der, spki_frame);
    append_bytes(der, point);
    return der;
}

std::optional<EcPoint> point_at(ByteView bytes, std::size_t offset) {
    EcPoint point;
    if (bytes.size() < offset + point.size()) return {};
    const auto found = bytes.subspan(offset, point.size());
    std::copy(found.begin(), found.end(), point.begin());
    return on_curve(point) ? std::optional(point) : std::nullopt;
}

std::optional<EcPoint> parse_ec_spki(ByteView der) {
    return der.size() >= ec_spki_size && stands_at(der, 0, spki_frame) ? point_at(der, spki_frame.size() / 2) : std::nullopt;
}

ByteView published_ec_server_key() {
    static const std::vector<std::uint8_t> key = [] {
        std::vector<std::uint8_t> der;
        append_hex(der, spki_frame);
        append_hex(der, published_point);
        return der;
    }();
    return key;
}

std::optional<std::size_t> inside_ec_pkcs8(ByteView der) {
    const std::size_t version = sequence_header(der);
    if (version == 0 || !stands_at(der, version, pkcs8_version)) return {};
    const std::size_t algorithm = version + pkcs8_version.size() / 2;
    if (algorithm + 2 > der.size() || der[algorithm] != 0x30 || der[algorithm + 1] >= 0x80 || !stands_at(der, algorithm + 2, ec_algorithm)) return {};
    const std::size_t octets = algorithm + 2 + der[algorithm + 1];
    if (octets + 2 > der.size() || der[octets] != 0x04) return {};
    return octets + (der[octets + 1] < 0x80 ? 2 : der[octets + 1] == 0x81 ? 3 : 4);
}

std::vector<std::uint8_t> with_curve_named(ByteView inner) {
    constexpr std::size_t number_at = 7, longest_number = 33;
    std::vector<std::uint8_t> der(inner.begin(), inner.end());
    if (inner.size() < number_at || inner[0] != 0x30 || inner[number_at - 1] > longest_number) return der;
    const std::size_t behind = number_at + inner[number_at - 1];
    if (behind > inner.size() || stands_at(inner, behind, sec1_curve)) return der;
    const auto curve = *from_hex(sec1_curve);
    der[1] = static_cast<std::uint8_t>(der[1] + curve.size());
    der.insert(der.begin() + static_cast<std::ptrdiff_t>(behind), curve.begin(), curve.end());
    return der;
}

}  // namespace photopsy
