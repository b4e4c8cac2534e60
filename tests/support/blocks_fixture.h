#pragma once
// Stock modules, and a flash that holds one of them.
#include "facts/blocks.h"
#include "support/ota_fixture.h"
#include "support/shared.h"

namespace photopsy::test {

struct Random {
    std::uint64_t state = 88172645463325252u;
    std::uint32_t below(std::uint32_t limit) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        return static_cast<std::uint32_t>(state >> 11) % limit;
    }
};

/// Stock system parts and bootloaders of the Photon, by file name.
inline std::vector<std::pair<std::string, const Bytes*>> stock_modules() {
    std::vector<std::pair<std::string, const Bytes*>> list;
    for (const auto& [path, bytes] : shared_archive("corpus/firmware.tar.zst")) {
        const bool wanted =
            path.starts_with("firmware/photon/system-part") || (path.starts_with("firmware/photon/bootloader") && path.find("v2-") == std::string::npos);
        if (wanted) list.emplace_back(path, &bytes);
    }
    return list;
}

/// A flash with one module in its slot, facts as the analysis collects them.
struct One {
    OtaDevice device;
    std::string slot;

    explicit One(const Bytes& module) {
        device.install(module);
        for (const auto& place : device.layout.slots)
            if (place.at.begin == start_of(module) && place.name != "monolithic") slot = place.name;
    }
    Module read() const {
        std::vector<Module> modules{read_module(device.image, device.layout, *device.layout.slot(slot))};
        explain_damage(device.image, device.layout, modules);
        return modules.front();
    }
};

inline bool in_unknown_run(const BlockIdentity& blocks, Address at) {
    for (const auto& run : blocks.runs)
        if (run.at.contains(at)) return run.kind == BlockRun::Kind::Unknown;
    return false;
}

}  // namespace photopsy::test
