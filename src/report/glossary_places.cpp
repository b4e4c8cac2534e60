#include "report/glossary.h"

namespace photopsy {

static constexpr std::string_view places = "Places in the flash", keys_and_address = "Keys and address";

static constexpr GlossaryEntry place_words[] = {
    {"bootloader|boot", places, "The first program after power-up, at 0x08000000. It starts the system, answers over DFU and applies updates.",
     "Without it the device does nothing at all, and only a debug probe can bring it back.", "None, or D7 glows faintly, where it is gone.", "", ""},
    {"system part|system-part|sys|system parts", places, "Device OS, in parts that call each other: Wi-Fi and USB in one, the cloud in another (an Electron has three).",
     "Parts of different releases call functions that are not there.", "Breathing magenta or a red SOS where they do not fit.", "", ""},
    {"user application|user|application|user part", places, "The owner's own program, or a published one such as tinker.", "It is run only if every module it needs is there.",
     "Breathing magenta where it is refused.", "", ""},
    {"ota area|ota", places, "Where an update lies before the bootloader copies it to its place.", "What is left there from earlier updates is normal.", "", "", ""},
    {"factory image|factory|factory application", places, "The application that a factory reset brings back; on many devices only the end of an earlier update.", "", "", "", ""},
    {"backup of the firmware|backup", places, "A Spark Core's copy of the firmware that ran before the last update.", "", "", "", ""},
    {"dct|dct copy|configuration table|ct", places, "Device configuration table: keys, Wi-Fi, claim code, server address and settings, in two copies of 16 KiB. One is in use, the other is "
     "what was before.", "It is the only place of the device's private key; every write to it erases the older copy.", "", "", "Keep a dump before anything is written to it."},
    {"eeprom|eeprom page|ee", places, "Values that the application stored, in two pages that take turns.", "Some releases format both pages over a page that they do not understand.", "", "", ""},
    {"firmware|monolithic|core firmware", places, "Firmware of one piece in the place of the system parts: a Spark Core's, a factory test, an unlocker.", "Only known programs can be judged.", "", "", ""},
    {"system flags", places, "Words in which a Spark Core keeps what the bootloader shall do at the next start.", "", "", "", ""},
    {"reserved|unused|unused behind the keys|user data", places, "Space that no released firmware uses.", "", "", "", ""},
    {"behind|leftover", places, "What lies behind the end of a module in its slot: erased, or left over from a longer one before it. Normal.", "", "", "", ""},
    {"not in the file|not-in-file", places, "The file does not hold these bytes. They are unknown, not empty.", "Nothing is concluded from what is not there.", "", "", "Take the whole flash."},
    {"serial flash|second flash|external flash", places, "The other flash chip of a Spark Core, with its keys and updates.", "Keys and server address lie there and in no dump of the internal flash.", "",
     "", "Give it with --external FILE."},
    {"sector|page|block", places, "The smallest piece of flash that can be erased. Writing only clears bits; setting them again means erasing the whole piece.",
     "A power cut between erasing and writing leaves nothing of what stood there.", "", "", ""},
    {"module", places, "A piece of firmware with a header (who it is, what it needs) and a checksum at its end.", "", "", "", ""},
    {"device private key|device-private-key|private key", keys_and_address, "The secret number with which this device proves who it is. An RSA key of 1024 bits, on an Electron an EC key.",
     "With another one, however perfect, the cloud refuses the device.", "Fast blinking cyan and a red or orange burst where it is wrong.", "",
     "If it is damaged: photopsy keys recover."},
    {"device private key in the other copy|device-private-key-in-other-copy|key elsewhere|key-elsewhere|key in", keys_and_address,
     "A private key that lies in the other copy of the table or somewhere else in the dump.", "It may be the old one, which the cloud still knows.", "", "", "photopsy keys recover lists them."},
    {"device public key|device-public-key|public-key cache|cached", keys_and_address, "The public half of the device's key, as the firmware stored it.", "It tells which private key was in use when it was written.",
     "", "", ""},
    {"server public key|server-public-key|server key|server key and address", keys_and_address, "The key of the server that this device trusts. Particle's is published; a private cloud has its own.",
     "With a wrong one the device talks past the server.", "Fast blinking cyan and a red burst.", "", "photopsy keys server writes Particle's."},
    {"server address|server-address", keys_and_address, "Name or number and port of the server, behind the server's key.", "Erased, the firmware falls back to Particle's.", "", "", ""},
    {"public fingerprint|fingerprint|spki", keys_and_address, "SHA-256 of a public key. It names the key and tells nothing of the private one.",
     "Compare it with the one on record: that is the one thing that no dump tells.", "", "", ""},
    {"published|particle's", keys_and_address, "Byte for byte the key that Particle published.", "", "", "", ""},
    {"valid-other|another server's key|a whole key, not particle's", keys_and_address, "A whole server key that is not Particle's: right for a private cloud, wrong for Particle's.", "", "", "", ""},
    {"matches|belongs to the private key", keys_and_address, "The cached public key is that of the private key in the slot.", "", "", "", ""},
    {"belongs-to-other-key|belongs to another private key", keys_and_address, "The cached public key is that of another private key: the key was changed since the cache was written.", "", "", "", ""},
    {"unset|not set", keys_and_address, "Nothing was ever stored there.", "", "", "", ""},
    {"pkcs8|as pkcs#8", keys_and_address, "The form in which OpenSSL 3 writes private keys. The key inside is the same; the firmware cannot read it.", "", "", "", "Write it again in the device's form: photopsy keys convert."},
    {"command-line|device form|device|pem|encoding", keys_and_address, "How the numbers of a key are written down: as the firmware writes them, as OpenSSL or the Particle CLI does, or as text.",
     "The firmware reads its own form and takes fixed steps through it.", "", "", ""},
    {"assumed", keys_and_address, "A private server is taken to hold the key that the device has for it.", "", "", "", ""},
    {"built-in|built in", keys_and_address, "Particle's key inside the firmware, from Device OS 0.7.0 on: used where the slot is erased.", "", "", "", ""},
    {"given", keys_and_address, "Told by you on the command line, not read from the dump.", "", "", "", ""},
    {"prime|modulus|n|p|q|d|dp|dq|qinv|e", keys_and_address, "Numbers of an RSA key: n = p q is public, with e; the others are private and follow from p and q. The firmware uses p, q, dP, dQ, qInv; d it never reads.",
     "Because they follow from each other, a damaged one can often be computed again.", "", "", ""},
};

std::span<const GlossaryEntry> glossary_of_places() { return place_words; }

}  // namespace photopsy
