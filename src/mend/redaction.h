#pragma once
// The parts of redact(). A copy begins with the proved public bytes of the original and with filling everywhere else; what the same verdict needs is then made
// anew and put in. No part copies a byte of the original because nothing speaks against it.
#include "facts/proved_public.h"
#include "handshake/ec_key.h"
#include "handshake/number.h"
#include "mend/redact.h"

#include <map>
#include <span>

namespace photopsy {

using SlotBytes = std::vector<std::uint8_t>;

/// The bytes of a device's one or two flashes in the making, erased at first.
class CopiedFlash {
public:
    explicit CopiedFlash(const Image&);
    /// The byte at an address, which must lie in a flash of the image.
    std::uint8_t* at(Address);
    /// The bytes of a range, which must lie in one flash of the image.
    ByteView view(Range) const;

private:
    struct Flash {
        Range at;
        SlotBytes bytes;
    };
    const Flash& flash_of(Address) const;

    std::vector<Flash> flashes_;
};

/// What stands in the place of bytes that nothing proves public.
enum class Filling {
    Alike,  ///< code for code, text for text, noise for noise; the same for the same
    Noise   ///< noise everywhere outside the tables: where code has to be none
};

struct DumpRedaction {
    const Analysis& original;
    const PublicMap& shared;  ///< of the original
    Filling filling = Filling::Alike;
    unsigned first_stand_in = 0;  ///< another one for another attempt: where luck decides how a handshake ends
    unsigned mark_place = 0;      ///< free places for the mark that are passed over
    bool less_sure = false;       ///< the mark says so
    bool alike_tables = false;    ///< see follow_twin()
    CopiedFlash copy;
    std::map<SlotBytes, SlotBytes> moduli;           ///< of device keys: the original's -> its stand-in's
    std::map<SlotBytes, unsigned> stand_ins;         ///< modulus of the original -> which stand-in it got
    std::map<SlotBytes, unsigned> server_stand_ins;  ///< another server's key -> which of nobody's it got
    std::map<SlotBytes, EcKey> ec_stand_ins;         ///< point of the original's EC key -> the pair that stands for it
    std::vector<SlotBytes> numbers;                  ///< secret numbers of every key that was found or rebuilt, for the search of repeats in what is kept

    const Image& image() const { return original.capture.image; }
    /// Writes what the file held of [at, at + bytes): nothing is made up where it held nothing.
    void put(Address at, ByteView bytes);
    void put_byte(Address at, std::uint8_t byte) { put(at, {&byte, 1}); }
};

/// Public bytes, and filling for all others that the file held.
void begin_copy(DumpRedaction&);
/// Filling for bytes in no place: the same for the same index.
std::uint8_t noise_at(std::uint32_t index);

/// Keys, addresses, settings and caches of every copy of the table.
void rebuild_tables(DumpRedaction&);
/// After everything that changes a table: a checksum that was right is right again; one that was wrong is wrong by the same damage.
void mend_table_checksums(DumpRedaction&);
/// Keys in places where none belong, and in the values of the emulated EEPROM.
void rebuild_keys_elsewhere(DumpRedaction&);
/// What the owner wants to keep: applications, EEPROM values. Keys in it are stand-ins all the same, and what repeats a secret of the table is overwritten.
void keep_as_wished(DumpRedaction&, const RedactWish&);
/// Checksums of modules that no release has, after everything that changes them.
void mend_module_checksums(DumpRedaction&);
/// The text at a fixed place that tells analyze what this dump is. False where there is no free place. See docs/redaction.md, "The mark".
bool put_redaction_mark(DumpRedaction&);

/// What stands for the private key in `slot` (any size): same encoding, same damage. The same key always gets the same stand-in.
SlotBytes stand_in_slot(ByteView slot, DumpRedaction&);
/// The modulus (128 bytes) that stands for another one of a device's key.
SlotBytes stand_in_modulus(const Number& original, DumpRedaction&);
/// What stands for the server key in `slot` (294 bytes): Particle's as it is, with the same damage; another's becomes nobody's.
SlotBytes stand_in_server_slot(ByteView slot, DumpRedaction&);
/// The same for EC keys: a device's slot (192 bytes), its public half in the cache, the server's slot (192 bytes).
SlotBytes stand_in_ec_slot(ByteView slot, DumpRedaction&);
SlotBytes stand_in_ec_cache(ByteView field, DumpRedaction&);
SlotBytes stand_in_ec_server_slot(ByteView field, DumpRedaction&);
/// The 128 bytes of a server's address, and the 24 of fixed IP settings.
void rebuild_address(DumpRedaction&, Range at);
void rebuild_ip_settings(DumpRedaction&, Range at);
/// An address (0xAABBCCDD for a.b.c.d) that is to the network of the settings in use what the original is.
std::uint32_t stand_in_ip(std::uint32_t address, const StaticIp&);

/// Bytes in `within` that repeat a secret: as they are, or written as hexadecimal, base64 or decimal text.
void overwrite_repeats(DumpRedaction&, std::span<const Range> within);

/// Why no copy of this file can be made; "" if one may be.
std::string why_no_copy(const Analysis& original);
/// The copy in the shape of the original's file or files: cut, shifted, swapped, with gaps. Several where more than one may be read as the original was.
std::vector<RedactedDump> files_of(const DumpRedaction&);
std::string manifest_of(const DumpRedaction&, const RedactedDump&, const RedactWish&);

}  // namespace photopsy
