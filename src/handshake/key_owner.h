#pragma once
// Whose a private key is that lies in a dump: an application has keys of its own, and a table that lies about may be another device's.
#include "handshake/keys.h"

#include <vector>

namespace photopsy {

/// Copy `number` of the table does not name another device than this one. One that names none is taken for this device's.
bool is_own_copy(const Image&, const Facts&, int number);

/// The table in use names another device than the chip does: what it holds was copied from there, its keys too.
bool table_is_copied(const Facts&);
/// Whose the key in the slot in use is, whose public half is this: another device's where the table was copied, unless it is the one on record.
KeyOwner owner_of_slot(const Facts&, const std::optional<Sha256>& fingerprint, const std::optional<Sha256>& registered);

/// Of each way back to a key that is not the one in the slot: whether another key is named as the device's, by what is left of it in the damaged slot or by the
/// public-key cache. The key of the slot and that of the cache come first. Not where the other copy of the table is the newer one: what is named is then older.
void compare_with_named_keys(const Image&, KeyFacts&);

/// What the dump says about the keys that this device has had.
class KeyOwners {
public:
    KeyOwners(const Image&, const Facts&);
    /// The public half of a key that this device has had, by what is left of it or by its owner's word.
    void add_known(const Sha256& fingerprint) { known_.push_back(fingerprint); }
    /// The key that the device uses. A whole one says nothing about the one before it, and one that the device made anew does not refute it either.
    enum class InUse { Damaged, Whole, MadeAnew };
    static InUse in_use(bool whole, bool made_anew) { return !whole ? InUse::Damaged : made_anew ? InUse::MadeAnew : InUse::Whole; }
    KeyOwner owner_of(const KeyElsewhere&, InUse) const;

private:
    struct Table {
        Range at;
        bool own = true;
    };
    Range field(const Table&, std::string_view name) const;
    bool left_in_own_table(ByteView key) const;
    bool is_saved_copy(const KeyElsewhere&) const;

    const Image& image_;
    const Facts& facts_;
    std::vector<Table> tables_;  ///< the copies, and whole ones at places where none belongs
    std::vector<Sha256> known_;
};

}  // namespace photopsy
