#include "report/glossary.h"

namespace photopsy {

static constexpr std::string_view verdicts = "Verdicts", trust = "How sure, how bad, at what cost";

static constexpr GlossaryEntry verdict_words[] = {
    {"healthy", verdicts, "Nothing in this flash keeps the device from starting or from connecting. Notes may stand beside it.",
     "The flash is then not the reason for a failure: what is left is the cloud's record of the device, its account, the network, its power.",
     "Breathing cyan, if the rest is in order.", "Certain of the flash; nothing is known of what lies outside it.",
     "If it still fails, say what the light does (--led or --ask), or ask the server (--live)."},
    {"attention", verdicts, "The device works, or will heal itself at the next start, yet something is damaged, interrupted, old or odd.",
     "What works today may not survive the next write or update.", "Mostly breathing cyan.", "As sure as the causes under it.",
     "Read the causes; most need nothing but a start."},
    {"cloud-fails|cloud connection fails", verdicts, "The device starts, and its cloud handshake fails or will be refused.",
     "It stays offline until a key or an address is right again.", "Fast blinking cyan, then one or more red, orange or magenta blinks, again and again.",
     "The firmware's own steps are replayed with the keys of the dump.", "The first step of the report; the old key back before a new one."},
    {"safe-mode|safe mode", verdicts, "The device starts, and the system refuses to run the application.",
     "The system still tries to connect, so that the device can be updated; what the application does, it does not do.", "Breathing magenta.",
     "The checks of the system are replayed in their order.", "Mostly write the module that fails its check."},
    {"boot-fails|does not start", verdicts, "The device cannot run its system firmware.", "Nothing else matters before it starts.",
     "Blinking yellow (DFU mode), a red SOS, or nothing.", "The checks of the bootloader are replayed in their order.",
     "Write the missing or damaged modules over USB."},
    {"bad-capture|bad capture", verdicts, "The file is not a trustworthy copy of the whole flash of a known device.",
     "A verdict on it would be a verdict on the copying. Nothing is to be written to a device on the word of such a file.",
     "Any: the light comes from the device, not from the file.", "", "Take the dump again as the report says: photopsy capture -o dump.bin."},
    {"certain", trust, "Arithmetic or the bytes themselves prove it.", "", "", "Only an error in the capture could make it wrong.", ""},
    {"likely", trust, "What is there is what a known fault leaves behind; something else could leave it too.", "", "", "More often right than not.",
     "Look whether the story fits what happened."},
    {"possible", trust, "It would explain what is seen, and nothing proves it.", "", "", "One explanation of several.", "Rule it out where that costs little."},
    {"seen", trust, "It stands in the bytes of the file; anyone can look.", "", "", "", ""},
    {"inferred", trust, "It follows from what is seen and from how the firmware works; nobody saw it happen.", "", "", "", ""},
    {"fatal", trust, "A finding that keeps the device from starting, or the file from being a dump.", "The exit status is 1.", "", "", ""},
    {"problem", trust, "A finding that keeps the device from doing its work.", "The exit status is 1.", "", "", ""},
    {"warning", trust, "A finding that does no harm now and may do some later.", "The exit status stays 0.", "", "", ""},
    {"note", trust, "Something to know, and nothing wrong.", "", "", "", ""},
    {"changes nothing|nothing", trust, "The step writes nothing to the device.", "", "", "", ""},
    {"changes one setting|one-setting", trust, "The step writes one field of the configuration table; the firmware writes the whole table anew for it.",
     "The older copy of the table, which may hold an old key, is erased by it.", "", "", "Keep the dump first."},
    {"writes firmware|firmware cost", trust, "The step writes a module; keys and settings lie elsewhere and stay.", "", "", "",
     "Do not unplug the device while it writes."},
    {"loses what the device holds|data|loses data", trust, "The step gives up something that only this device holds: its key, its settings, its values.", "",
     "", "", "Only where no step above it helps."},
    {"pass|ok", trust, "The check was carried out and succeeds.", "", "", "", ""},
    {"fail|bad", trust, "The check was carried out and fails.", "", "", "", ""},
    {"skipped|not reached", trust, "The device does not come to this step: it ends before.", "", "", "", ""},
    {"unknown|not known|cannot be told from this file", trust, "What decides it is not in the file, or not known to photopsy.",
     "It is never taken for good or bad.", "", "", "A whole dump tells more."},
    {"personal", trust, "Left out of reports because it says who you are or where: ids, names, values of the application.", "", "", "",
     "--show-ids shows ids; never keys or passwords."},
    {"secret", trust, "Left out of every report: whoever has it can act as the device or join your network.", "", "", "", "Never post the dump itself."},
};

std::span<const GlossaryEntry> glossary_of_verdicts() { return verdict_words; }

}  // namespace photopsy
