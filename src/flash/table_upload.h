#pragma once
// What DFU alternate setting 1 gives: the application data of the copy in use, without the header that names its store. Whose it is, what stands in it tells.
#include "flash/layout.h"

namespace photopsy {

/// What speaks in a file for the application data of a device's table.
struct UploadMarks {
    int all = 0;            ///< keys in DER, system flags, an address ...: any device's
    int own = 0;            ///< among them those that devices with this kind of store have and others as a rule have not
    bool of_store = false;  ///< what lies behind the data in this kind of store lies there
};
UploadMarks upload_marks(ByteView upload, const Layout&);

/// An upload as it came: what a person filled up behind its 16 KiB is left out.
ByteView without_filling(ByteView file, const Layout&);

/// True where `file` holds application data as this device's bootloader gives them.
bool is_table_upload(ByteView file, const Layout&);

/// The first built-in device with the kind of store that the file was uploaded from; nullptr where it is no such upload, or does not tell.
const Layout* device_of_upload(ByteView file);

}  // namespace photopsy
