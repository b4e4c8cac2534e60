#include "report/missing_firmware.h"

#include <algorithm>

namespace photopsy {

std::vector<FirmwareFile> missing_firmware(const RepairPlan& plan, const Layout& layout) {
    const CommandNames names{.layout = &layout, .style = {}, .dump = "", .stem = ""};
    std::vector<FirmwareFile> files;
    for (const auto& missing : plan.missing) {
        const RemedyStep step{.kind = RemedyStep::Kind::WriteFlash,
                              .file = {.kind = RemedyFile::Kind::Module, .slot = missing.slot, .release = missing.release}};
        for (auto& file : firmware_files({.steps = {step}}, names))
            if (std::none_of(files.begin(), files.end(), [&](const auto& known) { return known.name == file.name; })) files.push_back(std::move(file));
    }
    return files;
}

}  // namespace photopsy
