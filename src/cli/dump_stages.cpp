#include "cli/dump_stages.h"

#include "base/hex.h"
#include "cli/dump_pair.h"
#include "cli/file_system.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace photopsy {

namespace {

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
        auto bytes = read_file(found.path, largest_of_many);
        if (!bytes) return bytes.error();
        if (!turn.owns_lock()) turn = turn_for(is_packed(*bytes) || bytes->size() > large_file);
        return dump_of(std::move(*bytes), found.path, layout, largest_of_many);
    }
    turn = turn_for(is_packed(found.bytes) || found.bytes.size() > large_file);
    auto dump = dump_of_member(std::exchange(found.bytes, {}), found.name, found.container, layout, largest_of_many);
    if (dump && found.path == "-") dump->capture.typed = no_file;
    if (dump && found.beside) found.beside(dump->capture);
    return dump;
}

/// Whether the second file is the other flash of the device that the first one is of.
bool are_halves(const DumpWork& first, const DumpWork& second) {
    if (second.found.kind != Found::Kind::File || !second.dump) return false;
    const auto half = half_of(*second.dump);
    return half != HalfDump::No && half != half_of(*first.dump) && folder_of(first.found.path) == folder_of(second.found.path);
}

}  // namespace

std::shared_ptr<DumpWork> DumpStages::take() {
    if (stopped_ || ended_) return nullptr;
    auto found = asked_.next();
    ended_ = !found;
    if (!found) return nullptr;
    auto work = std::make_shared<DumpWork>();
    work->found = std::move(*found);
    return work;
}

void DumpStages::read(DumpWork& work) const {
    if (work.found.kind != Found::Kind::File && work.found.kind != Found::Kind::Member) return;
    auto dump = recognized_dump(work.found, asked_.layout);
    if (!dump) {
        work.failure = dump.error().message;
        return;
    }
    work.dump = std::move(*dump);
    work.sha256 = hex(work.dump->capture.sha256);
}

DumpBatch DumpStages::pair_up(std::shared_ptr<DumpWork> work) {
    DumpBatch batch;
    if (held_ && work && are_halves(*held_, *work)) {
        if (auto both = read_dump_pair(held_->found.path, work->found.path, asked_.layout ? asked_.layout : held_->dump->layout)) {
            held_->dump = std::move(*both);
            held_->sha256 = hex(held_->dump->capture.sha256);  // which of the two is the internal flash is known only now
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

void DumpStages::judge(DumpWork& work) const {
    if (work.dump && (!asked_.wanted || asked_.wanted(work))) {
        auto dump = std::move(*work.dump);
        work.analysis = analyze(std::move(dump.capture), *dump.layout, asked_.options);
        work.exit_status = work.analysis->diagnosis.exit_status;
        if (const auto why = asked_.refused ? asked_.refused(*work.analysis) : ""; !why.empty()) {
            work.failure = work.found.path + ": " + why;
            work.analysis.reset();
        }
    }
    work.dump.reset();
    asked_.tell(work);
}

void DumpStages::deliver(DumpBatch& batch) {
    for (auto& work : batch)
        if (!stopped_ && !asked_.deliver(*work)) stopped_ = true;
}

void run_one_by_one(DumpStages& stages) {
    for (bool more = true; more;) {
        auto work = stages.take();
        more = work != nullptr;
        if (work) stages.read(*work);
        auto batch = stages.pair_up(std::move(work));
        for (auto& dump : batch) stages.judge(*dump);
        stages.deliver(batch);
    }
}

}  // namespace photopsy
