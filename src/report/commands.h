#pragma once
// The steps of a remedy as lines to type. The only place that knows a shell, a program's options and how files are called.
#include "remedy/remedy.h"
#include "report/report.h"

#include <string>
#include <vector>

namespace photopsy {

class Discretion;

/// What stands in the lines of one report.
struct CommandNames {
    const Layout* layout = nullptr;
    CommandStyle style;
    std::string dump;                                                 ///< the dump as the reader has it: a path as he typed it, or a base name
    std::string keys;                                                 ///< the file that holds the keys: the dump, or that of the second flash
    std::string external;                                             ///< the file of the second flash, where that lies apart from the dump; else ""
    enum class Dump { Internal, External } dump_is = Dump::Internal;  ///< whose copy `dump` is
    /// The device keeps its keys in its second flash, and a capture reads that too without being asked.
    bool keys_lie_in_external() const { return layout && layout->dct.store == StoreKind::SerialFlash; }
    enum class Lies { AsTyped, InItsFolder, InArchive, Nowhere } lies = Lies::AsTyped;  ///< where a line finds the file that it names `dump`
    std::string folder;  ///< of the dump as it was typed, with the separator at its end; what is made from the dump is to lie there too
    std::string server_public_key, registered_public_key;  ///< files that were given, as the reader has them; "" where none was, or its name may not be told
    std::vector<std::string> lie_apart;                    ///< of these, by their base names, what lies in another folder than the dump
    std::string stem;                                      ///< what the files made from it are called after: "kitchen" of "kitchen.bin"
};

inline constexpr std::size_t fingerprint_digits = 12;              ///< of a key, in lines and file names: no two keys of one dump agree in so many
inline constexpr std::string_view external_mark = "-external";     ///< "core-external.bin": what `photopsy capture -o core.bin` calls the second flash
inline constexpr std::string_view unnamed_dump = "your-dump.bin";  ///< where the dump's name may not be told or cannot be typed

/// The owner's own terminal is given the path as it was typed; whoever reads what is shared is given the base name, or `your-dump.bin` where that name
/// tells an id or cannot be typed.
CommandNames command_names(const Analysis&, const ReportStyle&, const Discretion&);

/// Where the lines of the report that name the dump are to be typed, in one sentence; "" where they can be typed anywhere, or name no file.
std::string where_to_type(const CommandNames&);

/// How a file is called: "kitchen-key.der", "photon-system-part2@1.5.2.bin". What is to be made has a name that no file of CommandStyle::taken bears.
std::string file_name(const RemedyFile&, const CommandNames&);

/// A firmware file that a line names: how to get it and how to know it.
struct FirmwareFile {
    std::string name;  ///< as it is published, where that is known: "photon-system-part2@1.5.2.bin"
    std::string slot, release;
    std::string sha256;  ///< of the file; "" where it is not known
    std::string source;  ///< where it is published, in words
};
/// Of all modules that the remedy's steps write or give to a plan, each once. The owner's own application is none of them.
std::vector<FirmwareFile> firmware_files(const Remedy&, const CommandNames&);

/// "particle-cli@2.8.0" where a package of npm holds this module, else ""; and how `npm pack` calls the file that it fetches.
std::string npm_package(const RemedyFile&, const CommandNames&);
std::string npm_archive(std::string_view package);
/// What is typed before the remedy's own lines, so that the files of npm which they name lie there.
std::vector<std::string> fetching_lines(const Remedy&, const CommandNames&);

/// One line, ready to be typed; "" for what the owner does by hand. YOUR_DEVICE_ID stands where the reader must put the id (Discretion::text puts a known one
/// there).
std::string command_line(const RemedyStep&, const CommandNames&);
std::vector<std::string> command_lines(const Remedy&, const CommandNames&);

/// The word as one argument of a shell's line. POSIX: single quotes where needed. Windows: double quotes, which cmd and PowerShell both take; PowerShell's
/// single quotes where a name holds `$` or a grave accent, which double quotes do not protect there.
std::string quoted(std::string_view word, CommandStyle::Shell);

/// The word as a file's name: one that begins with `-` must not be taken for an option.
std::string quoted_file(std::string_view name, CommandStyle::Shell);

}  // namespace photopsy
