#pragma once
// Capture records in an archive: X.json beside its member X belongs to X, as in a folder.
#include "flash/archive_members.h"
#include "flash/capture.h"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace photopsy {

class ArchiveRecords {
public:
    /// Reads the archive once to its end: a record may lie behind its dump or before it. Keeps records only, 8 MiB of them at most; of an archive whose names
    /// or records are more than any folder of dumps has, none.
    static std::shared_ptr<const ArchiveRecords> in(ArchiveMembers&);

    bool is_record_of_another(const ArchiveMember&) const;
    /// Takes the record of a member into its capture. Of the only member, the record may lie beside the archive `file` instead ("" that is no file).
    void attach_to(Capture&, const std::string& member, const std::string& file) const;
    /// The file that may be a member's other half: beside it in its folder, as a folder is listed, and each of the two more like the other by name than what
    /// lies on the other side; records and what macOS leaves are passed over. "" where there is none.
    std::string partner_of(const std::string& member) const;

private:
    std::string most_alike(const std::string& member) const;

    std::set<std::string> names_;
    std::map<std::string, std::string> texts_;  ///< of what is named and begins as a record; "" where it is none to be read
};

}  // namespace photopsy
