#pragma once
// One report, ready to be said in any format: every text is plain (no control characters), every id and private name shortened or left out as the
// style asks. Renderers lay it out and decide nothing, so that no two formats can disagree.
#include "report/commands.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

struct FindingText {
    std::string id, title;
    Severity severity = Severity::Note;
    Confidence confidence = Confidence::Certain;
    std::string region;
    Range at;
    std::string expected, actual, evidence, explain;
    bool explained = false;                  ///< belongs to a cause
    bool of_reading = false;                 ///< it tells of how the flash was read: what it says of a place is not that the place is damaged
    std::optional<std::size_t> other_place;  ///< index of the finding that tells the other half of this fact; people read both as one
    bool told_before = false;                ///< it is such an other half
};

/// A rule that found nothing.
struct QuietRule {
    std::string id, title;
};

/// A remedy in words and in lines to type.
struct RemedyText {
    std::string title, explain;
    std::string before;                 ///< the state that the device must be in, as a sentence; "" if any will do
    std::vector<std::string> commands;  ///< exact
    std::vector<FirmwareFile> files;    ///< that the commands write
    std::string warning;                ///< "" if none
    Remedy::Cost cost = Remedy::Cost::Nothing;
    bool other_way = false;          ///< for the same fault as one above it
    bool keeps_dump = false;         ///< nothing but keeping the file that was analyzed
    std::string about_file;          ///< the end of `explain` that speaks of the dump as a file: its name, its folder
    bool tells_how_to_type = false;  ///< `explain` says what stands for a word of the commands, or where they are typed
};

struct CauseText {
    std::string id, title, definition;
    std::string place;  ///< kind of place and releases, by which the same story is known in another dump (fleet/place.h)
    Confidence confidence = Confidence::Certain;
    std::vector<ChainLink> chain;
    std::vector<std::size_t> findings;  ///< indices into Document::findings
    std::vector<RemedyText> remedies;
};

struct Rung {
    enum class Mark { Good, Bad, Skipped, Unknown } mark = Mark::Unknown;
    std::string id, title, explain;
};

/// What a real server did with the keys of this dump, where one was asked (`--live`).
struct LiveText {
    std::string step, end;       ///< where it ended and how: names of Step and LiveEnd
    std::string seen, proves;    ///< one or two sentences each
    std::optional<bool> agrees;  ///< with the prediction; nothing where that cannot be told
    std::vector<Rung> ladder;    ///< up to the server's answer: what follows is never tried
};

struct HandshakeText {
    std::string policy, title;  ///< contract's word; words for people
    std::string step;
    std::optional<int> code;
    std::string led, explain;
    bool chance = false, succeeds = false;
    std::vector<Rung> ladder;
};

/// One region of the layout, for the map.
struct MapCell {
    std::string name, title;
    Range at;
    State state = State::NotChecked;
    std::vector<Labelled> parts;        ///< what lies in it, cut at its borders
    std::vector<std::size_t> findings;  ///< that lie in it
};

/// One erase unit of the flash chip, for the map.
struct MapSector {
    int number = 0;
    Range at;
    State state = State::NotChecked;
    std::vector<std::size_t> findings;  ///< that lie in it
};

/// Blocks inside a module that tell how far a write came, for the map.
struct MapBlocks {
    enum class Kind { New, Old, Erased, Foreign } kind = Kind::New;
    std::string title;  ///< "new: already copied, of release 1.5.2"
    Range at;
};

struct ModuleText {
    std::string slot, title;
    State state = State::NotChecked;
    Range at;
    std::string version, release, checks, remark;  ///< "1512", "1.5.2", "crc ok, range ok ...", "valid, unknown build"
};

struct DctText {
    int copy = 0;
    Range at;
    State state = State::NotChecked;
    bool selected = false;
    std::string what;  ///< "current", "superseded (the table before the last write)" ...
    std::string checksum;
};

