#pragma once
// What there is to analyze, one after the other: dumps, what lies in folders and archives, reports of earlier runs.
#include "cli/input_file.h"

#include <functional>
#include <limits>
#include <memory>
#include <optional>

namespace photopsy {

struct Capture;

/// Most bytes of a dump among many, packed or not. It lies in memory, mostly twice, and what a run may take is bounded (docs/fleet.md). A flash has 2 MiB at
/// most, a text listing of it some 16 MiB.
inline constexpr std::size_t largest_of_many = std::size_t{20} << 20;

struct Found {
    enum class Kind {
        File,    ///< to be read from `path`
        Member,  ///< `bytes` out of an archive
        Line,    ///< `text` is a report, one line
        Unread,  ///< `text` says why it could not be read
        NoDump   ///< `text` says what it is
    } kind = Kind::File;
    std::string path;  ///< as given; of a member ARCHIVE:MEMBER
    std::string text;
    std::string name, container;  ///< of a member: its base name, what it came out of
    std::vector<std::uint8_t> bytes;
    std::function<void(Capture&)> beside;  ///< of a member: takes the capture's record that lies beside it into the capture. May be empty
    std::string archive;                   ///< of a member: what stands in `path` before its name
    std::vector<std::string> neighbours;   ///< of a member: path of the file that may be its other half, if there is one (archive_records.h)
};

/// Names of inputs, one at a time: those given on the command line, then those of a list.
class InputNames {
public:
    /// `list`: a file with one name a line ("-": standard input), read as it is needed; "" none. `separator`: what ends a name there.
    InputNames(std::vector<std::string> given, std::string list, char separator);
    ~InputNames();
    /// Nothing at the end. A list that cannot be read, or a name of more than 64 KiB, ends it: failure() then says why.
    std::optional<std::string> next();
    const std::string& failure() const { return failure_; }
    std::size_t taken() const { return taken_; }
    std::size_t left() const { return given_.size() - next_given_; }  ///< of those given

private:
    struct List;
    std::vector<std::string> given_;
    std::size_t next_given_ = 0, taken_ = 0;
    char separator_;
    std::unique_ptr<List> list_;
    std::string failure_;
};

/// Everything that the names lead to: files as they are, folders to the bottom in the order of their names (each once, however links lead back), members of
/// archives, lines of .ndjson files. What cannot be read, or can be no dump, comes out with the reason; nothing is passed over but capture records (X.json
/// beside X), what `triage -o` wrote into a folder of its own, and the folder `except`.
class InputWalk {
public:
    /// `most_members`: of one archive, those of archives in it among them; what is left over is told as one that could not be read.
    InputWalk(InputNames& names, const std::string& except, std::size_t most_members = std::numeric_limits<std::size_t>::max());
    ~InputWalk();
    std::optional<Found> next();
    std::size_t waiting() const;  ///< files known to come

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace photopsy
