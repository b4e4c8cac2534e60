#include "support/sample/acts.h"

#include <array>

namespace photopsy::sample {

// What a module is made of, what a value is made of, and where the power goes: the same words wherever they may stand.
#define MODULE " module release version length platform placeholder product needs carries_bootloader seed "
#define VALUE " text hex fill length random key form algorithm wish server domain ip port offset pad "
#define POWER " power_lost_in after_bytes "

static constexpr std::array acts{
    Act{"life", "install", MODULE "at "},
    Act{"life", "install-release", " release user "},
    Act{"life", "erase", " slot "},
    Act{"life", "factory-table", " release version_string "},
    Act{"life", "provision", " wifi key form algorithm wish claim "},
    Act{"life", "write", VALUE POWER "field sector_offset times "},
    Act{"life", "reinitialize", POWER},
    Act{"life", "receive", MODULE "percent chunk missing "},
    Act{"life", "queue", MODULE POWER},
    Act{"life", "apply", POWER},
    Act{"life", "eeprom", " cells state "},
    Act{"damage", "flip", " at bit "},
    Act{"damage", "fill", " at length value "},
    Act{"damage", "put", VALUE "at "},
    Act{"damage", "and", VALUE "at "},
    Act{"damage", "copy", " at from length "},
    Act{"damage", "swap", " at from length "},
    Act{"damage", "overlay", MODULE "at bytes erase_rest_of_sector "},
    Act{"damage", "reseal", " copy "},
    Act{"file", "cut", " to "},
    Act{"file", "drop", " at length "},
    Act{"file", "insert", " at length value "},
    Act{"file", "overwrite", " at length value "},
    Act{"file", "byteswap", " unit "},
    Act{"file", "double", ""},
    Act{"file", "repeat-block", " at length times "},
    Act{"file", "alt1-upload", " length "},
    Act{"file", "dfu-suffix", ""},
    Act{"file", "dfuse", " block "},
    Act{"file", "intel-hex", ""},
    Act{"file", "replace", " text hex "},
    Act{"file", "pack", " as "},
};

std::span<const Act> all_acts() { return acts; }

const Act* find_act(std::string_view chapter, std::string_view name) {
    for (const auto& act : acts)
        if (act.chapter == chapter && act.name == name) return &act;
    return nullptr;
}

}  // namespace photopsy::sample
