// The page repairs as the program does: same plan, same flash, through power cuts and a closed page.
#include "flash/external.h"
#include "mend/repair_json.h"
#include "page/hands.h"
#include "support/repair_trial.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// The medium that outlasts the page.
struct Kept {
    std::string journal;
    std::vector<std::uint8_t> backup;
    long transfers = 0, closes_at = -1;  ///< the page is closed in front of this one
    bool full = false;
};

Analysis analysis_of_sample(const sample::Sample& sample) {
    const auto& layout = layout_for(sample.file);
    Capture capture = recognize(sample.file, "dump.bin", "", layout);
    if (!sample.external.empty()) put_external(capture, sample.external, "second.bin", "", layout);
    return analyze(std::move(capture), layout);
}

PhotonDevice device_of_story(const std::string& name) { return device_with(analysis_of_sample(sample_called(name))); }

void read_and_judge(PhotonDevice& device) {
    REQUIRE(begin(device));
    const bool both = answered().ends_with("\talways\n");
    REQUIRE(carry_out(device, never).kind == PageStep::Finished);
    if (both) {
        REQUIRE(page_capture_begin_second());
        REQUIRE(carry_out(device, never).kind == PageStep::Finished);
    }
    REQUIRE(page_capture_take("dump.bin"));
    REQUIRE(page_judge());
}

int begin_repair(PhotonDevice& device, const std::string& journal) {
    const auto configuration = device.configuration_descriptor();
    REQUIRE(page_identify(device.vendor, device.product, 0x0250, device.serial().c_str()));
    return page_repair_begin(configuration.data(), static_cast<std::uint32_t>(configuration.size()), maps_of(device).c_str(), journal.c_str());
}

/// The backup is kept, and what follows the owner's yes begins.
void plan_and_begin(PhotonDevice& device, Kept& kept) {
    REQUIRE(page_repair_plan());
    REQUIRE(page_repair_backup());
    kept.backup.assign(page_answer(), page_answer() + page_answer_size());
    REQUIRE(begin_repair(device, ""));
}

/// The page anew: nothing but what was kept.
void open_again(PhotonDevice& device, Kept& kept) {
    page_forget();
    REQUIRE(page_repair_open_backup(kept.backup.data(), static_cast<std::uint32_t>(kept.backup.size())));
    REQUIRE(page_repair_make_again());
    REQUIRE(begin_repair(device, kept.journal));
}

void reset(PhotonDevice& device) {
    const auto cut = device.flash.cut_at, request = device.power_fails_at_request;
    device.power_cycle();
    device.flash.cut_at = cut;
    device.power_fails_at_request = request;
}

/// Until the end (its line), or "" where the page was closed.
std::string repair_on(PhotonDevice& device, Kept& kept) {
    for (;;) {
        const PageStep* step = page_repair_step();
        REQUIRE(step != nullptr);
        switch (step->kind) {
            case PageStep::Transfer:
            case PageStep::SelectAlternate:
                if (kept.transfers++ == kept.closes_at) return "";
                carry_out_transfer(device, *step, page_repair_told);
                break;
            case PageStep::Reconnect:
                page_repair_reconnected(come_back(device));
                break;
            case PageStep::Note:
                REQUIRE(page_repair_journal());
                if (!kept.full) kept.journal = answered();
                page_repair_answered(kept.full ? 0 : 1);
                break;
            case PageStep::ResetIntoDfu:
                reset(device);
                page_repair_answered(1);
                break;
            case PageStep::Proceed:
                page_repair_answered(1);
                break;
            default:
                REQUIRE(step->kind == PageStep::Ended);
                REQUIRE(page_repair_end());
                return answered();
        }
    }
}

/// The bytes of both flashes.
std::vector<std::uint8_t> held_by(const PhotonDevice& device) {
    auto bytes = device.flash.bytes;
    if (device.second) bytes.insert(bytes.end(), device.second->flash.bytes.begin(), device.second->flash.bytes.end());
    return bytes;
}

/// What the program leaves of the same device.
std::vector<std::uint8_t> repaired_by_program(const std::string& story, const RepairWish& wish = {}) {
    const auto analysis = analysis_of_sample(sample_called(story));
    const auto repair = plan_repair(analysis, wish);
    auto device = device_of_story(story);
    MemoryJournal journal;
    REQUIRE(carry_out_on(device, repair, *analysis.layout, journal).how == RepairEnd::How::Done);
    return held_by(device);
}

constexpr const char* stories_without_files[] = {"part2-bit-error", "mixed-key", "electron-number-bit-error", "core-key-bit-error"};

}  // namespace

