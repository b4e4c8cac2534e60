#pragma once
// What to do about a cause, as values: steps with their place, the source of their bytes, their cost and what they need first. No text of a
// command, no shell, no file name stands here: report/commands writes them, tests and mend/ read the same steps.
#include "diagnosis/diagnosis.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// A file that a step reads or makes, by what it holds.
struct RemedyFile {
    enum class Kind {
        None,
        Dump,            ///< the file that was analyzed
        NewDump,         ///< the flash read again
        SecondDump,      ///< and once more, to compare
        DumpAfterwards,  ///< the flash as it is when all is done
        RawDump,         ///< the analyzed file as plain bytes of the flash
        ShareableCopy,   ///< without secrets
        DeviceKey,       ///< secret: a private key found in the dump
        NewKey,          ///< secret: a private key made anew
        PublicKey,       ///< public half of the device's key
        NewPublicKey,    ///< public half of NewKey
        NextPublicKey,   ///< public half of the key that the device has when it is read again
        ServerKey,       ///< a server's key and address as the slot holds them
        OwnServerKey,    ///< the public key of the owner's own server
        RegisteredKey,   ///< the public key that the owner says the cloud holds
        Module,          ///< firmware of `release` for `slot`
        OwnApplication,  ///< the owner's own program
    } kind = Kind::None;
    std::string slot, release;  ///< of a Module; release "" where none is known
    std::string key;            ///< of a DeviceKey: its fingerprint, where the dump holds several
    bool operator==(const RemedyFile&) const = default;
};

/// One thing that a program does.
struct RemedyStep {
    enum class Kind {
        RecoverKey,        ///< photopsy: the key with `key` out of the dump into `file`
        MakeKey,           ///< photopsy: a new key pair into `file` and NewPublicKey
        MakeServerKey,     ///< photopsy: the published server key and address into `file`
        MakeOwnServerKey,  ///< photopsy: the key in `from` (nothing: the one in the dump, in another form) with the dump's address into `file`
        CheckKey,          ///< photopsy: the arithmetic of the key in `from`, as the firmware reads it
        ShowKeys,          ///< photopsy: the keys of `from`, fingerprints only
        ExportPublicKey,   ///< photopsy: the public half of the key in `from` into `file`
        ShareCopy,         ///< photopsy: a copy without secrets
        MakeRaw,           ///< photopsy: the plain bytes of the flash
        Capture,           ///< photopsy: reads the whole flash over USB into `file`
        Compare,           ///< photopsy: are `from` and `file` of one flash?
        Analyze,           ///< photopsy: analyzes `from`, the device found out anew
        ListLayouts,       ///< photopsy: the devices that are known
        PlanRepair,        ///< photopsy: all writes to the connected device as one plan, judged with the key in `from` if there is one; writes nothing
        ReadFlash,         ///< DFU alternate setting 0: the whole flash into `file`
        ReadSecondFlash,   ///< DFU, the device's own alternate setting for it: the whole second flash into the file beside `file`
        WriteFlash,        ///< DFU alternate setting 0: `file` to the flash address `at`
        WriteTable,        ///< DFU alternate setting 1: `file` to the offset `at` of the application table
        WriteByDebugger,   ///< SWD: `file` to the flash address `at`
        WriteBySerial,     ///< by the running system in listening mode: `file`
        FlashByCloud,      ///< by the cloud: the application in `file`
        Compile,           ///< by the cloud: the owner's source for `release` ("": the newest) into `file`
        RegisterKey,       ///< the cloud learns the public key in `file`
        SetUpWifi,         ///< over USB serial in listening mode
        SetTransport,      ///< the byte of the table that says over what the device talks to the cloud, erased: UDP
        AskForAddress,     ///< the byte of the table that says where the IP address comes from, cleared: from the router (DHCP); photopsy plans that one write
        Update,            ///< the cloud's newest Device OS over USB
        Restart            ///< an ordinary start
    } kind = Kind::Analyze;
    RemedyFile file;
    RemedyFile from;                  ///< what is read, where that is not `file`
    Address at = 0;                   ///< WriteFlash, WriteByDebugger: flash address; WriteTable: offset
    KeyKind keys = KeyKind::RsaSlot;  ///< MakeKey, MakeServerKey: of which kind
    std::string key;                  ///< RecoverKey: SHA-256 of the public key (SubjectPublicKeyInfo, DER), lower case hex
    std::string release;              ///< Compile
    std::string device;               ///< Analyze: the device that the user is to say, by its layout's name; "": found out anew
    enum class Host { InDump, ToBeNamed, AtUsualPort } host = Host::InDump;  ///< MakeOwnServerKey: of the server
    std::vector<RemedyFile> firmware;                                        ///< PlanRepair: what it needs and no place of the dump holds
    bool operator==(const RemedyStep&) const = default;
};

