#include "report/glossary.h"

#include <algorithm>
#include <string>
#include <vector>

namespace photopsy {

static constexpr std::string_view states = "States", start = "The start", updates = "Updates, EEPROM, Wi-Fi", files = "Files";

static constexpr GlossaryEntry state_words[] = {
    {"good", states, "Looked at and found whole.", "", "", "", ""},
    {"damaged", states, "Looked at and found not as it was written.", "", "", "", ""},
    {"erased|empty|never-used|never used|nearly-erased", states, "All bits are 1 (FF), as erasing leaves them: nothing is there.",
     "Often normal: an update area, a second copy.", "", "", ""},
    {"not-checked|not checked", states, "Not in the file, or nothing tells whether it is right. Neither good nor bad.", "", "", "", ""},
    {"stray", states, "Something whole in a place where the firmware never looks for it.", "It may hold secrets, and it may hold the old key.", "", "", ""},
    {"in use|current|selected", states, "The copy of the table that the installed firmware reads.", "", "", "", ""},
    {"superseded|superseded-damaged", states, "The table as it was before the last write. The firmware does not read it; the next write erases it.",
     "It may hold the old key.", "", "", ""},
    {"incomplete|incomplete write|write was interrupted", states, "A copy whose write did not come to its end.", "", "", "", ""},
    {"older-format|older format", states, "A whole copy as an older Device OS writes it.", "", "", "", ""},
    {"valid-twin|valid twin|also valid, not in use", states, "Both copies are valid; this is the one that is not read.", "", "", "", ""},
    {"rejected|rejected, damaged", states, "A copy that the firmware refuses because its checksum fails.", "", "", "", ""},
    {"unreadable", states, "What stands there has not the form of a table.", "", "", "", ""},
    {"checksum|crc|crc32|integrity", states, "A number computed from all bytes. If it fits, they are as they were written; one flipped bit changes it.", "", "",
     "", ""},
    {"valid, unknown build", states, "Its checksum is right, and it is in no table of released firmware: your own build, or a fork.", "", "", "", ""},
    {"runs|starts and runs the application", start, "The device starts, and the application runs.", "", "The cloud's signals, at last breathing cyan.", "", ""},
    {"dfu|dfu mode|stays in dfu mode", start, "The bootloader waits for a computer instead of starting the system.", "It is also how a dump is taken.",
     "Blinking yellow.", "", "Hold SETUP (MODE), tap RESET, and go on holding until the light blinks yellow."},
    {"factory-reset|factory reset", start, "The bootloader brings the factory application back.", "", "White, then the start.", "", ""},
    {"reset-loop|reset loop", start, "The device begins to start, fails, and begins again.", "", "Flashes and darkness in turn, or a red SOS.", "", ""},
    {"undefined", start, "What the processor executes there is not a program any more; nothing can be said of what it does.", "",
     "Anything, often a red SOS or none.", "", ""},
    {"bootloader-runs|bootloader runs", start, "Whether the bootloader is there and whole.", "", "", "", ""},
    {"pending-update|pending update", start, "Whether the bootloader copies an update before it starts the system.", "", "Blinking magenta while it copies.",
     "", ""},
    {"part1-header|part1-content|part header|part content|part1 header|part1 content|part3-content", start,
     "Whether the bootloader accepts a system part (it tests the header, not the checksum), and whether it is whole.", "", "", "", ""},
    {"part2-entry|part2 entry", start, "Whether part 1 finds the beginning of part 2; nothing is tested on the way.", "", "", "", ""},
    {"system-checks-bootloader|system-checks-part2|system-checks-dependencies|system checks bootloader|system checks part2|system checks dependencies", start,
     "The tests that the running system makes of the other modules: place, platform, checksum, and that each finds what it needs.",
     "Where one fails the application is not run.", "Breathing magenta.", "", ""},
    {"user-header|user-crc|user-dependencies|user header|user crc|user dependencies|part2 crc", start, "The tests of the application before it is run.", "",
     "Breathing magenta where one fails.", "", ""},
    {"firmware-start|firmware-content|firmware start|firmware content", start, "The same of firmware of one piece.", "", "", "", ""},
    {"dependency|dependencies", start, "A module says which version of another one it needs at least.",
     "A system part that finds an older one refuses the application.", "Breathing magenta.", "", ""},
    {"none|no update", updates, "No update waits.", "", "", "", ""},
    {"pending|waits", updates, "An update lies whole in the OTA area and is copied at the next start.", "", "Blinking magenta.", "",
     "Start the device, and do not cut the power."},
    {"receiving|received-rejected", updates, "An update that was being received, or was received and refused.", "", "", "", ""},
    {"pending-unreachable", updates, "An update waits that this bootloader will never apply.", "", "", "", ""},
    {"copy-interrupted|bootloader-copy-interrupted|dfu-write-interrupted", updates,
     "The writing of a module was cut off: its beginning is new, its end old or erased.", "", "", "",
     "Where the update still lies in the OTA area, the bootloader goes on with it."},
    {"cleared-not-copied|copied-not-cleared", updates, "The mark of an update was taken away before it was copied, or not taken away after.", "", "", "", ""},
    {"normal|configured", updates, "As it should be.", "", "", "", ""},
    {"swap-interrupted|both-active|will-be-formatted|corrupt", updates,
     "How the two pages of the EEPROM stand to each other. Values may be lost at the next start where the release formats what it does not understand.", "", "",
     "", "Read what the report says before you start the device."},
    {"not-configured|list-erased", updates, "No Wi-Fi is stored, or the list was never written.", "The device waits for set-up.", "Blinking dark blue.", "",
     "Set up Wi-Fi again."},
    {"raw|raw-with-dfu-suffix|intel-hex|dfuse|hex-listing|base64-listing", files,
     "The form of the file: plain bytes of the flash, the same with dfu-util's suffix, or a text or container that holds them.", "", "", "",
     "photopsy convert makes plain bytes of any."},
    {"captured|reads compared|read once, unverified", files, "How the dump was read: by photopsy capture, which reads twice and compares, or once.",
     "A byte that was read once may be a transmission error.", "", "", ""},
    {"redacted", files, "A copy whose secrets are overwritten, made by photopsy redact. It gives the same verdict.", "", "", "", ""},
    {"sha256", files, "A number that names a file. In reports that are posted it is left out: with it a guess at a password in the dump could be tried.", "",
     "", "", ""},
    {"exit status|exit", files, "0 nothing wrong, 1 a problem was found, 2 photopsy could not do its work, 3 USB or device failure.", "", "", "", ""},
};

std::span<const GlossaryEntry> glossary_of_states() { return state_words; }

/// Small letters; blanks, '-' and '_' are one.
static std::string plainly(std::string_view word) {
    std::string plain;
    for (char c : word) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        plain += c == '_' || c == ' ' ? '-' : c;
    }
    return plain;
}

static bool spells(std::string_view words, const std::string& wanted) {
    while (!words.empty()) {
        const auto word = words.substr(0, words.find('|'));
        if (plainly(word) == wanted) return true;
        words.remove_prefix(std::min(word.size() + 1, words.size()));
    }
    return false;
}

const GlossaryEntry* find_in_glossary(std::string_view word) {
    auto wanted = plainly(word);
    const auto number = wanted.find_last_not_of("0123456789");
    auto without_number = number == std::string::npos ? wanted : wanted.substr(0, number + 1);
    while (without_number.ends_with('-')) without_number.pop_back();
    for (const auto& tried : {wanted, without_number})
        for (const auto part : {glossary_of_verdicts(), glossary_of_states(), glossary_of_places(), glossary_of_lights()})
            for (const auto& entry : part)
                if (spells(entry.words, tried)) return &entry;
    return nullptr;
}

}  // namespace photopsy
