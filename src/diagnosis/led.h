#pragma once
// What the colour and count that the owner sees prove, by Device OS version. Source: docs/formats/handshake.md (LED),
// system/src/system_task.cpp@v0.4.4:246, @v0.7.0:352, @v2.3.1:273,414; system_cloud_internal.cpp@v2.3.1:1134.
#include "diagnosis/diagnosis.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

struct LedMeaning {
    std::vector<Step> steps;      ///< handshake steps after which this firmware shows this; empty: not a handshake signal
    std::string says;             ///< one sentence
    bool handshake_only = false;  ///< true: the steps are all it can mean; false: the network or something else shows the same
};

/// What decides over the meaning of a light besides what it shows.
struct LedScene {
    LedGeneration generation;
    Transport transport = Transport::Tcp;
    bool has_wifi = true, makes_keys = true;
    std::optional<std::uint16_t> system_version;  ///< nothing: it does not matter, or is not known
    bool version_known = true;                    ///< false: `generation` is the likeliest, and a colour of another one is no contradiction

    LedScene(LedGeneration of, Transport over = Transport::Tcp) : generation(of), transport(over) {}
};
LedScene led_scene(const Facts&);

LedMeaning meaning_of(const LedSymptom&, const LedScene&);

/// The steps at which a cause stops the handshake; empty for causes that keep the device from getting that far.
std::vector<Step> steps_shown_by(std::string_view cause_id);

enum class LedFit { Fits, Unrelated, Contradicts };
LedFit fit(std::string_view cause_id, const LedMeaning&);

/// The light is that of a device with an open session (breathing cyan), and this device has no colours of its own.
bool shows_online(const LedSymptom&, const Facts&);

/// The light of a device that makes itself a new key (blinking white): its slot was empty.
bool shows_key_being_made(const LedSymptom&);

/// The light shows that the server does not take the device's key, or answers to another, and nothing in the flash explains it: a key that is perfect and
/// not on record, the commonest fault, which no dump shows. Only of a device that should connect.
bool tells_of_unknown_key(const Observations&, const LedSymptom&, const Diagnosis&);

std::string name_of(const LedSymptom&);  ///< "3 orange", "breathing magenta"

/// The light cannot be that of a device with this flash: another file, another device, or a dump from before a repair. Nothing is to be written on its word.
bool light_contradicts(const Observations&, const LedSymptom&);

/// The device has Wi-Fi, and no network to join at its next start: it listens for setup (blinking dark blue).
bool waits_for_wifi(const Facts&);

/// What this device shows after an ordinary start, as far as the flash tells it: by the start, the handshake and the stored networks. Empty where it does not.
std::vector<LedSymptom> lights_expected(const Observations&);
/// The same in words; "" where lights_expected() is empty.
std::string expected_in_words(const Observations&);
/// What the owner's light adds to the verdict, in a few sentences. Never that it fits where the flash makes one expect another light.
std::string led_remark(const Observations&, const LedSymptom&);

}  // namespace photopsy