TEST_CASE("the page plans and repairs as the program does, and says that it did", "[page][repair]") {
    for (const std::string story : stories_without_files) {
        INFO(story);
        page_forget();
        auto device = device_of_story(story);
        read_and_judge(device);
        REQUIRE(page_repair_plan());
        const auto plan = read_repair_plan(answered());
        REQUIRE(plan);
        REQUIRE_FALSE(plan->steps.empty());
        REQUIRE(page_repair_steps());
        CHECK(std::ranges::count(answered(), '\n') == static_cast<long>(plan->steps.size()));
        Kept kept;
        plan_and_begin(device, kept);
        CHECK(repair_on(device, kept).starts_with("done\t"));
        CHECK(held_by(device) == repaired_by_program(story));
        CHECK(kept.journal.find(device.device_id) == std::string::npos);
        read_and_judge(device);
        REQUIRE(page_repair_compare());
        CHECK(answered() == "");
    }
}

TEST_CASE("a page that is closed at any transfer, with the power or without, is gone on with from backup and journal", "[page][repair]") {
    for (const std::string story : stories_without_files) {
        const auto wanted = repaired_by_program(story);
        for (long at = 0; at < 400; at += 37) {
            INFO(story << " " << at);
            page_forget();
            auto device = device_of_story(story);
            read_and_judge(device);
            Kept kept;
            plan_and_begin(device, kept);
            kept.closes_at = at;
            if (at % 2 == 0) device.power_fails_at_request = device.requests() + at;
            const auto end = repair_on(device, kept);
            if (end.starts_with("done\t")) continue;
            if (at % 2 == 0) device.power_cycle();
            kept.closes_at = device.power_fails_at_request = -1;
            if (kept.journal.empty()) continue;  // nothing was sent
            open_again(device, kept);
            CHECK(repair_on(device, kept).starts_with("done\t"));
            CHECK(held_by(device) == wanted);
        }
    }
}

