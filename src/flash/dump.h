#pragma once
// A dump as people hand it in: packed or not, of whatever device, in one file or in two; its device recognized, its bytes in their places.
#include "flash/capture.h"

namespace photopsy {

/// A dump ready to be analyzed, and the layout it was recognized by.
struct Dump {
    Capture capture;
    const Layout* layout = nullptr;
};

/// Unpacks and recognizes the bytes of one file. `name` is its base name; `asked` the layout to use, null: the one that the bytes themselves tell.
/// A container that cannot be opened is one sentence; what is wrong with the dump in it is told by its Capture.
Result<Dump> recognize_dump(std::vector<std::uint8_t> bytes, const std::string& name, const Layout* asked, std::uint64_t most = max_unpacked_size);

/// One flash of a device that has two, the other one not in the file.
enum class HalfDump { No, Internal, External };
HalfDump half_of(const Dump&);

/// The files of the two flashes of one device, and which is which.
struct FlashPair {
    Unpacked internal, external;
    const Layout* layout = nullptr;
    bool swapped = false;  ///< the second file is the internal flash's
};

/// A file, and what its owner calls it in a sentence about it.
struct CalledFile {
    Unpacked file;
    std::string called;
};

/// Told by their bytes, and where those do not tell, by their order. Two files of the same flash, or of a device that has one only: one sentence.
Result<FlashPair> sort_pair(CalledFile first, CalledFile second, const Layout* asked);

}  // namespace photopsy
