#pragma once
// What a report says of names and numbers that identify a device or its owner.
#include "report/report.h"

#include <string>
#include <utility>
#include <vector>

namespace photopsy {

/// What parts the folders of a path there: where it is no separator, a backslash is a letter of a name.
constexpr std::string_view path_separators(CommandStyle::Shell shell) { return shell == CommandStyle::Shell::Windows ? "/\\" : "/"; }

class Discretion {
public:
    Discretion(const Analysis&, const ReportStyle&);

    /// The text without control characters, and with the full device id, whatever else looks like one, and a private server's address left out wherever they
    /// stand. A name without a dot (of a local network: "server") is a word like others: it is left out where the text has `server_host_mark` for it.
    std::string text(std::string_view) const;

    /// The word that the reader must replace by the device's id.
    static constexpr std::string_view your_device_id = "YOUR_DEVICE_ID";
    /// A line to type, as text() says it, and `{device-id}` becomes the id where the reader may see it, else YOUR_DEVICE_ID.
    std::string command(std::string_view) const;

    /// The name of a file, never its path.
    std::string file_name(std::string_view) const;
    /// What a file from somebody else says (a capture's record): at most 80 bytes or so, without paths, addresses and ids.
    std::string foreign_text(std::string_view) const;
    /// A serial number as USB told it: shortened like an id, whether it is one or not; the placeholder that all old bootloaders tell stays.
    std::string serial(std::string_view) const;

    const std::string& device_id() const { return device_id_; }  ///< as it may be shown; "" if unknown
    const std::string& host() const { return host_; }            ///< as it may be shown; "" if there is none
    std::string shown_id(std::string_view whole) const;          ///< any device's id as it may be shown
    bool shortens_id() const { return shortens_id_; }
    bool hides_host() const { return hides_host_; }

private:
    std::string shown(std::string_view said, std::string_view instead_of_host) const;

    std::string_view separators_;  ///< between the folders of a path
    std::string device_id_, host_, host_in_texts_, id_in_commands_, placeholder_;
    std::string hidden_host_;  ///< with a dot; "" where there is none to hide
    bool shortens_all_ids_ = true, shortens_id_ = false, hides_host_ = false;
    std::vector<std::pair<std::string, std::string>> replaced_;  ///< text that must not stand, and what stands instead
};

}  // namespace photopsy
