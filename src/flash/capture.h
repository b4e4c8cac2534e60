#pragma once
// What kind of file is this, and which flash bytes does it hold? Everything people really have: raw, DFU suffix, DfuSe, Intel HEX,
// packed, cut short, shifted, doubled, swapped. Recognizing never fails: what is no flash image is a Capture with that defect.
#include "base/digest.h"
#include "flash/image.h"
#include "flash/layout.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

/// What is wrong with the file as a copy of a flash. One cause id of the contract each.
enum class CaptureDefect {
    Truncated,
    Blank,
    RepeatedBlocks,
    DctOnly,
    Shifted,
    Oversized,
    Byteswapped,
    BytesLost,
    NotBinary,
    Empty,
    Noisy,
    OtherPlatform,
    Contradictory
};

/// What a file that is no flash, but a key, holds.
enum class KeyFileKind : std::uint8_t { None, Public, Private, PrivateWithPassword, ErasedServerSlot };

struct CaptureProblem {
    CaptureDefect defect;
    Range where;  ///< flash addresses concerned
    std::uint64_t file_offset = 0;
    std::uint64_t length = 0;                  ///< bytes of the file concerned
    std::string detail;                        ///< one sentence: what was seen, in numbers
    KeyFileKind key_file = KeyFileKind::None;  ///< NotBinary: it is a key file, which other commands take
    bool is_listing = false;                   ///< NotBinary: the bytes were written as text, and were read out of it
    bool holds_nothing = false;  ///< RepeatedBlocks: the blocks are zero or erased where something must stand, instead of being other blocks again
    bool is_undone = false;      ///< Oversized: a transfer added the bytes all over the file, and they were taken out again
    bool modules_only = false;   ///< Truncated: nothing of the flash but firmware modules, as files have that are made to be written to a device
    bool is_inside = false;      ///< Shifted: not from the file's begin on, but behind bytes in its middle that are none of the flash's
    bool is_s_records = false;   ///< NotBinary: the bytes of a memory as Motorola S-records, which were not read
};

/// How one flash was read.
struct CapturedFlash {
    std::string sha256;  ///< lower case hex, of the file
    std::uint64_t size = 0;
    int reads = 0;  ///< complete reads that were compared
    unsigned retries = 0;
    unsigned reconnects = 0;
    std::vector<Range> differed;  ///< where the reads did not all agree
    std::vector<Range> unstable;  ///< the part of it where no value won
};

/// What photopsy's own capture wrote down beside a dump (docs/capture.md). Believed only where its sha256 is that of the dump.
struct CaptureRecord : CapturedFlash {
    std::string when;  ///< "2026-11-22T15:04:05Z"
    std::string tool_version;
    std::string usb_id;  ///< "2b04:d006"
    std::uint16_t bcd_device = 0;
    std::string serial;  ///< as the device tells it; personal. A device id only where serial_is_device_id
    bool serial_is_device_id = false;
    std::string path;  ///< USB socket; not repeated in reports
    std::string operating_system;
    std::optional<CapturedFlash> external;  ///< the device's second flash, where it was read too (into a file of its own)
};

/// Capture::typed of what is no file: standard input, a connected device. Its name is none to type.
inline constexpr auto no_file = "-";

/// One of the files of a dump.
struct CaptureFile {
    std::string name;       ///< base name as the user knows it, never a path
    std::string container;  ///< "zip", "gzip" ...; "" if none
    std::string format;     ///< "raw", "intel-hex" ...
    std::uint64_t size = 0;
    Sha256 sha256{};
    std::string typed;  ///< as Capture::typed
};

struct Capture {
    Image image{Range{}};    ///< always of the layout's whole flash, and of its external one where a file of it was given; present() says what was held
    std::string name;        ///< base name as the user knows it, never a path
    std::string typed;       ///< the file as the user typed it, a path perhaps; "" for what lies in an archive of several; `no_file`. For the owner's eyes only
    std::string container;   ///< "zip", "gzip" ...; "" if none
    std::string format;      ///< "raw", "raw-with-dfu-suffix", "dfuse", "intel-hex", "hex-listing", "base64-listing", "unknown"
    std::uint64_t size = 0;  ///< bytes of the unpacked image file
    Sha256 sha256{};         ///< of the unpacked image file
    std::optional<CaptureFile> external;  ///< the file of the external flash; the same as above where no other was given
    std::vector<CaptureProblem> problems;
    std::vector<std::string> remarks;     ///< harmless things worth saying: "a valid DFU suffix was taken off"
    bool is_dct_upload = false;           ///< bytes come from DFU alt 1: application data of the current copy only
    bool kind_is_said = false;            ///< the user said which device it is of (--kind, --layout); else the bytes told, or the connected device's bootloader
    bool is_redacted = false;             ///< made by `photopsy redact`
    bool is_less_sure = false;            ///< and by its mark less sure of something than the report on the original
    std::optional<CaptureRecord> record;  ///< the capture's own record, where there is one that fits

    bool has(CaptureDefect) const;
    /// True where the second flash has a file of its own beside that of the internal one.
    bool external_lies_apart() const { return external && (external->name != name || (!external->typed.empty() && external->typed != typed)); }
    /// True where the defects leave the content unreliable or missing: the outcome is then bad-capture.
    bool untrustworthy() const;
};

/// One file out of a container (or the file itself).
struct Unpacked {
    std::string name;       ///< base name of the member
    std::string container;  ///< "gzip", "zip" ... ("zip+gzip" if nested); "" if the bytes were not packed
    std::vector<std::uint8_t> bytes;
    std::size_t members = 1;    ///< files in the (outer) container
    std::string contradiction;  ///< one sentence where the container holds another dump of the same size with other bytes; "" otherwise
};

inline constexpr std::uint64_t max_unpacked_size = 64u << 20;

/// Takes off .gz .xz .zst .zip .7z (nested once). Bytes that are none of these come back unchanged. A container with several files gives the
/// one that looks like a dump (else the largest). Broken archives, encrypted ones, and more than max_unpacked_size bytes are errors.
Result<Unpacked> unpack(std::vector<std::uint8_t> bytes, std::string name);

/// Chooses the built-in layout for unpacked bytes: by the platform ids of the modules found, else default_layout().
const Layout& layout_for(ByteView file);

/// Reads the bytes of a dump file into an image of `layout`'s flash, names the format and every defect of the file.
Capture recognize(ByteView file, std::string name, std::string container, const Layout& layout);
/// The same, but a plain dump of the whole flash is not copied: its bytes become the image.
Capture recognize(std::vector<std::uint8_t>&& file, std::string name, std::string container, const Layout& layout);

}  // namespace photopsy
