#include "base/hex.h"
#include "cli/dump_pair.h"
#include "cli/dump_pipeline.h"
#include "cli/file_system.h"
#include "cli/host.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace photopsy {

namespace {

using Batch = std::vector<std::shared_ptr<DumpWork>>;  ///< what one token carries: a dump, none (held back for its other half), or two

/// What takes much memory is done by one worker at a time: files of many MiB, and packed ones, which may become so.
std::mutex& one_large_at_a_time() {
    static std::mutex lock;
    return lock;
}

constexpr std::size_t large_file = std::size_t{4} << 20;

bool is_large(const std::string& path) { return size_of_file(path).value_or(0) > large_file; }

/// gzip, xz, zstd, zip, 7z.
bool is_packed(ByteView bytes) {
    static constexpr std::uint8_t heads[][2] = {{0x1F, 0x8B}, {0xFD, '7'}, {0x28, 0xB5}, {'P', 'K'}, {'7', 'z'}};
    return bytes.size() > 2 && std::any_of(std::begin(heads), std::end(heads), [&](const auto& head) { return std::equal(head, head + 2, bytes.begin()); });
}

std::unique_lock<std::mutex> turn_for(bool large) { return large ? std::unique_lock(one_large_at_a_time()) : std::unique_lock<std::mutex>(); }

Result<Dump> recognized_dump(Found& found, const Layout* layout) {
    auto turn = turn_for(found.kind == Found::Kind::File && is_large(found.path));
    if (found.kind == Found::Kind::File) {
        auto bytes = read_file(found.path, largest_dump_file);
        if (!bytes) return bytes.error();
        if (!turn.owns_lock()) turn = turn_for(is_packed(*bytes) || bytes->size() > large_file);
        return dump_of(std::move(*bytes), found.path, layout);
    }
    turn = turn_for(is_packed(found.bytes) || found.bytes.size() > large_file);
    return dump_of_member(std::exchange(found.bytes, {}), found.name, found.container, layout);
}

class DumpStages {
public:
    explicit DumpStages(const DumpPipeline& pipeline) : asked_(pipeline) {}

    /// Null at the end.
    std::shared_ptr<DumpWork> take() {
        if (stopped_ || ended_) return nullptr;
        auto found = asked_.next();
        ended_ = !found;
        if (!found) return nullptr;
        auto work = std::make_shared<DumpWork>();
        work->found = std::move(*found);
        return work;
    }

    void read(DumpWork& work) const {
        if (work.found.kind != Found::Kind::File && work.found.kind != Found::Kind::Member) return;
        auto dump = recognized_dump(work.found, asked_.layout);
        if (!dump) {
            work.failure = dump.error().message;
            return;
        }
        work.dump = std::move(*dump);
        work.sha256 = hex(work.dump->capture.sha256);
    }

    /// Holds a dump that is half of a device back until the next one is known.
    Batch pair_up(std::shared_ptr<DumpWork> work) {
        Batch batch;
        if (held_ && work && are_halves(*held_, *work)) {
            if (auto both = read_dump_pair(held_->found.path, work->found.path, asked_.layout ? asked_.layout : held_->dump->layout)) {
                held_->dump = std::move(*both);
                batch.push_back(std::move(held_));
                return batch;
            }
        }
        if (held_) batch.push_back(std::move(held_));
        if (work && asked_.pairs_halves && work->found.kind == Found::Kind::File && work->dump && half_of(*work->dump) != HalfDump::No)
            held_ = std::move(work);
        else if (work)
            batch.push_back(std::move(work));
        return batch;
    }

    void judge(DumpWork& work) const {
        if (work.dump && (!asked_.wanted || asked_.wanted(work))) {
            auto dump = std::move(*work.dump);
            work.analysis = analyze(std::move(dump.capture), *dump.layout, asked_.options);
            work.exit_status = work.analysis->diagnosis.exit_status;
        }
        work.dump.reset();
        asked_.tell(work);
    }

    void deliver(Batch& batch) {
        for (auto& work : batch)
            if (!stopped_ && !asked_.deliver(*work)) stopped_ = true;
    }

private:
    static bool are_halves(const DumpWork& first, const DumpWork& second) {
        if (second.found.kind != Found::Kind::File || !second.dump) return false;
        const auto half = half_of(*second.dump);
        return half != HalfDump::No && half != half_of(*first.dump) && folder_of(first.found.path) == folder_of(second.found.path);
    }

    const DumpPipeline& asked_;
    std::shared_ptr<DumpWork> held_;  ///< only in pair_up()
    std::atomic<bool> stopped_ = false;
    bool ended_ = false;
};

/// One after the other, in this thread: each dump is told before the next one is asked for.
void run_alone(DumpStages& stages) {
    for (bool more = true; more;) {
        auto work = stages.take();
        more = work != nullptr;
        if (work) stages.read(*work);
        auto batch = stages.pair_up(std::move(work));
        for (auto& dump : batch) stages.judge(*dump);
        stages.deliver(batch);
    }
}

void run_together(DumpStages& stages, unsigned jobs) {
    namespace tbb = oneapi::tbb;
    // The last token carries nothing: it brings out what is held back.
    bool last_sent = false;
    using Work = std::shared_ptr<DumpWork>;
    using Told = std::shared_ptr<Batch>;
    const auto take = [&](tbb::flow_control& flow) {
        auto work = stages.take();
        if (!work && std::exchange(last_sent, true)) flow.stop();
        return work;
    };
    const auto read = [&](Work work) {
        if (work) stages.read(*work);
        return work;
    };
    const auto pair_up = [&](const Work& work) { return std::make_shared<Batch>(stages.pair_up(work)); };
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

}  // namespace

void run(const DumpPipeline& pipeline) {
    DumpStages stages(pipeline);
    keep_freed_memory();
    if (pipeline.jobs <= 1) return run_alone(stages);
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, pipeline.jobs);
    oneapi::tbb::task_arena arena(static_cast<int>(pipeline.jobs));
    arena.execute([&] { run_together(stages, pipeline.jobs); });
}

unsigned usable_cores() { return std::clamp(static_cast<unsigned>(oneapi::tbb::this_task_arena::max_concurrency()), 1u, 64u); }

}  // namespace photopsy