TEST_CASE("a key that the page makes is in the backup before it is in the device, and is gone on with from there", "[page][repair]") {
    const std::string story = "core-blank-serial-flash";
    page_forget();
    auto device = device_of_story(story);
    read_and_judge(device);
    REQUIRE(page_repair_plan());
    CHECK(page_repair_public_half() == 0);
    REQUIRE(page_repair_make_key());
    CHECK(page_answer_size() == 0);
    REQUIRE(page_repair_plan());
    CHECK(answered().find("new-key") != std::string::npos);  // asked for, and not given
    CHECK(page_repair_public_half() == 0);
    REQUIRE(page_repair_consent("new-key"));
    Kept kept;
    plan_and_begin(device, kept);
    REQUIRE(page_repair_public_half());
    const auto half = answered();
    CHECK(half.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    for (kept.closes_at = 10; kept.journal.empty(); kept.closes_at = kept.transfers + 10) REQUIRE(repair_on(device, kept).empty());
    kept.closes_at = -1;
    open_again(device, kept);
    CHECK(repair_on(device, kept).starts_with("done\t"));
    REQUIRE(page_repair_public_half());
    CHECK(answered() == half);
    read_and_judge(device);
    REQUIRE(page_repair_compare());
    CHECK(answered() == "");
    REQUIRE(page_report("json"));
    CHECK(answered().find("\"outcome\": \"healthy\"") != std::string::npos);
}

TEST_CASE("an application that a start between two runs has replaced is put back from the backup", "[page][repair]") {
    const std::string made =
        "life = [ { act = \"install-release\", release = \"0.6.3\" }, { act = \"install\", module = \"user\", release = \"0.6.3\", at = \"factory\" }, "
        "{ act = \"factory-table\", release = \"0.6.3\", version_string = \"x\" }, { act = \"provision\" }, "
        "{ act = \"install\", module = \"user\", release = \"0.6.3\", version = 9 } ]\n";
    const std::string head = "title = \"a\"\ndevice = \"photon\"\nseed = 1\n";
    const auto healthy = sample::make_sample(head + made, "healthy");
    const auto damaged =
        sample::make_sample(head + made + "damage = [ { act = \"fill\", at = \"system-part1+0x8000\", length = 4096, value = 0 } ]", "damaged");
    REQUIRE((healthy && damaged));
    page_forget();
    auto device = device_with(analysis_of_sample(*damaged));
    read_and_judge(device);
    CHECK(page_repair_plan_restoration() == 0);
    REQUIRE(page_repair_take_file(healthy->file.data(), static_cast<std::uint32_t>(healthy->file.size()), "other.bin"));
    Kept kept;
    plan_and_begin(device, kept);
    device.flash.cut_at = device.flash.operations + 3;  // part 1 has lost its header
    kept.closes_at = 2000;
    (void)repair_on(device, kept);
    REQUIRE_FALSE(device.has_power());
    device.ordinary_start();
    device.power_cycle();
    kept.closes_at = -1;
    page_forget();
    REQUIRE(page_repair_open_backup(kept.backup.data(), static_cast<std::uint32_t>(kept.backup.size())));
    CHECK(page_repair_make_again() == 0);  // the firmware is missing
    REQUIRE(page_repair_take_file(healthy->file.data(), static_cast<std::uint32_t>(healthy->file.size()), "other.bin"));
    REQUIRE(page_repair_make_again());
    REQUIRE(begin_repair(device, kept.journal));
    CHECK(repair_on(device, kept).starts_with("done\t"));
    read_and_judge(device);
    REQUIRE(page_repair_compare());
    CHECK(answered().find("user application is no longer the one in the backup") != std::string::npos);
    REQUIRE(page_repair_plan_restoration());
    REQUIRE_FALSE(read_repair_plan(answered())->steps.empty());
    const auto configuration = device.configuration_descriptor();
    REQUIRE(page_identify(device.vendor, device.product, 0x0250, device.serial().c_str()));
    REQUIRE(page_repair_begin_restoration(configuration.data(), static_cast<std::uint32_t>(configuration.size()), maps_of(device).c_str()));
    CHECK(repair_on(device, kept).starts_with("done\t"));
    CHECK(device.flash.bytes == healthy->file);
    read_and_judge(device);
    REQUIRE(page_repair_plan_restoration());
    CHECK(answered().find("\"steps\": []") != std::string::npos);
    CHECK(page_repair_begin_restoration(configuration.data(), static_cast<std::uint32_t>(configuration.size()), maps_of(device).c_str()) == 0);
    REQUIRE(page_repair_compare());
    CHECK(answered() == "");
}

TEST_CASE("a repair in the page is begun on the device that was read, and on no other, and never without a journal", "[page][repair]") {
    page_forget();
    CHECK(page_repair_plan() == 0);
    CHECK(page_repair_step() == nullptr);
    CHECK(page_repair_end() == 0);
    CHECK(page_repair_journal() == 0);
    auto device = device_of_story("part2-bit-error");
    const auto& file = sample_called("part2-bit-error").file;
    REQUIRE(page_take_file(file.data(), static_cast<std::uint32_t>(file.size()), "dump.bin"));
    REQUIRE(page_judge());
    REQUIRE(page_repair_plan());
    CHECK(page_repair_backup() == 0);
    CHECK(begin_repair(device, "") == 0);  // a file is not the device

    read_and_judge(device);
    REQUIRE(page_repair_plan());
    auto other = device;
    other.device_id = "111111111111222222222222";
    CHECK(begin_repair(other, "") == 0);
    CHECK(answered().find("serial number") != std::string::npos);
    device.flash_map = "@Internal Flash   /0x08000000/03*016Ka,01*016Ka,01*064Ka,07*128Ka";
    CHECK(begin_repair(device, "") == 0);
    CHECK(begin_repair(other, "{\"journal\":1}\n") == 0);
    device = device_of_story("part2-bit-error");
    const auto before = device.flash.bytes;
    Kept kept{.full = true};
    REQUIRE(begin_repair(device, ""));
    CHECK(repair_on(device, kept).starts_with("journal\t"));
    CHECK(device.flash.bytes == before);
    CHECK(page_repair_consent("everything") == 0);
    CHECK(page_repair_consent("new-key\nother-server") == 1);
}

TEST_CASE("backups and files that are none are refused with a sentence; firmware is taken by what it holds", "[page][repair]") {
    page_forget();
    const std::vector<std::uint8_t> none{'P', 'K', 3, 4, 0};
    CHECK(page_repair_open_backup(none.data(), 5) == 0);
    CHECK(page_repair_make_again() == 0);
    CHECK(page_repair_take_file(none.data(), 5, "x.zip") == 0);
    auto device = device_of_story("part2-bit-error");
    read_and_judge(device);
    CHECK(page_repair_take_file(none.data(), 5, "x.zip") == 0);
    const auto& healthy = sample_called("healthy-1.5.2").file;
    REQUIRE(page_repair_take_file(healthy.data(), static_cast<std::uint32_t>(healthy.size()), "other.bin"));
    CHECK(answered().find("part") != std::string::npos);
    CHECK(page_repair_take_file(healthy.data(), static_cast<std::uint32_t>(healthy.size()), "again.bin") == 0);
    REQUIRE(page_make_key(0));
    const std::vector<std::uint8_t> key(page_answer(), page_answer() + page_answer_size());
    REQUIRE(page_repair_take_file(key.data(), static_cast<std::uint32_t>(key.size()), "key.der"));
    CHECK(answered().starts_with("a private key"));
    REQUIRE(page_repair_plan());
    REQUIRE(page_repair_missing());
}
