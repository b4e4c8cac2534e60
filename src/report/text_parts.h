#pragma once
// Pieces that the short and the full text report share.
#include "report/document.h"
#include "report/text_paint.h"

namespace photopsy {

Tone tone_of(Severity);
Tone tone_of(Outcome);
Sign sign_of(Rung::Mark);

/// One sign for each rung, in a row.
std::string text_signs(const std::vector<Rung>&, const Paint&);
bool all_good(const std::vector<Rung>&);
/// What the device does at power-up, and why it refuses the application where it does.
std::string boot_in_words(const Document&);
/// "photopsy 0.1.0; dump.bin, 1048576 bytes, sha256 09cca9181e90"
std::string text_provenance(const Document&);

/// A cause's title under its number, its id and how sure it is, and the chain from cause to symptom.
std::string text_cause_head(const CauseText&, std::size_t number, const Paint&);
/// A finding with its place, what was expected and found, and its bytes. `said` is what its cause has told already: it is not told again.
std::string text_finding(const Document&, const FindingText&, const Paint&, unsigned indent, const std::vector<ChainLink>& said = {});
/// Findings that no cause covers; notes of a healthy device among them.
std::string text_other_findings(const Document&, const Paint&);
/// One remedy in full, with everything that must be typed.
std::string text_remedy(const RemedyText&, const std::string& mark, const Paint&);
/// "Or: " before another way, unless its title says it.
std::string_view or_before(const RemedyText&);
/// The heading over a cause's remedies.
std::string text_steps_heading(const Document&, const Paint&);
/// "3.": a remedy's place in the one safe order over all causes; "-" for what has none there.
std::string step_mark(const Document&, std::size_t cause, std::size_t remedy);
/// The remedies of a cause (indices into its list) in that order; what has no place of its own stands before what follows it in the list.
std::vector<std::size_t> steps_in_order(const Document&, std::size_t cause);
/// A cause before this one says that the dump is to be kept, with the warnings of all: it is one file, kept once.
bool keeps_dump_before(const Document&, std::size_t cause);
/// How to see whether it worked; "" where nothing is to be done.
std::string text_afterwards(const Document&, const Paint&);

/// Start, handshake, flash, modules, keys: the state of everything.
std::string text_state(const Document&, const Paint&);
/// The flash by regions and the modules as a table.
std::string text_modules(const Document&, const Paint&);
/// What the public key of this device is compared by, in one piece; "" where none is known.
std::string text_fingerprint(const Document&, const Paint&);

/// The last lines: the verdict, and what to do first with its commands.
std::string text_ending(const Document&, const Paint&);

/// A report that fits a screen: each cause, each step, the state in three lines, the ending.
std::string text_short(const Document&, const Paint&);

}  // namespace photopsy
