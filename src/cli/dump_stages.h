#pragma once
// The stages that each dump of many goes through, for whoever calls them: all in one thread, or several at once (dump_pipeline_tbb.cpp).
#include "cli/dump_pipeline.h"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace photopsy {

using DumpBatch = std::vector<std::shared_ptr<DumpWork>>;  ///< what goes on together: a dump, none (held back for another half), or several

/// take(), pair_up() and deliver() are called by one thread at a time and in order; read() and judge() by any number, each with a dump of its own.
class DumpStages {
public:
    explicit DumpStages(const DumpPipeline& pipeline) : asked_(pipeline) {}

    /// The next dump; null at the end.
    std::shared_ptr<DumpWork> take();
    /// Reads the file and finds out what it is; where it cannot, `failure` says why.
    void read(DumpWork&) const;
    /// Holds a dump that is half of a device back until its other half is there or comes no more: of a file that is the next one, of a member of an archive
    /// one of its neighbours. What follows waits behind it, so that the order stays. Null: nothing comes any more.
    DumpBatch pair_up(std::shared_ptr<DumpWork>);
    /// Analyzes where that is wanted, and has it told. The bytes of the dump are given up.
    void judge(DumpWork&) const;
    void deliver(DumpBatch&);

private:
    const DumpPipeline& asked_;
    /// One that waits, or waits behind one that does.
    struct Held {
        std::shared_ptr<DumpWork> work;
        bool waits = false;
    };
    bool put_together(DumpWork& half, DumpWork& other) const;
    void pass_by(Held&, const DumpWork* next) const;

    std::deque<Held> held_;           ///< only in pair_up()
    std::deque<std::string> passed_;  ///< the last paths; what came already is waited for no more
    std::atomic<bool> stopped_ = false;
    bool ended_ = false;
};

/// One dump after the other, in this thread: each is told before the next one is asked for.
void run_one_by_one(DumpStages&);

}  // namespace photopsy