struct KeyText {
    std::string role, title, what, fingerprint, detail;  ///< `what` in the contract's words
    std::string says;                                    ///< the same for people
    std::string spki;                                    ///< the public key, base64 of its SubjectPublicKeyInfo; "" unknown
    State state = State::NotChecked;
    Range at;
};

struct Redaction {
    std::string what, why;  ///< "device private key"; "secret" or "personal"
    Range at;               ///< empty where it has no single place
};

/// What one dump of many is known and compared by. Tags are equal where the identities are, and tell nothing else (document_fleet.cpp).
struct FleetText {
    std::string path;                       ///< as given, ids in it shortened; "" where the report stands alone
    std::string old_key;                    ///< can the key that the cloud knows be had from this dump: in-place recoverable lost unknown
    std::vector<std::string> steps;         ///< titles of what to do, best first, without keeping the dump
    std::string device, chip, application;  ///< tags; "" unknown
    std::string address;                    ///< "particle", or the tag of a private server's; "" unknown
    int exit_status = 0;
    std::optional<std::uint32_t> sequence;  ///< of the configuration table in use
    std::optional<std::uint32_t> product;
};

/// The second flash of a device that has one.
struct ExternalText {
    std::string title;                 ///< "serial flash"
    Range at;                          ///< addresses inside belong to it, all others to the internal flash; empty where there is no second flash in the picture
    std::string name, format, sha256;  ///< of the file it was read from; "" where it was not given
    std::uint64_t size = 0;
};

struct Document {
    std::string tool_version, name, container, format, sha256;
    std::uint64_t size = 0;
    std::optional<CaptureRecord> capture;              ///< what the capture's own record says: serial as it may be shown, path left out
    std::string device, layout, device_os, device_id;  ///< device_id as it may be shown
    std::string chip_id;                               ///< the chip's own id as the capture's record tells it, as it may be shown
    FleetText fleet;
    std::string host;  ///< server address as it may be shown
    std::uint16_t platform_id = 0;
    std::optional<std::uint16_t> system_version, bootloader_version;
    bool redacted_dump = false;
    bool device_proved = true;  ///< false where nothing in the file is of the device that it was read as
    Outcome outcome = Outcome::Healthy;
    Confidence confidence = Confidence::Certain;
    std::string headline, led_remark;
    std::vector<std::string> remarks;  ///< of the capture and the device; harmless
    std::vector<CauseText> causes;
    std::vector<RemedyText> for_the_light;  ///< what to do about a light that the flash does not explain
    std::vector<PlannedRemedy> plan;        ///< what to do over all causes, in a safe order
    std::optional<RemedyText> afterwards;   ///< how to see whether it worked, and how to keep it from coming back
    std::vector<FindingText> findings;
    std::vector<std::size_t> unexplained;
    std::vector<QuietRule> quiet;                           ///< all rules that found nothing
    std::string not_all_checked;                            ///< why silence of a rule proves nothing here; "" where it does
    std::string boot_result, boot_title, safe_mode_reason;  ///< contract's word; words for people
    std::vector<Rung> boot;
    std::string handshake_unknown, server_key_source;
    std::vector<HandshakeText> handshake;
    std::optional<LiveText> live;
    Range flash;
    ExternalText external;
    std::vector<Labelled> regions;
    std::vector<MapCell> map;
    std::vector<MapSector> sectors;
    std::vector<MapBlocks> blocks;
    std::vector<ModuleText> modules;
    std::vector<DctText> dct;
    std::vector<KeyText> keys;
    std::vector<std::pair<std::string, std::string>> other;  ///< update, EEPROM, Wi-Fi: a name and a sentence
    std::vector<std::string> cannot_tell;
    std::vector<Redaction> redactions;
};

Document build_document(const Analysis&, const ReportStyle&);
/// What a row of many needs of it (render_short_line()), at a third of the cost; all else is empty.
Document build_short_document(const Analysis&, const ReportStyle&);

/// What a row of many calls the dump: the path as given; where none was, its name.
inline const std::string& row_name(const Document& document) { return document.fleet.path.empty() ? document.name : document.fleet.path; }

}  // namespace photopsy
