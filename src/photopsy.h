#pragma once
// The front door: a capture in, everything known about it out. Pure: no files, clock, environment or printing.
#include "diagnosis/diagnosis.h"
#include "flash/capture.h"
#include "remedy/remedy.h"

namespace photopsy {

inline constexpr std::string_view version = "0.1.0";

struct AnalyzeOptions {
    std::optional<LedSymptom> led;
    std::vector<std::uint8_t> registered_spki;  ///< public key the cloud holds, DER; empty: unknown
    std::vector<std::uint8_t> server_spki;      ///< public key the server really has, DER; empty: by the address
    std::optional<LiveAnswer> live;             ///< how a handshake with the real server ended that used the keys of this dump; nothing: none was made
    bool shows_bytes = true;                    ///< false: no finding gets its `evidence`, for a form that does not show it
};

struct Analysis {
    Capture capture;
    const Layout* layout = nullptr;
    std::vector<std::uint8_t> registered_spki;  ///< as it was given: a flash that comes of this one is judged with it too
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;
    Findings findings;
    Diagnosis diagnosis;
    Remedies remedies;                  ///< of each of diagnosis.causes, in the same order
    std::optional<Remedy> afterwards;   ///< how to see whether the remedies helped; nothing where none writes anything
    std::vector<Remedy> for_the_light;  ///< where the light tells of a fault that the flash does not show; else empty

    Observations observations() const { return {facts, keys, handshake, boot}; }
};

/// Everything about one capture. Total: any capture gives an analysis.
Analysis analyze(Capture, const Layout&, const AnalyzeOptions& = {});

}  // namespace photopsy
