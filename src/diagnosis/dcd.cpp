#include "diagnosis/dcd.h"

#include "diagnosis/handshake_links.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

std::string releases_before(DcdGeneration generation) { return generation == DcdGeneration::D1 ? "up to 0.6.4" : "from 0.7.0 on"; }

void tell_undone(const Observations& seen, const Findings&, Story& story) {
    const auto& dct = seen.facts.dct;
    if (!seen.facts.system.system_version) story.confidence = Confidence::Possible;
    story.chain = {
        {.says = fmt::format("Copy {} of the table was written last and is whole; its footer has no watermark.", 3 - dct.selected.value_or(1))},
        {.says =
             "Device OS 0.7.0 copies the footer as it finds it, so a unit that began with an older release or with the factory's table never got that mark.",
         .seen = false},
        {.says =
             fmt::format("{} code counts a checksum only with the watermark, and so reads copy {}, the one before the last write.",
                         seen.facts.system.system_version ? "The system was updated since. Its" : "Which system is installed, the file does not show; later",
                         dct.selected.value_or(1))},
        {.says = "What was written last under 0.7.0 has no effect any more, and the next write erases it.", .seen = false}};
    if (seen.handshake.fails())
        for (auto& link : handshake_links(seen)) story.chain.push_back(std::move(link));
}

const Cause causes[] = {
    {"dct-last-write-undone",
     "An update made the firmware fall back to the older configuration table",
     "The last write to the table was made by Device OS 0.7.0 into a copy that later releases do not count: they read the copy before it.",
     {"dcd-newest-copy-not-counted", "private-key-made-anew"},
     {},
     tell_undone},
};

}  // namespace

void tell_dcd_none_usable(const Observations& seen, Story& story) {
    const auto& dcd = *seen.facts.dct.dcd;
    story.chain = {
        {.says = dcd.bootloader_destroys() ? "Only a superseded copy of the table is left. The system would read it; the bootloader does not."
                                           : "No copy of the table carries what the installed code takes for valid."},
        {.says = "The copy in use lost its header: by power that failed while the table was rewritten, or by damage.", .seen = false},
        {.says = fmt::format(
             "The bootloader reads the table at each start. Code of releases {} then erases copy {} and puts a blank table there; the other copy stays as "
             "it is until the first write.",
             releases_before(dcd.bootloader), dcd.bootloader == DcdGeneration::D1 ? 1 : 2),
         .seen = false},
        {.says = "The device then makes a new key that the cloud does not know, and the handshake is refused.", .seen = false}};
}

void tell_dcd_blanked(const Observations& seen, Story& story) {
    const auto* copy = seen.facts.dct.current();
    story.chain = {
        {.says = copy && copy->fresh_default ? "The table in use is blank but for its header and footer."
                                             : "The table in use holds nothing of what the factory puts into each unit."},
        {.says = "The bootloader does this by itself at a start at which it finds no valid copy, usually after power failed during a write.", .seen = false},
        {.says = "Device key, server keys and claim are lost; the device makes a new key, which the cloud does not know.", .seen = false}};
    if (seen.keys.device.public_fingerprint && copy && !copy->fresh_default)
        story.chain.push_back(
            {.says = "The device key in the table is the one it made after the reset: it must be registered with the cloud, or the old one written back.",
             .seen = false});
    story.confidence = copy && copy->fresh_default ? Confidence::Certain : Confidence::Likely;
}

void tell_dcd_damaged(const Observations& seen, const Findings& findings, Story& story) {
    const auto& dct = seen.facts.dct;
    const bool lost_header = findings.has("dcd-newest-copy-lost") || findings.has("dcd-other-copy-unreadable");
    story.chain = {
        {.says = lost_header ? "One copy of the table has lost its header or seal." : "The contents of one copy of the table do not fit its checksum."},
        {.says = "Contents that change without a new checksum were changed outside the table's own code: by worn or disturbed flash cells, or by a write "
                 "that was cut off.",
         .seen = false}};
    if (dct.dcd->undone != DcdFacts::Undone::No)
        story.chain.push_back(
            {.says = fmt::format("It was the newest copy. The firmware goes back to copy {}: the last change is undone.", dct.selected.value_or(0))});
    else if (const auto* current = dct.current(); current && current->damage)
        story.chain.push_back({.says = "It is the copy in use, and the other one is no better to this firmware: it goes on with it."});
    else
        story.chain.push_back({.says = "The firmware does not use that copy."});
    if (dct.dcd->undone != DcdFacts::Undone::No && seen.handshake.fails())
        for (auto& link : handshake_links(seen)) story.chain.push_back(std::move(link));
}

std::span<const Cause> dcd_causes() { return causes; }

}  // namespace photopsy
