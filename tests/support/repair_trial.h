#pragma once
// A repair tried on the emulated device: the flash that was analyzed, the files that an owner would give, a journal in memory.
#include "cli/repair_run.h"
#include "dfu/emulated_port.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <set>
#include <string>

namespace photopsy::test {

class MemoryJournal : public RepairJournal {
public:
    bool begin(std::size_t step) override {
        if (full) return false;
        open.insert(step);
        return true;
    }
    bool done(std::size_t step) override {
        open.erase(step);
        return !full;
    }
    bool left_open(std::size_t step) const override { return before.count(step) != 0; }
    /// As a later run reads it.
    void reopen() { before = open; }
    bool full = false;
    std::set<std::size_t> open, before;
};

/// Resets the device when asked, and never stops.
class WillingOwner : public RepairOwner {
public:
    explicit WillingOwner(PhotonDevice& device) : device_(device) {}
    void begins(std::size_t) override {}
    bool resets_into_dfu() override {
        ++resets;
        const auto cut = device_.flash.cut_at;  // that is still to come
        const auto cut_request = device_.power_fails_at_request;
        device_.power_cycle();
        device_.flash.cut_at = cut;
        device_.power_fails_at_request = cut_request;
        return true;
    }
    bool starts_system() override {
        ++starts;
        device_.ordinary_start();
        return resets_into_dfu();
    }
    bool goes_on() override { return true; }
    int resets = 0, starts = 0;

private:
    PhotonDevice& device_;
};

/// One labelled dump or sample of a device whose flash the emulated one can hold.
struct RepairCase {
    std::string name;
    Analysis analysis;
    RepairWish wish;  ///< the files that the plan asks for, and every consent it names
    Repair repair;
};

/// A device whose bootloader is that of an older release than its system, and the plan that puts the right one in.
RepairCase bootloader_case(Analysis);
RepairCase bootloader_case(const std::string& device, const std::string& release, const std::string& older);

/// Of all samples; of the labelled dumps too where they lie beside the checkout: each `every`th of them, and each `every_sample`th sample, all in the long run.
std::vector<RepairCase> repair_cases(std::size_t every, std::size_t every_sample = 1);
RepairCase repair_case(std::string name, const Bytes& file);
RepairCase repair_case(std::string name, Analysis);
/// Plans, with what the plan asks for given, until it asks for no more.
void plan_with_all_given(RepairCase&);
/// The wish with the word for a bootloader that is no released file, where the plan asks for it: those of the samples are none.
RepairWish with_bootloader_agreed(const Analysis&, RepairWish);

/// A story of a device that keeps its keys in a second flash, both flashes analyzed.
RepairCase core_case(const std::string& name);

/// The story of this name in samples/.
const sample::Sample& sample_called(const std::string& name);
/// The bytes of a capture of this flash, analyzed.
Analysis analysis_of(const Bytes& flash, const Layout&);
PhotonDevice device_with(const Analysis&);
/// Both of its flashes, captured and analyzed.
Analysis analysis_of(const PhotonDevice&, const Layout&);
ReadingRules reading_rules(const Layout&);
/// What the plan was made for, as two reads of it gave it. Of what is put back behind a repair: the backup of that repair, which was carried out before.
ProvedBackup backup_for(const Repair&, const Layout&);
RepairEnd carry_out_on(PhotonDevice&, const Repair&, const Layout&, MemoryJournal&);
/// "up to 11", "100 to 399", "from 400 on".
std::string bootloader_family(const Analysis&);

}  // namespace photopsy::test
