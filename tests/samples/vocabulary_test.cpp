// Every cause id of the report contract comes out of the smallest damage that deserves it, alone, and with a fitting outcome.
#include "catch.h"
#include "support/sample/sample.h"
#include "support/spoken.h"
#include "support/story.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Case {
    const char *cause, *outcomes;  ///< outcomes: those that are right, between spaces
    const char *life, *damage, *file;
    const char* also = "";  ///< causes that may stand beside it
};

#define SYSTEM(release)                                 \
    "{ act = \"install-release\", release = \"" release \
    "\" }, { act = \"factory-table\", release = \"0.4.5\", version_string = \"2015-06-26\" }, { act = \"provision\" },"
#define NEW SYSTEM("1.5.2")
#define OLD SYSTEM("0.6.3")
#define KEY(value) NEW "{ act = \"write\", field = \"device_private_key\", " value " },"
#define SERVER(value) NEW "{ act = \"write\", field = \"server_public_key\", " value " },"
#define SEAL "{ act = \"reseal\", copy = 1 }, { act = \"reseal\", copy = 2 },"

constexpr Case cases[] = {
    {"capture-truncated", "bad-capture", NEW, "", "{ act = \"cut\", to = 0x70000 }"},
    {"capture-blank", "bad-capture", "", "", ""},
    {"capture-repeated-blocks", "bad-capture", NEW, "", "{ act = \"repeat-block\", at = 0, length = 0x1000, times = 256 }"},
    {"capture-dct-only", "bad-capture", NEW, "", "{ act = \"alt1-upload\" }"},
    {"capture-shifted", "bad-capture", NEW, "", "{ act = \"drop\", at = 0, length = 0x4000 }"},
    {"capture-oversized", "bad-capture attention healthy", NEW, "", "{ act = \"insert\", at = 0x100000, length = 0x10000, value = 0 }"},
    {"capture-byteswapped", "bad-capture", NEW, "", "{ act = \"byteswap\", unit = 2 }"},
    {"capture-bytes-lost", "bad-capture", NEW, "", "{ act = \"drop\", at = 0x31234, length = 64 }"},
    {"capture-not-binary", "bad-capture", NEW, "",
     "{ act = \"replace\", text = \"dfu-util 0.9\\n\\nCopyright 2005-2009 Weston Schmidt\\nNo DFU capable USB device available\\n\" }"},
    {"capture-empty", "bad-capture", NEW, "", "{ act = \"cut\", to = 0 }"},
    {"private-key-erased", "cloud-fails", KEY("fill = 0xFF"), "", ""},
    {"private-key-zeroed", "cloud-fails", KEY("fill = 0"), "", ""},
    {"private-key-truncated", "cloud-fails", KEY("fill = 0xFF, offset = 256, length = 960"), "", ""},
    {"private-key-bit-flip", "cloud-fails", NEW,
     "{ act = \"flip\", at = \"dct1.device_private_key+300\" }, { act = \"flip\", at = \"dct2.device_private_key+300\" }, " SEAL, ""},
    {"private-key-mixed", "cloud-fails", OLD "{ act = \"write\", field = \"device_private_key\", key = 2, power_lost_in = \"in-place\", after_bytes = 400 }",
     "", ""},
    {"private-key-wrong-type", "cloud-fails", KEY("key = 1, form = \"public\", pad = 612"), "", ""},
    {"private-key-wrong-size", "cloud-fails", KEY("key = 2, form = \"pkcs1\", wish = \"twice-as-long\""), "", ""},
    {"private-key-wrong-encoding", "cloud-fails", KEY("key = 1, form = \"pkcs8\""), "", ""},
    {"private-key-wrong-encoding", "cloud-fails", KEY("key = 1, form = \"pem\""), "", ""},
    {"private-key-der-length-wrong", "cloud-fails", KEY("hex = \"80\", offset = 9"), "", ""},
    {"private-key-unreadable-by-firmware", "cloud-fails", KEY("key = 2, form = \"pkcs1\", wish = \"short-component\""), "", ""},
    {"private-key-never-generated", "healthy",
     "{ act = \"install-release\", release = \"0.4.0\" }, { act = \"factory-table\", release = \"0.4.0\", version_string = \"2015-04-17\" }", "", ""},
    {"private-key-regenerated", "attention",
     NEW "{ act = \"reinitialize\" }, { act = \"provision\", key = 2 }, { act = \"write\", field = \"server_public_key\", server = \"published\" }, { act = "
         "\"write\", field = \"server_address\", domain = \"device.spark.io\" }",
     "", ""},
    {"private-key-and-server-key-swapped", "cloud-fails",
     SERVER("key = 1") "{ act = \"write\", field = \"device_private_key\", server = \"published\", pad = 612 },", "", "", "server-address-invalid"},
    {"public-key-does-not-match-private-key", "attention healthy", NEW "{ act = \"write\", field = \"device_public_key\", key = 2, form = \"public\" }", "",
     ""},
    {"server-key-erased", "attention", SERVER("fill = 0xFF, length = 294"), "", ""},
    {"server-key-corrupted", "cloud-fails", NEW,
     "{ act = \"flip\", at = \"dct1.server_public_key+100\" }, { act = \"flip\", at = \"dct2.server_public_key+100\" }, " SEAL, ""},
    {"server-key-truncated", "cloud-fails", SERVER("fill = 0xFF, offset = 128, length = 166"), "", ""},
    {"server-key-of-other-server", "cloud-fails", SERVER("server = \"other\""), "", ""},
    {"server-key-wrong-type", "cloud-fails",
     SERVER("text = \"-----BEGIN PUBLIC "
            "KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvsy+Q9uO6hUnpmu1Jt4VEqCrzKFkd0itfGb8gH/2maUl8vLa4EPPOiajm6hwMOmo0jmrzqmepo01oUsSYPvapt\", "
            "pad = 294"),
     "", ""},
    {"server-address-invalid", "cloud-fails", NEW "{ act = \"write\", field = \"server_address\", ip = [0, 0, 0, 0] }", "", ""},
    {"server-address-invalid", "cloud-fails", SERVER("server = \"other\"") "{ act = \"write\", field = \"server_address\", ip = [127, 0, 0, 1] }", "", ""},
    {"server-address-invalid", "cloud-fails", SERVER("server = \"other\"") "{ act = \"write\", field = \"server_address\", domain = \"LocalHost\" }", "", ""},
    {"server-address-invalid", "attention", SERVER("server = \"other\"") "{ act = \"write\", field = \"server_address\", ip = [192, 168, 1, 5], port = 8080 }",
     "", ""},
    {"server-key-of-other-server", "cloud-fails", NEW "{ act = \"write\", field = \"server_address\", domain = \"cloud.example.org\" }", "", ""},
    {"server-key-of-other-server", "cloud-fails", OLD "{ act = \"write\", field = \"server_address\", ip = [10, 1, 2, 3], port = 8080 }", "", ""},
    {"dct-both-copies-invalid", "cloud-fails", NEW,
     "{ act = \"fill\", at = \"dct1+12\", length = 4, value = 0 }, { act = \"fill\", at = \"dct2+12\", length = 4, value = 0 }", ""},
    {"dct-reset-to-default", "cloud-fails", NEW "{ act = \"reinitialize\" }", "", ""},
    {"dct-reset-to-default", "cloud-fails", OLD "{ act = \"reinitialize\" }", "{ act = \"fill\", at = \"dct2\", length = 0x4000, value = 0xFF }", ""},
    {"dct-write-interrupted", "attention", NEW "{ act = \"write\", field = \"claimed\", hex = \"30\", power_lost_in = \"retire-old\" }", "", ""},
    {"dct-write-interrupted", "attention", OLD "{ act = \"write\", field = \"claim_code\", text = \"zzzz\", power_lost_in = \"body\", after_bytes = 9000 }", "",
     ""},
    {"dct-copy-crc-bad", "attention", NEW, "{ act = \"flip\", at = \"dct.wifi_entry_2\" }", ""},
    {"dct-frozen", "attention cloud-fails",
     SYSTEM("0.4.0") "{ act = \"write\", field = \"device_code\", text = \"QQQQ\", power_lost_in = \"body\", after_bytes = 9000 }", "", "",
     "dct-write-interrupted"},
    {"stray-dct-copy", "attention healthy", NEW, "{ act = \"copy\", at = \"ota\", from = \"dct\", length = 0x4000 }", ""},
    {"wifi-list-erased", "attention healthy", NEW "{ act = \"write\", sector_offset = 0x1A30, fill = 0xFF, length = 606 }", "", ""},
    {"module-missing", "boot-fails", NEW "{ act = \"erase\", slot = \"system-part2\" }", "", ""},
    {"module-crc-bad", "safe-mode boot-fails", NEW, "{ act = \"flip\", at = \"system-part2+0x9000\" }", ""},
    {"module-truncated", "boot-fails safe-mode cloud-fails attention", NEW, "{ act = \"fill\", at = \"system-part1+0x30123\", length = 0xFEDD, value = 0xFF }",
     "", "module-block-erased"},
    {"module-block-erased", "boot-fails safe-mode", NEW, "{ act = \"fill\", at = \"system-part2+0x8000\", length = 0x1000, value = 0xFF }", ""},
    {"module-block-zeroed", "boot-fails safe-mode", NEW, "{ act = \"fill\", at = \"system-part2+0x8000\", length = 0x1000, value = 0 }", ""},
    {"module-partly-overwritten", "boot-fails safe-mode cloud-fails", NEW,
     "{ act = \"overlay\", at = \"system-part1\", module = \"system-part1\", release = \"2.3.1\", bytes = 0x8000, erase_rest_of_sector = true }", ""},
    {"module-wrong-platform", "boot-fails safe-mode", NEW "{ act = \"install\", module = \"system-part2\", release = \"1.5.2\", platform = 8 }", "", ""},
    {"module-at-wrong-address", "boot-fails safe-mode", NEW "{ act = \"install\", module = \"system-part1\", release = \"1.5.2\", at = \"system-part2\" }", "",
     ""},
    {"module-not-firmware", "safe-mode boot-fails", NEW "{ act = \"erase\", slot = \"user\" }",
     "{ act = \"put\", at = \"user\", text = \"<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\" }", ""},
    {"module-dependency-unsatisfied", "safe-mode", NEW "{ act = \"install\", module = \"bootloader\", release = \"0.6.3\" }", "", ""},
    {"system-parts-from-different-releases", "attention",
     NEW "{ act = \"install\", module = \"system-part2\", release = \"1.4.4\" }, { act = \"install\", module = \"user\", release = \"1.4.4\" }", "", ""},
    {"bootloader-does-not-fit-system", "attention", OLD "{ act = \"install\", module = \"bootloader\", release = \"0.7.0\" }", "", ""},
    {"unknown-program-in-system-place", "attention", OLD "{ act = \"install\", module = \"monolithic\", release = \"0.6.3\" }", "", ""},
    {"dct-copy-crc-bad", "attention", NEW, "{ act = \"fill\", at = \"dct+9\", length = 1, value = 0 }", ""},
    {"module-wrong-platform", "attention safe-mode", NEW "{ act = \"install\", module = \"user\", release = \"1.5.2\", platform = 10 }", "", ""},
    {"dct-reset-to-default", "cloud-fails",
     OLD "{ act = \"reinitialize\" }, { act = \"write\", field = \"device_private_key\", key = 2 }, { act = \"write\", field = \"claim_code\", text = "
         "\"abcdefgh\" }",
     "{ act = \"fill\", at = \"dct2\", length = 0x4000, value = 0xFF }", ""},
    {"ota-interrupted-while-applying", "boot-fails",
     NEW "{ act = \"receive\", module = \"system-part2\", release = \"2.3.1\" }, { act = \"queue\", module = \"system-part2\", release = \"2.3.1\" }, { act = "
         "\"apply\", power_lost_in = \"copy\", after_bytes = 0x10004 }",
     "{ act = \"put\", at = \"system-part2+0x18000\", hex = \"DF\" }", ""},
    {"ota-flag-set", "attention",
     NEW "{ act = \"receive\", module = \"user\", release = \"1.5.2\", version = 9 }, { act = \"write\", field = \"ota_update_flag\", hex = \"A50A\" }", "",
     ""},
    {"eeprom-will-be-formatted", "attention", SYSTEM("0.4.7") "{ act = \"eeprom\", cells = 60, state = \"both-active\" }", "", ""},
    {"user-needs-newer-system", "safe-mode", NEW "{ act = \"install\", module = \"user\", release = \"2.3.1\" }", "", ""},
    {"ota-receiving", "attention healthy", NEW "{ act = \"receive\", module = \"system-part2\", release = \"2.3.1\", percent = 40 }", "", ""},
    {"ota-pending", "attention healthy",
     NEW "{ act = \"receive\", module = \"user\", release = \"1.5.2\", version = 9 }, { act = \"queue\", module = \"user\", release = \"1.5.2\", version = 9 }",
     "", ""},
    {"ota-pending-image-corrupt", "attention",
     NEW "{ act = \"receive\", module = \"user\", release = \"1.5.2\", version = 9 }, { act = \"queue\", module = \"user\", release = \"1.5.2\", version = 9 }",
     "{ act = \"flip\", at = \"ota+0x700\" }", ""},
    {"ota-interrupted-while-applying", "boot-fails",
     NEW "{ act = \"receive\", module = \"system-part2\", release = \"2.3.1\" }, { act = \"queue\", module = \"system-part2\", release = \"2.3.1\" }, { act = "
         "\"apply\", power_lost_in = \"copy\", after_bytes = 0x10004 }",
     "", ""},
    {"ota-flag-set", "attention healthy",
     NEW "{ act = \"receive\", module = \"user\", release = \"1.5.2\", version = 9 }, { act = \"write\", field = \"ota_update_flag\", hex = \"A5\" }", "", ""},
    {"ota-image-wrong-platform", "attention",
     NEW
     "{ act = \"receive\", module = \"user\", release = \"1.5.2\", platform = 8 }, { act = \"queue\", module = \"user\", release = \"1.5.2\", platform = 8 }",
     "", ""},
    {"eeprom-swap-interrupted", "attention", NEW "{ act = \"eeprom\", cells = 60, state = \"copying\" }", "", ""},
    {"eeprom-invalid-record", "attention", NEW "{ act = \"eeprom\", cells = 60 }", "{ act = \"put\", at = \"eeprom1+40\", hex = \"12340300\" }", ""},
};

}  // namespace

