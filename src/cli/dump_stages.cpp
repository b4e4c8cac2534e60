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

/// A flash of a device with two, raw, packed or as a text.
constexpr std::size_t largest_half = std::size_t{8} << 20;

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
    auto kept = found.neighbours.empty() || found.bytes.size() > largest_half ? std::vector<std::uint8_t>() : found.bytes;
    auto dump = dump_of_member(std::exchange(found.bytes, {}), found.name, found.container, layout, largest_of_many);
    if (dump && half_of(*dump) != HalfDump::No) found.bytes = std::move(kept);  // to be put together with its other half
    if (dump && found.path == "-") dump->capture.typed = no_file;
    if (dump && found.beside) found.beside(dump->capture);
    return dump;
}

bool is_half(const DumpWork& work) { return work.dump && half_of(*work.dump) != HalfDump::No; }

/// What a file's name says of its device: "kitchen" of "kitchen-external.bin", without the words for one of two flashes and for a form of file.
std::string device_in_name(const std::string& path) {
    static constexpr std::string_view others[] = {"bin",      "hex",         "dfu",    "txt",    "img",  "raw",      "gz",   "xz",       "zst", "zip",
                                                  "dump",     "flash",       "flash1", "flash2", "int",  "internal", "ext",  "external", "spi", "serial",
                                                  "spiflash", "serialflash", "sflash", "mcu",    "core", "spark",    "main", "stm32"};
    std::string words, word;
    const auto take = [&] {
        if (!word.empty() && std::find(std::begin(others), std::end(others), word) == std::end(others)) words += word + " ";
        word.clear();
    };
    for (const char c : path.substr(path.find_last_of("/\\:") + 1)) {
        const bool capital = c >= 'A' && c <= 'Z';
        if (capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80)
            word += capital ? static_cast<char>(c - 'A' + 'a') : c;
        else
            take();
    }
    take();
    return words;
}

/// Whether the second is the other flash of the device that the first one is of. Nothing in a Core's flashes says that they belong together but their names.
bool are_halves(const DumpWork& first, const DumpWork& second) {
    if (second.found.kind != first.found.kind || !is_half(first) || !is_half(second) || half_of(*second.dump) == half_of(*first.dump)) return false;
    if (device_in_name(first.found.path) != device_in_name(second.found.path)) return false;
    if (first.found.kind == Found::Kind::File) return folder_of(first.found.path) == folder_of(second.found.path);
    if (first.found.bytes.empty() || second.found.bytes.empty()) return false;
    const auto& beside = first.found.neighbours;
    return std::find(beside.begin(), beside.end(), second.found.path) != beside.end();
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

/// Both as one dump, in the place of the half that came first.
bool DumpStages::put_together(DumpWork& half, DumpWork& other) const {
    const auto* layout = asked_.layout ? asked_.layout : half.dump->layout;
    const auto member = [](Found& found) { return MemberOfPair{std::move(found.bytes), found.name, found.container, found.beside}; };
    auto both = half.found.kind == Found::Kind::File ? read_dump_pair(half.found.path, other.found.path, layout)
                                                     : dump_of_pair(member(half.found), member(other.found), layout);
    if (!both) return false;
    half.dump = std::move(*both);
    half.sha256 = hex(half.dump->capture.sha256);  // which of the two is the internal flash is known only now
    return true;
}

/// One that waits sees what comes next; null: nothing does.
void DumpStages::pass_by(Held& held, const DumpWork* next) const {
    auto& found = held.work->found;
    const bool from_archive = found.kind == Found::Kind::Member;
    if (next) std::erase(found.neighbours, next->found.path);
    held.waits = held.waits && next && from_archive && !found.neighbours.empty() && next->found.path.starts_with(found.archive);
    if (!held.waits) found.bytes = {};
}

DumpBatch DumpStages::pair_up(std::shared_ptr<DumpWork> work) {
    static constexpr std::size_t most_held = 8;
    for (auto& held : held_)
        if (work && held.waits && are_halves(*held.work, *work) && put_together(*held.work, *work)) {
            held.waits = false;
            held.work->found.bytes = {};
            work.reset();
            break;
        } else {
            pass_by(held, work.get());
        }
    if (work) {
        for (const auto& path : passed_) std::erase(work->found.neighbours, path);
        passed_.push_back(work->found.path);
        if (passed_.size() > most_held) passed_.pop_front();
        const bool waits = asked_.pairs_halves && is_half(*work) && (work->found.kind == Found::Kind::File || !work->found.neighbours.empty());
        if (!waits) work->found.bytes = {};
        held_.push_back({std::move(work), waits});
    }
    DumpBatch batch;
    while (!held_.empty() && (!held_.front().waits || held_.size() > most_held)) {
        batch.push_back(std::move(held_.front().work));
        held_.pop_front();
    }
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
