// Colours of the light. What a certain light means on a certain version: diagnosis/led.
#include "report/glossary.h"

namespace photopsy {

static constexpr std::string_view lights = "The light", handshake = "The handshake";

static constexpr GlossaryEntry light_words[] = {
    {"cyan|breathing cyan|fast cyan|blinking cyan", lights, "The cloud: blinking, the device connects; blinking fast, the handshake; breathing, it is online.",
     "", "", "", ""},
    {"red|red burst", lights,
     "One red blink between fast cyan: the handshake failed. Up to Device OS 1.5 mostly because the server hung up (it does not accept the public key, or the "
     "server key in the flash is wrong); "
     "from 2.0.0 on for any failure. Red that blinks without cyan is an SOS.",
     "", "", "Red and orange are easily mistaken: count the blinks.", "Ask with --led \"1 red\"."},
    {"orange|orange burst|orange blinks", lights,
     "One orange blink between fast cyan: the device could not decrypt the server's answer with its key (up to Device OS 1.5). Two: no internet. Three: "
     "internet, but no cloud.",
     "", "", "Red and orange are easily mistaken: count the blinks.", "Ask with --led \"3 orange\"."},
    {"magenta|breathing magenta|blinking magenta|pink", lights,
     "Breathing: safe mode. Blinking: an update. One blink between fast cyan: the server's signature does not verify.", "", "", "", ""},
    {"white", lights, "Blinking: the device makes itself a new key, because its slot is empty. Breathing: Wi-Fi is off.", "The cloud does not know a new key.",
     "", "", ""},
    {"yellow|blinking yellow", lights, "Blinking: DFU mode, in which a dump is taken and modules are written.", "", "", "", ""},
    {"blue|dark blue|blinking blue|listening mode", lights, "Blinking dark blue: listening mode; the device waits for Wi-Fi credentials.", "", "", "", ""},
    {"green|blinking green|breathing green", lights, "Blinking: it looks for its Wi-Fi. Breathing: Wi-Fi without the cloud.", "", "", "", ""},
    {"sos|red sos", lights, "Three short, three long, three short red flashes: the firmware crashed. The blinks after them tell why.", "", "", "",
     "Count them and ask with --led \"SOS 10\"."},
    {"no light|dark|d7", lights, "No power, or nothing that starts: a device without a bootloader stays dark, or its D7 glows faintly.", "", "", "", ""},
    {"burst", lights, "One or a few short blinks of another colour between fast cyan: how an attempt to connect ended.", "", "", "", ""},
    {"code", handshake, "The number with which the firmware's own function ends, as a debug log shows it.", "", "", "", ""},
    {"compares-presented-key|if the server compares the key that the device presents", handshake,
     "A server that compares the public key in the device's message with the one on record and hangs up where they differ. A dump cannot tell which kind of "
     "server answers, so both are predicted.",
     "", "", "", ""},
    {"uses-stored-key|if the server uses the key that it has stored", handshake,
     "A server that answers to the public key on record, whatever the device presents. The device then cannot decrypt the answer.", "", "", "", ""},
    {"by chance|chance", handshake, "The damaged bytes come out right now and then; the likelier end is told.", "", "", "", ""},
    {"asked live|live", handshake, "The real server was asked with the keys of this dump (--live), and this is how it ended.", "", "", "", ""},
};

std::span<const GlossaryEntry> glossary_of_lights() { return light_words; }

}  // namespace photopsy
