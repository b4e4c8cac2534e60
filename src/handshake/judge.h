#pragma once
// The parts of judge_keys(). Flash in, facts without secrets out.
#include "handshake/device_slot.h"
#include "handshake/server_address.h"

namespace photopsy {

/// Reads the device key slot at `field` (1216 bytes of the configuration table) and the same as a fact.
struct JudgedSlot {
    DeviceKey fact;
    SlotReading reading;
};
JudgedSlot judge_device_slot(const Image&, Range field, int dct_copy, const std::vector<Number>& witnesses);
/// The same for firmware that does not ask byte 0 whether there is a key: the slot is used as it is.
JudgedSlot judge_fixed_device_slot(const Image&, Range field);
/// The fact alone, from a reading; `at` is where the slot begins.
DeviceKey fact_of(const SlotReading&, Range at, int dct_copy);

ServerKey judge_server_slot(const Image&, Range field, const InstalledSystem&);
ServerAddress judge_server_address(const Image&, Range field, const InstalledSystem&);
/// What was decoded, as a fact: kind, host, port and what speaks for or against them.
void set_address(const DecodedAddress&, ServerAddress&);
PublicKeyCache judge_cache(const Image&, Range field, const DeviceKey&);
/// The modulus in a public-key cache, if a public key stands there.
std::optional<Number> cached_modulus(const Image&, Range field);

/// Moduli that the device is known to have had: of the public-key cache of the selected copy first, then of the other copies'.
std::vector<Number> known_moduli(const Image&, const Facts&);

/// Most places that are tried as keys, the likeliest first: one that is no key costs up to eight milliseconds of arithmetic, and a flash has room for tens of
/// thousands of them.
inline constexpr std::size_t most_key_attempts = 16;
struct FoundKey {
    Range at;
    SlotReading reading;
};
struct KeySearch {
    std::vector<FoundKey> found;         ///< at most 16, by address
    std::size_t tried = 0, untried = 0;  ///< places where a key may begin; the untried ones are the less likely ones
};
/// Private keys anywhere in the image except at `known` places, with what they are. Equal bytes are looked at once.
KeySearch search_private_keys(const Image&, const std::vector<Range>& known, const std::vector<Number>& witnesses);

/// The same in the values of the emulated EEPROM, where some libraries keep a copy of the key (DeviceKeyHelperRK: 1608 bytes with a magic number and a sum,
/// rickkas7/DeviceKeyHelperRK src/DeviceKeyHelperRK.h). The first that is found in each page.
struct EepromKey {
    EepromCells place;
    SlotReading reading;
};
std::vector<EepromKey> search_eeprom_keys(const Image&, const Layout&, const std::vector<Number>& witnesses);
/// The bytes that search_eeprom_keys() read there: up to 612.
std::vector<std::uint8_t> eeprom_key_bytes(const Image&, const Layout&, const EepromCells&);

Sha256 fingerprint_of(ByteView spki);

/// Of a whole key that the device itself made: why it is not the first one, although no older key is left to compare with. "" where nothing says so, or where
/// the older copy's public-key cache names this very key (`spki`).
std::string why_key_was_lost(const Image&, const Facts&, ByteView spki);

/// Of a whole key that seems to have been made anew: what says that it may be the one on record all the same, one sentence; "" where nothing does. Its table
/// was never lost (the factory's version string or a claimed older copy stands), the device was claimed, and the public-key cache, which each start of the
/// cloud renews, names it (docs/formats/keys.md); or the copy from before the last write holds another whole key: no firmware makes a key where it has one, so
/// that somebody wrote this one; or it lies in a third place as well, as a kept one does.
std::string history_of_key(const Image&, const Facts&, const KeyFacts&);

}  // namespace photopsy
