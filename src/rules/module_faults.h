#pragma once
// One damage, one kind: what is wrong with a module, decided once for all the rules of modules.cpp and system.cpp.
#include "rules/rule.h"

#include <string>
#include <vector>

namespace photopsy {

enum class FaultKind {
    Missing,      ///< the slot is erased
    NotFirmware,  ///< something else was written there
    Misplaced,    ///< a whole module, linked for another place
    OtherPlatform,
    PartlyOverwritten,  ///< parts of two modules
    CutShort,           ///< from some point on erased, to its end
    RunErased,
    RunZeroed,
    ChecksumWrong  ///< damage too small to be seen in any other way, or in the header
};

struct Fault {
    FaultKind kind;
    Range at;
    std::string explain;
    Confidence confidence = Confidence::Certain;
};

/// What is wrong with a module of the running firmware; empty where it is whole, not in the file, not trusted to be read at all (a bad
/// capture), or the half-written target of an update (that is the update's story, see rules/ota.cpp).
std::vector<Fault> faults_of(const Facts&, const Module&);
/// The same, taking every byte to belong where it was read.
std::vector<Fault> faults_as_read(const Facts&, const Module&);

/// Its header can be taken at its word: right place and platform, and not that of a module whose body is another one's.
bool header_is_trusted(const Facts&, const Module&);

/// Its checksum is wrong, and nothing tells where: its header may be what is wrong.
bool may_be_wrong_anywhere(const Module&);

/// The modules that the running firmware is made of, in the layout's order.
std::vector<const Module*> running_modules(const Facts&);

/// "system part 2", from the layout.
std::string title_of(const Facts&, std::string_view slot);
/// The same inside a sentence: "system part 2", "the user application".
std::string in_text(const Facts&, std::string_view slot);

/// A module that was built for another device.
Fault fault_of_other_platform(const Facts&, std::string_view title, Range at, std::uint16_t platform_id);

/// From the first byte to the last of the CRC.
Range whole_module(const Module&);

/// A file that lost, doubled or garbled bytes says nothing about the modules; one that merely ends early does, as far as it goes, and so does one whose bytes
/// were all put where they belong (moved, swapped, listed as text), which a module with a right checksum proves.
bool capture_allows_judgement(const Facts&);

}  // namespace photopsy
