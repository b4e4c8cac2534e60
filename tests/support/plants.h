#pragma once
// Secrets of every kind, written down in every way, put into any place of a flash; and the search for what is left of them.
#include "flash/layout.h"
#include "support/keys.h"
#include "support/shared.h"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace photopsy::test {

/// What an owner must not lose. `public_front`: bytes in front that are no secret (header and modulus of a whole key).
struct PlantedSecret {
    std::string kind;
    Bytes bytes;
    std::size_t public_front = 0;
};
/// Keys (whole, one number of them, the number of an EC key), passphrases, claim codes, device secrets, values of an application.
PlantedSecret rolled_secret(Dice&);

/// A way to write bytes down.
struct Spelling {
    std::string name;
    std::function<Bytes(const Bytes&)> write;
};
/// Raw, turned round (whole, in words, in halfwords), hexadecimal, base64, base32, UTF-16, octal, decimal, words of 32 bits.
const std::vector<Spelling>& spellings();

/// Runs of eight bytes of everything planted, raw and in the spelling it was planted in (there as many letters as spell eight bytes). Dull ones (the first
/// eight with fewer than four different bytes) do not count, and what lies in the public front.
class SurvivorSearch {
public:
    void add(const PlantedSecret&, const Spelling&);
    /// Offset of the first run in `bytes`, or nothing.
    std::optional<std::size_t> first_in(const Bytes& bytes) const;
    std::size_t size() const { return runs_.size(); }

private:
    /// `size`: bytes of a run.
    void add_runs(const Bytes& written, std::size_t size);

    struct Run {
        std::size_t text = 0, at = 0, size = 0;
    };
    std::vector<Bytes> texts_;
    std::unordered_multimap<std::uint64_t, Run> runs_;  ///< by their first eight bytes
};

/// Puts `bytes` over the flash from `at` on, as far as it goes. In EEPROM cells: one byte in each record, numbers ascending.
void plant(Bytes& flash, std::size_t at, const Bytes& bytes);
void plant_in_cells(Bytes& flash, std::size_t page_at, std::size_t page_size, std::size_t first_record, const Bytes& bytes);

}  // namespace photopsy::test
