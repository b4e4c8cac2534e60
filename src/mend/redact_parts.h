#pragma once
// The parts of redact(): each overwrites one kind of place in a copy of the image and notes what it did.
#include "mend/redact.h"

#include <map>

namespace photopsy {

struct RedactionNote {
    Range at;
    std::string what;  ///< "DCT copy 1, Wi-Fi network 1: overwritten"
};

/// The image in the making. `bytes` are those of the whole flash; what the file did not hold stays FF and is not written out.
struct DumpRedaction {
    const Analysis& original;
    std::vector<std::uint8_t> bytes;
    std::vector<RedactionNote> notes;
    std::map<std::vector<std::uint8_t>, std::vector<std::uint8_t>> moduli;  ///< original modulus -> stand-in's
    std::map<std::vector<std::uint8_t>, unsigned> stand_ins;                ///< original modulus -> which stand-in it got
    std::vector<std::vector<std::uint8_t>> numbers;  ///< secret numbers of every key that was found or rebuilt, for the search of repeats
    unsigned first_stand_in = 0;
    bool thorough = true;  ///< also overwrite leftovers that nobody can name

    const Image& image() const { return original.capture.image; }
    std::uint8_t* at(Address address) { return bytes.data() + (address - image().range().begin); }
    ByteView view(Range range) const { return ByteView(bytes).subspan(range.begin - image().range().begin, range.size()); }
    /// Overwrites what is neither FF nor 00 in `range` with `filler`; ranges that the file did not hold are left.
    bool fill(Range range, std::uint8_t filler);
};

/// A stand-in for the private key in `slot` (1216 bytes or less): same encoding, same damage. The same key always gets the same stand-in.
std::vector<std::uint8_t> stand_in_slot(ByteView slot, DumpRedaction&);

/// The 128 bytes of a server address. Whether anything was changed.
bool redact_address(DumpRedaction&, Range at);

void redact_table_copies(DumpRedaction&);
/// After everything that changes a table.
void mend_table_checksums(DumpRedaction&);
void redact_eeprom(DumpRedaction&);
/// Applications of no release, wherever they lie, and leftovers beside modules.
void redact_applications(DumpRedaction&, const RedactWish&);
/// Private keys and whole tables elsewhere.
void redact_strays(DumpRedaction&);
/// Bytes that repeat a secret anywhere outside released firmware: as they are, or written as hexadecimal, base64 or decimal text.
void redact_repeats(DumpRedaction&, const RedactWish&);
/// Checksums of modules that no release has, after everything that changes them.
void mend_module_checksums(DumpRedaction&);

/// Modules that Particle released: the same on every device.
bool is_public(const Module&);

/// The text at a fixed place that tells analyze what this dump is. See docs/redaction.md, "The mark".
void put_redaction_mark(DumpRedaction&);

}  // namespace photopsy
