// Naming damaged modules by their blocks: every system module of a dump at once. With real firmware where it lies beside the checkout.
#include "facts/blocks.h"
#include "support/ota_fixture.h"
#include "support/shared.h"

#include <benchmark/benchmark.h>

using namespace photopsy;
using namespace photopsy::test;

/// A dump whose bootloader and both system parts are damaged: one wrong byte in every `step`.
static OtaDevice damaged(Address step) {
    OtaDevice device;
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    for (const auto* name : {"bootloader-v502-1.5.2+lto", "system-part1-1.5.2", "system-part2-1.5.2"}) {
        const auto found = all.find(std::string("firmware/photon/") + name + ".bin");
        if (found != all.end()) device.install(found->second);
    }
    for (Address at = 0x08000210; at < 0x080A0000; at += step)
        if (at < 0x08003000 || at >= 0x08020210) device.flip(at);
    return device;
}

static void damaged_modules_are_named(benchmark::State& state) {
    const auto device = damaged(static_cast<Address>(state.range(0)));
    const auto modules = read_modules(device.image, device.layout);
    for (auto _ : state) {
        auto named = modules;
        explain_damage(device.image, device.layout, named);
        benchmark::DoNotOptimize(named);
    }
    state.SetLabel(shared_directory() ? "real firmware" : "synthetic firmware");
}
BENCHMARK(damaged_modules_are_named)->Arg(0x20000)->Arg(0x8000)->Arg(0x1000)->Unit(benchmark::kMicrosecond);
