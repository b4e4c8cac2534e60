#pragma once
// Many dumps over all cores: read, analyzed and told by several workers at once, taken up and given out one by one, in order. What comes out does not depend on
// the number of workers. No more than a few dumps are in memory at a time.
#include "cli/found.h"
#include "cli/input.h"
#include "fleet/shared_primes.h"
#include "photopsy.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace photopsy {

/// One dump on its way.
struct DumpWork {
    Found found;
    std::optional<Dump> dump;  ///< until it is analyzed
    std::optional<Analysis> analysis;
    std::string sha256;   ///< of the dump, hex
    std::string key;      ///< for who asks whether it is wanted
    std::string failure;  ///< why it could not be read, or is refused; "" where it was told
    std::string trouble;  ///< why what `tell` made could not be kept; "" where it could
    std::string text;     ///< what `tell` made of it
    int exit_status = 0;
};

struct DumpPipeline {
    std::function<std::optional<Found>()> next;           ///< asked for one after the other, by one worker at a time; nothing: the end
    std::function<bool(DumpWork&)> wanted;                ///< after reading, several at once: false spares the analysis. May be empty
    std::function<std::string(const Analysis&)> refused;  ///< several at once: why no report is to be made of it, in one sentence, or "". May be empty
    std::function<void(DumpWork&)> tell;                  ///< of every dump, several at once, with `analysis` where there is one. Must not print
    std::function<bool(DumpWork&)> deliver;               ///< in the order of `next`, one at a time; false: stop
    const Layout* layout = nullptr;                       ///< null: the dump itself tells
    AnalyzeOptions options;
    unsigned jobs = 1;
    bool pairs_halves = true;  ///< two files side by side that are the two flashes of one device are one dump
};

void run(const DumpPipeline&);

/// For work on what a pipeline has brought: two pieces at once, as many of them as `jobs` threads.
fleet::DoBoth both_at_once(unsigned jobs);

/// The cores that this process may use, at most 64.
unsigned usable_cores();

}  // namespace photopsy
