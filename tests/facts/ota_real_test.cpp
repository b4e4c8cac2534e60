// The case table played through with real releases: every adjacent pair, every generation of bootloaders.
#include "catch.h"
#include "support/ota_fixture.h"
#include "support/shared.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;
using Resumes = OtaFacts::Resumes;

namespace {

const std::vector<std::string> releases = {"0.4.3", "0.4.4", "0.4.5", "0.4.6", "0.4.7", "0.4.9", "0.5.0", "0.5.1", "0.5.2", "0.5.3", "0.6.0",
                                           "0.6.1", "0.6.2", "0.6.3", "0.7.0", "1.2.1", "1.3.1", "1.4.0", "1.4.1", "1.4.2", "1.4.3", "1.4.4",
                                           "1.5.0", "1.5.1", "1.5.2", "2.0.0", "2.0.1", "2.1.0", "2.2.0", "2.3.0", "2.3.1"};

struct Installed {
    std::string file, letter;
    bool slot_cleared_first, erase_all_first;
};
const Installed bootloaders[] = {{"bootloader-v4-src20150910", "c1", false, true},   {"bootloader-v7-src20160118", "c2", false, false},
                                 {"bootloader-v11-src20170112", "c2", false, false}, {"bootloader-v101-src20171120", "c3", true, false},
                                 {"bootloader-v502-1.5.2+lto", "c3", true, false},   {"bootloader-v1003-2.0.0+lto", "c4", false, false},
                                 {"bootloader-v1006-2.2.0+lto", "c4", false, false}};

const Bytes* photon_file(const std::string& name) {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    const auto found = all.find("firmware/photon/" + name + ".bin");
    return found == all.end() ? nullptr : &found->second;
}

/// Bytes of FF at the cut cannot be told from erased flash: where the copy may equally well have stopped.
std::uint32_t visible_end(const Bytes& module, std::uint32_t cut) {
    while (cut > 0 && module[cut - 1] == 0xFF) --cut;
    return (cut + 3) / 4 * 4;
}

struct Count {
    unsigned cases = 0, wrong = 0;
    std::string first_wrong;
    void check(bool good, const std::string& what) {
        ++cases;
        if (good) return;
        if (wrong++ == 0) first_wrong = what;
    }
};

void play(const Installed& bootloader, const std::string& from, const std::string& to, const std::string& part, std::uint32_t cut, Count& count) {
    const auto *old_module = photon_file(part + "-" + from), *new_module = photon_file(part + "-" + to);
    const auto other_part = part == "system-part1" ? "system-part2" : "system-part1";
    OtaDevice device;
    device.install(*photon_file(bootloader.file));
    device.install(*old_module);
    device.install(*photon_file(std::string(other_part) + "-" + from));
    device.receive(*new_module);
    device.mark(1, bootloader.slot_cleared_first ? 0xFFFF : 0xABCD, *new_module);
    device.copy(*new_module, cut, bootloader.erase_all_first);
    const auto ota = device.ota();
    const auto end = visible_end(*new_module, cut);
    const auto resumes = bootloader.slot_cleared_first ? Resumes::No : bootloader.letter == "c4" ? Resumes::AfterRepair : Resumes::Yes;
    const bool in_first_sector = cut < 0x20000;
    const bool old_is_left = !bootloader.erase_all_first && in_first_sector && old_module->size() > 0x21000;
    const bool right = ota.kind == OtaCase::CopyInterrupted && ota.case_letter == bootloader.letter && ota.progress && ota.progress->slot == part &&
                       ota.progress->copied == end && ota.to_release == to && ota.resumes == resumes && (!old_is_left || ota.from_release == from);
    count.check(
        right, fmt::format("{} {} -> {} under {} cut at {:#x}: kind {}, letter {}, copied {:#x} of {:#x}, to {}, from {}", part, from, to, bootloader.file, cut,
                           static_cast<int>(ota.kind), ota.case_letter, ota.progress ? ota.progress->copied : 0, end, ota.to_release, ota.from_release));
}

}  // namespace

TEST_CASE("Real releases: an interrupted copy names source, target, boundary and whether it resumes", "[ota][real]") {
    if (!photon_file("system-part2-2.3.1")) {
        WARN("no real firmware beside the checkout");
        return;
    }
    Count count;
    std::uint32_t random = 12345, number = 0;
    for (std::size_t i = 0; i + 1 < releases.size(); ++i)
        for (const auto* part : {"system-part1", "system-part2"})
            for (const auto& bootloader : bootloaders) {
                const auto *from = photon_file(fmt::format("{}-{}", part, releases[i])), *to = photon_file(fmt::format("{}-{}", part, releases[i + 1]));
                if (!from || !to || !photon_file("system-part1-" + releases[i]) || !photon_file("system-part2-" + releases[i])) continue;
                for (std::uint32_t cut = 0x1000; cut < to->size(); cut += 0x1000) {
                    random = random * 1664525 + 1013904223;
                    if (!full_tests() && ++number % 97 != 0) continue;
                    play(bootloader, releases[i], releases[i + 1], part, cut, count);
                    play(bootloader, releases[i], releases[i + 1], part, cut - 0x1000 + 4 + (random >> 10) % 0x3FE * 4, count);
                }
            }
    WARN(count.cases << " interrupted copies, " << count.wrong << " judged wrongly");
    INFO(count.first_wrong);
    CHECK(count.cases > 400);
    CHECK(count.wrong == 0);
}

TEST_CASE("Real releases: every legal neighbour pair and every leftover is no case", "[ota][real]") {
    if (!photon_file("system-part2-2.3.1")) {
        WARN("no real firmware beside the checkout");
        return;
    }
    for (std::size_t i = 0; i < releases.size(); ++i) {
        OtaDevice device;
        device.install(*photon_file("bootloader-v502-1.5.2+lto"));
        for (const auto* part : {"system-part1-", "system-part2-"})
            if (const auto* file = photon_file(part + releases[i])) device.install(*file);
        INFO(releases[i]);
        CHECK(device.ota().kind == OtaCase::None);
        if (const auto* leftover = photon_file("system-part2-" + releases[(i + 5) % releases.size()])) device.receive(*leftover);
        CHECK(device.ota().kind == OtaCase::None);
    }
}
