// Each stage of an analysis on one sample dump, and the whole.
#include "photopsy.h"
#include "support/sample/sample.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

using namespace photopsy;

static sample::Sample make(const char* story) {
    std::ifstream file(std::string(PHOTOPSY_SOURCE_DIR "/samples/") + story + "/recipe.toml");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    auto made = sample::make_sample(text, story);
    if (!made) std::abort();
    return std::move(*made);
}

static const Layout& photon() { return *builtin_layout("photon"); }

static const std::vector<std::uint8_t>& healthy() {
    static const auto file = make("healthy-1.5.2").file;
    return file;
}

static const std::vector<std::uint8_t>& damaged() {
    static const auto file = make("damaged-crt-part").file;
    return file;
}

static Capture captured(const std::vector<std::uint8_t>& file) { return recognize(file, "dump.bin", "", photon()); }

static void layout_is_read(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(parse_layout(builtin_layout_text("photon"), "photon"));
}
BENCHMARK(layout_is_read);

static void file_is_recognized(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(captured(healthy()));
}
BENCHMARK(file_is_recognized);

static void facts_are_collected(benchmark::State& state) {
    const auto capture = captured(healthy());
    for (auto _ : state) benchmark::DoNotOptimize(collect_facts(capture, photon()));
}
BENCHMARK(facts_are_collected);

static void keys_are_judged(benchmark::State& state, const std::vector<std::uint8_t>& (*file)()) {
    const auto capture = captured(file());
    const auto facts = collect_facts(capture, photon());
    for (auto _ : state) benchmark::DoNotOptimize(judge_keys(capture.image, facts));
}
BENCHMARK_CAPTURE(keys_are_judged, healthy, healthy);
BENCHMARK_CAPTURE(keys_are_judged, damaged, damaged);

/// All that a report says of keys: which they are, whether they can be read, ways back, and the handshake. The aim is less than 2 ms.
static void key_section(benchmark::State& state, const char* story) {
    const auto capture = captured(make(story).file);
    const auto facts = collect_facts(capture, photon());
    for (auto _ : state) {
        const auto keys = judge_keys(capture.image, facts);
        benchmark::DoNotOptimize(predict_handshake(capture.image, facts, keys, {}, {}));
    }
}
BENCHMARK_CAPTURE(key_section, healthy, "healthy-1.5.2")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(key_section, damaged, "damaged-crt-part")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(key_section, damaged_d, "harmless-d-damage")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(key_section, short_component, "short-component")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(key_section, pkcs8, "pkcs8-key")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(key_section, erased, "erased-key")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(key_section, two_keys_in_one_slot, "mixed-key")->Unit(benchmark::kMicrosecond);

static void handshake_is_predicted(benchmark::State& state) {
    const auto capture = captured(healthy());
    const auto facts = collect_facts(capture, photon());
    const auto keys = judge_keys(capture.image, facts);
    for (auto _ : state) benchmark::DoNotOptimize(predict_handshake(capture.image, facts, keys, {}, {}));
}
BENCHMARK(handshake_is_predicted);

static void dump_is_analyzed(benchmark::State& state, const std::vector<std::uint8_t>& (*file)()) {
    for (auto _ : state) benchmark::DoNotOptimize(analyze(captured(file()), photon()));
}
BENCHMARK_CAPTURE(dump_is_analyzed, healthy, healthy);
BENCHMARK_CAPTURE(dump_is_analyzed, damaged, damaged);
