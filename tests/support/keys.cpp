#include "support/keys.h"

#include "base/hex.h"

namespace photopsy::test {

static RsaKey from_primes(std::string_view p, std::string_view q) { return *key_of_primes(Number(*from_hex(p)), Number(*from_hex(q))); }

RsaKey first_key() {
    static const RsaKey key =
        from_primes("d6f89b024218478bc16d06e10858945a7a1b7ee8c2cacf54e391e8b980aedf03c8ceaaa96b1838570d3ac5db0588dcbb12d44ea0ed095ae18e556739a55d4b29",
                    "c4a0025c3d80e7f60985934869136f80c913142ce7e3f51954d90bb971130172fa3e03bd1f495a141da0ae4acfaf42c84794f9d7533bb7448de8f53062fa5463");
    return key;
}

RsaKey second_key() {
    static const RsaKey key = [] {
        Dice dice(2);
        return rolled_key(dice);
    }();
    return key;
}

static std::vector<std::uint8_t> filled(std::vector<std::uint8_t> slot, std::size_t size) {
    slot.resize(size, 0xFF);
    return slot;
}

std::vector<std::uint8_t> device_slot_of(const RsaKey& key, std::size_t size) { return filled(encode_for_device(key), size); }
std::vector<std::uint8_t> minimal_slot_of(const RsaKey& key, std::size_t size) { return filled(encode_pkcs1(key, minimal_lengths(key)), size); }

static Number rolled_prime(Dice& dice, std::size_t size, std::uint64_t e) {
    for (;;) {
        std::vector<std::uint8_t> bytes(size);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice.next() >> 32);
        bytes.front() |= 0xC0;
        bytes.back() |= 1;
        Number candidate{ByteView(bytes)};
        if (is_prime(candidate) && (candidate - Number(1)).remainder(e) != 0) return candidate;
    }
}

RsaKey rolled_key(Dice& dice, std::size_t prime_bytes, std::uint64_t e) {
    const Number p = rolled_prime(dice, prime_bytes, e), q = rolled_prime(dice, prime_bytes, e);
    return *key_of_primes(p, q, Number(e));
}

}  // namespace photopsy::test
