// Without threads (PHOTOPSY_THREADS=OFF): the same dumps in the same order, one by one.
#include "cli/dump_pipeline.h"
#include "cli/dump_stages.h"

namespace photopsy {

void run(const DumpPipeline& pipeline) {
    DumpStages stages(pipeline);
    run_one_by_one(stages);
}

fleet::DoBoth both_at_once(unsigned) { return fleet::one_after_the_other; }

unsigned usable_cores() { return 1; }

}  // namespace photopsy
