#pragma once
// How this kind of device keeps its configuration: the table of the kinds of store, and which set of keys in it counts.
#include "facts/dct.h"

namespace photopsy {

/// What a store is read from.
struct StoreScene {
    const Image& image;  ///< of the flash that holds it
    const Layout& layout;
    StoreCode code;  ///< of the installed firmware
};

/// Reads the store by the layout's kind. No copies where the device has none or the kind is not read yet.
Dct read_store(const StoreScene&);

/// The set of keys that the firmware uses, by the byte of the store that decides (an absent one counts as erased); nullptr where the layout has none.
const KeySet* key_set_in_use(const Image&, const Layout&, const Dct&);

// One file each; rows of the table in store.cpp.
Dct read_wiced_table(const StoreScene&);
Dct read_dcd(const StoreScene&);
Dct read_serial_flash(const StoreScene&);

}  // namespace photopsy
