#pragma once
// Analyses in, text out. All formats say the same: each is rendered from one Document for each analysis (document.h). Pure.
#include "photopsy.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

enum class Format { Text, Json, Markdown, Html, Ndjson, Csv, Junit };

inline constexpr std::string_view format_names = "text, json, markdown, html, ndjson, csv, junit";
std::optional<Format> parse_format(std::string_view name);

/// How command lines are written: for the shell that the reader sits at.
struct CommandStyle {
    enum class Shell { Posix, Windows } shell = Shell::Posix;
    std::vector<std::string> taken;     ///< files that lie already beside the dumps, with their folders as typed: nothing new is called so
    std::string server_public_key;      ///< the file that was given with --server-public-key, as it was typed; "" where none was
    std::string registered_public_key;  ///< the same of --registered-public-key
};

/// How to say it. The defaults are right for a file that will be shared.
struct ReportStyle {
    unsigned width = 80;                                      ///< text: columns, held between 40 and 200
    enum class Extent { Short, Full } extent = Extent::Full;  ///< text: what fits a screen, or everything
    bool colour = false;                                      ///< text: terminal escapes
    bool utf8 = true;                                         ///< text: boxes, ticks; else ASCII
    bool owner_reads = false;                                 ///< text: the owner's own terminal: commands name the dump by the path that was typed
    bool show_ids = false;                                    ///< full device id and private server names; never a credential
    std::size_t max_chars = 15000;                            ///< markdown
    bool tells_hash = true;     ///< SHA-256 of the dump, which confirms a guess at a secret in it; never in Markdown and HTML, which are made to be posted
    std::string given;          ///< the path as it was given: what a row of many names the dump by; "" where a report stands alone
    bool names_member = false;  ///< `given` names a member of an archive: commands are for it unpacked, and not for the file that was given
    CommandStyle commands;
};

/// One or several reports. Several: what they have in common follows (text, markdown, html), JSON is an array.
std::string render(const std::vector<Analysis>&, Format, const ReportStyle&);

/// One line that says the verdict, the causes, whether the old key can be had and the first step, for --quiet. No line end behind it.
std::string render_line(const Analysis&, const ReportStyle& = {});

}  // namespace photopsy
