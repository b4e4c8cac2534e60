#include "handshake/dtls.h"
#include "handshake/ec_search.h"
#include "handshake/judge.h"
#include "handshake/key_forms.h"
#include "handshake/key_text.h"
#include "mend/keys.h"

#include <algorithm>

namespace photopsy {

namespace {

RecoveredKey carried_out_ec(const EcSlotReading& reading, std::string source, ByteView cache_spki) {
    RecoveredKey recovered{.kind = KeyKind::EcSlot,
                           .method = reading.method,
                           .source = std::move(source),
                           .der = encode_sec1(*reading.key),
                           .public_spki = ec_spki(reading.key->point)};
    recovered.public_fingerprint = fingerprint_of(recovered.public_spki);
    recovered.matches_cache = std::equal(recovered.public_spki.begin(), recovered.public_spki.end(), cache_spki.begin(), cache_spki.end());
    return recovered;
}

std::vector<std::uint8_t> pem_bytes(ByteView der, std::string_view label) {
    const auto text = to_pem(der, label);
    return {text.begin(), text.end()};
}

KeyTest ec_test(std::string name, bool passes, std::string fail) {
    return {std::move(name), passes ? KeyTest::Result::Pass : KeyTest::Result::Fail, passes ? "" : std::move(fail)};
}

std::string refusal_words(const EcWalk& walk) { return "it refuses the key: " + std::string(walk.refusal); }

}  // namespace

std::vector<RecoveredKey> recover_ec_keys(const Image& image, const Facts& facts, ByteView registered_spki) {
    std::vector<RecoveredKey> list;
    const KeyFacts keys = judge_keys(image, facts, registered_spki);
    const auto parser = dtls_rules(facts.system).parser;
    auto witnesses = known_ec_points(image, facts);
    if (const auto registered = parse_ec_spki(registered_spki)) witnesses.push_back(*registered);
    const ByteView cache = image.leading(keys.cache.at);
    const ByteView cached = cache.size() == ec_cache_size ? cache.last(ec_spki_size) : ByteView();
    const auto try_place = [&](Range at, const std::string& source, bool selected, KeyOwner owner) {
        const auto reading = read_ec_slot(image.leading(range_of(at.begin, ec_text_reach)), parser, witnesses);
        if (!reading.key || !is_proved(*reading.key)) return;
        auto recovered = carried_out_ec(reading, source, cached);
        recovered.is_present_key = selected && reading.what == DeviceKeyClass::Good;
        recovered.owner = owner;
        const bool known = std::any_of(list.begin(), list.end(), [&](const auto& key) { return key.public_fingerprint == recovered.public_fingerprint; });
        if (!known) list.push_back(std::move(recovered));
    };
    if (!keys.device.at.empty()) try_place(keys.device.at, "this slot", true, keys.owner);
    for (const auto& found : keys.elsewhere) try_place(found.at, found.where, false, found.owner);
    put_in_order(list, keys);
    return list;
}

std::vector<RecoveredKey> recover_ec_key_file(ByteView bytes, ByteView cache_spki) {
    std::vector<EcPoint> witnesses;
    if (const auto known = parse_ec_spki(cache_spki)) witnesses.push_back(*known);
    const auto reading = read_ec_slot(bytes, EcParser::WantsPublicHalf, witnesses);
    std::vector<RecoveredKey> list;
    if (!reading.key || !is_proved(*reading.key)) return list;
    list.push_back(carried_out_ec(reading, "this file", cache_spki));
    list.back().is_present_key = reading.what == DeviceKeyClass::Good;
    return list;
}

Result<KeyFile> parse_ec_key(ByteView der) {
    KeyFile file{.kind = KeyKind::EcSlot, .bits = 256};
    if (const auto point = parse_ec_spki(der)) {
        file.public_der = ec_spki(*point);
        return file;
    }
    const auto inside = inside_ec_pkcs8(der);
    const auto bare = inside ? with_curve_named(der.subspan(*inside)) : std::vector<std::uint8_t>(der.begin(), der.end());
    const auto reading = read_ec_slot(bare, EcParser::ComputesPublicHalf);
    if (!reading.key || reading.what != DeviceKeyClass::Good)
        return Error{"it holds no whole EC key on the curve P-256 (a damaged one: photopsy keys recover)"};
    file.ec_private_key = reading.key;
    file.public_der = ec_spki(reading.key->point);
    return file;
}

Result<std::vector<std::uint8_t>> write_ec_key(const KeyFile& file, KeyForm form) {
    if (form == KeyForm::PublicDer) return file.public_der;
    if (form == KeyForm::PublicPem) return pem_bytes(file.public_der, "PUBLIC KEY");
    if (!file.ec_private_key) return Error{"it holds a public key only; the private half cannot be made from it"};
    const EcKey& key = *file.ec_private_key;
    switch (form) {
        case KeyForm::Pem:
            return pem_bytes(encode_sec1(key), "EC PRIVATE KEY");
        case KeyForm::Pkcs8Der:
            return encode_ec_pkcs8(key);
        case KeyForm::Pkcs8Pem:
            return pem_bytes(encode_ec_pkcs8(key), "PRIVATE KEY");
        default:
            return encode_sec1(key);
    }
}

std::vector<KeyTest> test_ec_key(ByteView slot) {
    std::vector<KeyTest> list;
    const auto older = walk_ec_key(slot, EcParser::WantsPublicHalf), newer = walk_ec_key(slot, EcParser::ComputesPublicHalf);
    list.push_back(ec_test("for Device OS up to 1.0.1", older.accepted, refusal_words(older)));
    list.push_back(ec_test("for Device OS 1.1.0 and later", newer.accepted, refusal_words(newer)));
    if (!newer.accepted) return list;
    list.push_back(ec_test("point = d G", point_of(newer.d) == newer.presented, "the public half does not belong to the private number"));
    list.push_back(ec_test("signs and verifies", signs_for(newer.d, newer.presented), "a signature made with the key is refused by its public half"));
    return list;
}

}  // namespace photopsy