/// One way to better a device. Its steps belong together and are carried out one after the other.
struct Remedy {
    std::string title;    ///< "Write the old key back"
    std::string explain;  ///< what it does, what it costs
    std::vector<RemedyStep> steps;
    std::string warning;  ///< "" if none
    enum class Cost { Nothing, WritesOneSetting, WritesFirmware, LosesData } cost = Cost::Nothing;
    /// The state that the device must be in.
    enum class Before {
        Any,
        DfuMode,
        ResetIntoDfu,  ///< RESET with SETUP held, between a write to a system part and one to the table (bootloaders 100 to 399)
        ListeningMode
    } before = Before::Any;
    /// When its turn comes in a list over several causes.
    enum class Turn { KeepDump, ReadAgain, Table, SystemParts, Application, Start, Bootloader, RunningSystem, Cloud, Nothing } turn = Turn::KeepDump;
    /// `OtherWay`: for the same fault as the one above it, where that one cannot be taken.
    enum class Role { Way, OtherWay } role = Role::Way;
};

/// What a remedy may look at. No bytes.
struct Situation {
    const Observations& seen;
    const Findings& findings;
    std::string_view cause;  ///< its id
};

/// One cause's remedies, the least destructive first.
struct RemedyRow {
    std::string_view cause;
    std::vector<Remedy> (*remedies)(const Situation&);
};

// One line per subject; each is the table at the foot of remedy/<subject>.cpp.
std::span<const RemedyRow> capture_remedies();
std::span<const RemedyRow> module_remedies();
std::span<const RemedyRow> combination_remedies();
std::span<const RemedyRow> dct_remedies();
std::span<const RemedyRow> dcd_remedies();
std::span<const RemedyRow> key_remedies();
std::span<const RemedyRow> server_remedies();
std::span<const RemedyRow> ota_remedies();
std::span<const RemedyRow> eeprom_remedies();
std::span<const RemedyRow> wifi_remedies();
std::span<const RemedyRow> setting_remedies();
std::span<const RemedyRow> live_remedies();

/// Of one cause; empty where no row names it.
std::vector<Remedy> remedies_of(const Situation&);

/// For each of Diagnosis::causes, in the same order.
using Remedies = std::vector<std::vector<Remedy>>;
/// Nothing is written to a device on the word of a bad capture, or to one that photopsy does not judge. Where a way cannot be taken as the device is now
/// (the table is out of the bootloader's reach), what makes it possible stands before it.
Remedies find_remedies(const Observations&, const Findings&, const Diagnosis&);

/// What comes after the last write: how the owner sees that it helped, what to do if it did not, and how to keep the fault from coming back where that is
/// known. Nothing where no remedy writes to the device.
std::optional<Remedy> see_whether_it_worked(const Remedies&, const Observations&, const Diagnosis&);

/// Where a device that should connect is refused: most often the cloud holds another key for it than the one in the dump.
std::vector<Remedy> remedies_of_unknown_key(const Observations&);
/// What to do first where the light is not that of a device with this flash (light_contradicts()), and what is then said of every write of a key.
std::vector<Remedy> remedies_of_contradicting_light();
void doubt_writes_of_keys(Remedies&);

/// One remedy of one cause, by their places in Remedies.
struct PlannedRemedy {
    std::size_t cause = 0, remedy = 0;
};
/// The first ways of all causes in one order that is safe on this device, each once: the table before the system parts where it can be written now, after
/// them where it cannot; whatever needs a running system after what makes it run.
std::vector<PlannedRemedy> in_one_order(const Remedies&, const Observations&);

}  // namespace photopsy