TEST_CASE("every cause of the contract is told from the smallest damage", "[vocabulary]") {
    const ScratchDirectory directory;
    for (const auto& one : cases) {
        const auto recipe =
            fmt::format("title = \"{}\"\ndevice = \"photon\"\nseed = 77\nlife = [{}]\ndamage = [{}]\nfile = [{}]\n", one.cause, one.life, one.damage, one.file);
        const auto sample = sample::make_sample(recipe, one.cause);
        if (!sample) FAIL(sample.error().message);
        const auto spoken = run({"analyze", directory.put("dump.bin", sample->file), "--format", "json"});
        const auto report = nlohmann::json::parse(spoken.out, nullptr, false);
        INFO(one.cause << " " << spoken.err);
        REQUIRE(report.is_object());
        std::string causes;
        std::set<std::string> extra;
        bool told = false;
        for (const auto& cause : report.at("causes")) {
            const auto id = cause.at("id").get<std::string>();
            causes += id + " ";
            told = told || id == one.cause;
            if (id != one.cause && id != one.also) extra.insert(id);
        }
        INFO("causes: " << causes);
        CHECK(told);
        CHECK(extra.empty());
        const auto outcome = report.at("verdict").at("outcome").get<std::string>();
        INFO("outcome " << outcome);
        CHECK((" " + std::string(one.outcomes) + " ").find(" " + outcome + " ") != std::string::npos);
    }
}
