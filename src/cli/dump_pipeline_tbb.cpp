#include "cli/dump_pipeline.h"
#include "cli/dump_stages.h"
#include "cli/host.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_invoke.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <utility>

namespace photopsy {

static void run_together(DumpStages& stages, unsigned jobs) {
    namespace tbb = oneapi::tbb;
    // The last token carries nothing: it brings out what is held back.
    bool last_sent = false;
    using Work = std::shared_ptr<DumpWork>;
    using Told = std::shared_ptr<DumpBatch>;
    const auto take = [&](tbb::flow_control& flow) {
        auto work = stages.take();
        if (!work && std::exchange(last_sent, true)) flow.stop();
        return work;
    };
    const auto read = [&](Work work) {
        if (work) stages.read(*work);
        return work;
    };
    const auto pair_up = [&](const Work& work) { return std::make_shared<DumpBatch>(stages.pair_up(work)); };
    const auto judge = [&](Told batch) {
        for (auto& work : *batch) stages.judge(*work);
        return batch;
    };
    const auto deliver = [&](const Told& batch) { stages.deliver(*batch); };
    using Mode = tbb::filter_mode;
    tbb::parallel_pipeline(jobs + jobs / 2 + 1, tbb::make_filter<void, Work>(Mode::serial_in_order, take) & tbb::make_filter<Work, Work>(Mode::parallel, read) &
                                                    tbb::make_filter<Work, Told>(Mode::serial_in_order, pair_up) &
                                                    tbb::make_filter<Told, Told>(Mode::parallel, judge) &
                                                    tbb::make_filter<Told, void>(Mode::serial_in_order, deliver));
}

void run(const DumpPipeline& pipeline) {
    DumpStages stages(pipeline);
    keep_freed_memory();
    if (pipeline.jobs <= 1) return run_one_by_one(stages);
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, pipeline.jobs);
    oneapi::tbb::task_arena arena(static_cast<int>(pipeline.jobs));
    arena.execute([&] { run_together(stages, pipeline.jobs); });
}

fleet::DoBoth both_at_once(unsigned jobs) {
    // An arena of more workers than the library has is told of on stderr.
    const auto workers = std::min(jobs, usable_cores());
    if (workers <= 1) return fleet::one_after_the_other;
    return [arena = std::make_shared<oneapi::tbb::task_arena>(static_cast<int>(workers))](const auto& first, const auto& second) {
        arena->execute([&] { oneapi::tbb::parallel_invoke(first, second); });
    };
}

unsigned usable_cores() { return std::clamp(static_cast<unsigned>(oneapi::tbb::this_task_arena::max_concurrency()), 1u, 64u); }

}  // namespace photopsy
