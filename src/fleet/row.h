#pragma once
// What the dumps of many devices are compared by: one small row a dump, made of its report. Holds no bytes of a flash and no secret.
#include "photopsy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace photopsy::fleet {

struct CauseOf {
    std::string id, title;
    std::string place;  ///< kind of place and the releases that stand there ("system-part2: 1.4.4 1.5.2"), see place_of(); "" where there is none
    bool operator==(const CauseOf&) const = default;
};

/// Identities are tags: equal where the identities are equal, and nothing else is told by them (report/json_fleet.cpp).
struct Row {
    std::string path;  ///< as given, ids in it shortened; members of archives as ARCHIVE:MEMBER
    enum class Standing {
        Dump,
        NoDump,  ///< a file of another kind
        Unread   ///< could not be read or unpacked
    } standing = Standing::Dump;
    std::string why;  ///< NoDump, Unread: the reason, one sentence
    std::string sha256;
    std::uint64_t size = 0;
    Outcome outcome = Outcome::Healthy;
    int exit_status = 0;
    std::string headline, tool_version;
    std::vector<CauseOf> causes;     ///< most important first
    std::vector<std::string> steps;  ///< what to do, by its titles, best first; not what is for where that cannot be done
    std::size_t unexplained = 0;     ///< findings that no cause explains
    std::string old_key;             ///< see report/json_fleet.cpp
    std::string layout, device_os;   ///< "" unknown
    std::optional<std::uint16_t> bootloader;
    std::string shown_id;                     ///< the device id as reports show it
    std::string device, chip;                 ///< tags: of the id in the table, of the chip's own id as the capture's record tells it; "" unknown
    std::optional<std::uint32_t> sequence;    ///< of the configuration table in use
    std::string key;                          ///< SHA-256 of the public key, hex; "" unknown or a stand-in
    std::vector<std::uint8_t> modulus;        ///< of an RSA key that is whole, or can be had in another form or from another place; empty else
    std::vector<std::uint8_t> older_modulus;  ///< of another whole RSA key, in the copy of the table that is not in use; empty else
    std::string server_key;                   ///< "published", or SHA-256 of another key, hex; "" unknown
    std::string address;                      ///< "particle", or the tag of a private server's address ("server A" in a Fleet); "" unknown
    std::string application;                  ///< tag of the application's hash
    std::optional<std::uint32_t> product;
    bool told_elsewhere = false;  ///< the report came from another run: it has no page of its own here

    bool is_dump() const { return standing == Standing::Dump; }
    bool healthy() const { return is_dump() && outcome == Outcome::Healthy; }
    /// Healthy, or with something to look at that keeps it from nothing.
    bool works() const { return is_dump() && (outcome == Outcome::Healthy || outcome == Outcome::Attention); }
    bool fails() const { return is_dump() && !works(); }
    /// The device that the flash is of, by the chip's own word where there is one; "" unknown.
    const std::string& identity() const { return chip.empty() ? device : chip; }
};

using Rows = std::vector<Row>;
using Members = std::vector<std::size_t>;  ///< indices into the rows, ascending

/// Nothing for a word that is no outcome of the contract.
std::optional<Outcome> outcome_named(std::string_view word);
/// The outcome's word, or "no-dump" or "unread".
std::string_view standing_of(const Row&);

}  // namespace photopsy::fleet
