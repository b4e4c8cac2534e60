#include "support/smallest_damage.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

namespace photopsy::test {

namespace {

#define SYSTEM(release)                                 \
    "{ act = \"install-release\", release = \"" release \
    "\" }, { act = \"factory-table\", release = \"0.4.5\", version_string = \"2015-06-26\" }, { act = \"provision\" },"
#define NEW SYSTEM("1.5.2")
#define OLD SYSTEM("0.6.3")
#define KEY(value) NEW "{ act = \"write\", field = \"device_private_key\", " value " },"
#define SERVER(value) NEW "{ act = \"write\", field = \"server_public_key\", " value " },"
#define SEAL "{ act = \"reseal\", copy = 1 }, { act = \"reseal\", copy = 2 },"

const SmallestDamage rows[] = {
    {"capture-truncated", "", "bad-capture", NEW, "", "{ act = \"cut\", to = 0x70000 }"},
    {"capture-blank", "A file in which every byte is erased", "bad-capture", "", "", ""},
    {"capture-repeated-blocks", "The same 4 KiB over and over", "bad-capture", NEW, "", "{ act = \"repeat-block\", at = 0, length = 0x1000, times = 256 }"},
    {"capture-dct-only", "", "bad-capture", NEW, "", "{ act = \"alt1-upload\" }"},
    {"capture-shifted", "A dump that begins behind the bootloader", "bad-capture", NEW, "", "{ act = \"drop\", at = 0, length = 0x4000 }"},
    {"capture-oversized", "A dump with 64 KiB too many", "bad-capture attention healthy", NEW, "",
     "{ act = \"insert\", at = 0x100000, length = 0x10000, value = 0 }"},
    {"capture-byteswapped", "A dump with the bytes of each pair exchanged", "bad-capture", NEW, "", "{ act = \"byteswap\", unit = 2 }"},
    {"capture-bytes-lost", "A dump in which 64 bytes are missing", "bad-capture", NEW, "", "{ act = \"drop\", at = 0x31234, length = 64 }"},
    {"capture-not-binary", "What dfu-util said, saved in place of the dump", "bad-capture", NEW, "",
     "{ act = \"replace\", text = \"dfu-util 0.9\\n\\nCopyright 2005-2009 Weston Schmidt\\nNo DFU capable USB device available\\n\" }"},
    {"capture-empty", "A file without a byte", "bad-capture", NEW, "", "{ act = \"cut\", to = 0 }"},
    {"private-key-erased", "", "cloud-fails", KEY("fill = 0xFF"), "", ""},
    {"private-key-zeroed", "A device key of zeros", "cloud-fails", KEY("fill = 0"), "", ""},
    {"private-key-truncated", "A device key of which only the first 256 bytes are there", "cloud-fails", KEY("fill = 0xFF, offset = 256, length = 960"), "",
     ""},
    {"private-key-bit-flip", "", "cloud-fails", NEW,
     "{ act = \"flip\", at = \"dct1.device_private_key+300\" }, { act = \"flip\", at = \"dct2.device_private_key+300\" }, " SEAL, ""},
    {"private-key-mixed", "", "cloud-fails",
     OLD "{ act = \"write\", field = \"device_private_key\", key = 2, power_lost_in = \"in-place\", after_bytes = 400 }", "", ""},
    {"private-key-wrong-type", "A public key in the device key's slot", "cloud-fails", KEY("key = 1, form = \"public\", pad = 612"), "", ""},
    {"private-key-wrong-size", "A device key of 2048 bits", "cloud-fails", KEY("key = 2, form = \"pkcs1\", wish = \"twice-as-long\""), "", ""},
    {"private-key-wrong-encoding", "", "cloud-fails", KEY("key = 1, form = \"pkcs8\""), "", ""},
    {"private-key-wrong-encoding", "", "cloud-fails", KEY("key = 1, form = \"pem\""), "", ""},
    {"private-key-der-length-wrong", "A device key with a wrong length in it", "cloud-fails", KEY("hex = \"80\", offset = 9"), "", ""},
    {"private-key-unreadable-by-firmware", "", "cloud-fails", KEY("key = 2, form = \"pkcs1\", wish = \"short-component\""), "", ""},
    {"private-key-never-generated", "", "healthy",
     "{ act = \"install-release\", release = \"0.4.0\" }, { act = \"factory-table\", release = \"0.4.0\", version_string = \"2015-04-17\" }", "", ""},
    {"private-key-regenerated", "", "attention",
     NEW "{ act = \"reinitialize\" }, { act = \"provision\", key = 2 }, { act = \"write\", field = \"server_public_key\", server = \"published\" }, { act = "
         "\"write\", field = \"server_address\", domain = \"device.spark.io\" }",
     "", ""},
    {"private-key-and-server-key-swapped", "Device key and server key in each other's slots", "cloud-fails",
     SERVER("key = 1") "{ act = \"write\", field = \"device_private_key\", server = \"published\", pad = 612 },", "", "", "server-address-invalid"},
    {"public-key-does-not-match-private-key", "", "attention healthy", NEW "{ act = \"write\", field = \"device_public_key\", key = 2, form = \"public\" }", "",
     ""},
    {"server-key-erased", "", "attention", SERVER("fill = 0xFF, length = 294"), "", ""},
    {"server-key-corrupted", "One wrong bit in the server key", "cloud-fails", NEW,
     "{ act = \"flip\", at = \"dct1.server_public_key+100\" }, { act = \"flip\", at = \"dct2.server_public_key+100\" }, " SEAL, ""},
    {"server-key-truncated", "A server key of which only the first 128 bytes are there", "cloud-fails", SERVER("fill = 0xFF, offset = 128, length = 166"), "",
     ""},
    {"server-key-of-other-server", "", "cloud-fails", SERVER("server = \"other\""), "", ""},
    {"server-key-wrong-type", "The beginning of a PEM file in the server key's slot", "cloud-fails",
     SERVER("text = \"-----BEGIN PUBLIC "
            "KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvsy+Q9uO6hUnpmu1Jt4VEqCrzKFkd0itfGb8gH/2maUl8vLa4EPPOiajm6hwMOmo0jmrzqmepo01oUsSYPvapt\", "
            "pad = 294"),
     "", ""},
    {"server-address-invalid", "A server address of zeros", "cloud-fails", NEW "{ act = \"write\", field = \"server_address\", ip = [0, 0, 0, 0] }", "", ""},
    {"server-address-invalid", "", "cloud-fails", SERVER("server = \"other\"") "{ act = \"write\", field = \"server_address\", ip = [127, 0, 0, 1] }", "", ""},
    {"server-address-invalid", "", "cloud-fails", SERVER("server = \"other\"") "{ act = \"write\", field = \"server_address\", domain = \"LocalHost\" }", "",
     ""},
    {"server-address-invalid", "", "attention",
     SERVER("server = \"other\"") "{ act = \"write\", field = \"server_address\", ip = [192, 168, 1, 5], port = 8080 }", "", ""},
    {"server-key-of-other-server", "", "cloud-fails", NEW "{ act = \"write\", field = \"server_address\", domain = \"cloud.example.org\" }", "", ""},
    {"server-key-of-other-server", "", "cloud-fails", OLD "{ act = \"write\", field = \"server_address\", ip = [10, 1, 2, 3], port = 8080 }", "", ""},
    {"dct-both-copies-invalid", "", "cloud-fails", NEW,
     "{ act = \"fill\", at = \"dct1+12\", length = 4, value = 0 }, { act = \"fill\", at = \"dct2+12\", length = 4, value = 0 }", ""},
    {"dct-reset-to-default", "", "cloud-fails", NEW "{ act = \"reinitialize\" }", "", ""},
    {"dct-reset-to-default", "", "cloud-fails", OLD "{ act = \"reinitialize\" }", "{ act = \"fill\", at = \"dct2\", length = 0x4000, value = 0xFF }", ""},
    {"dct-write-interrupted", "", "attention", NEW "{ act = \"write\", field = \"claimed\", hex = \"30\", power_lost_in = \"retire-old\" }", "", ""},
    {"dct-write-interrupted", "", "attention", OLD "{ act = \"write\", field = \"claim_code\", text = \"zzzz\", power_lost_in = \"body\", after_bytes = 9000 }",
     "", ""},
    {"dct-copy-crc-bad", "", "attention", NEW, "{ act = \"flip\", at = \"dct.wifi_entry_2\" }", ""},
    {"dct-frozen", "A write that was cut off on Device OS 0.4.0", "attention cloud-fails",
     SYSTEM("0.4.0") "{ act = \"write\", field = \"device_code\", text = \"QQQQ\", power_lost_in = \"body\", after_bytes = 9000 }", "", "",
     "dct-write-interrupted"},
    {"stray-dct-copy", "A copy of the configuration table in the OTA area", "attention healthy", NEW,
     "{ act = \"copy\", at = \"ota\", from = \"dct\", length = 0x4000 }", ""},
    {"wifi-list-erased", "An erased list of Wi-Fi networks", "attention healthy", NEW "{ act = \"write\", sector_offset = 0x1A30, fill = 0xFF, length = 606 }",
     "", ""},
    {"module-missing", "", "boot-fails", NEW "{ act = \"erase\", slot = \"system-part2\" }", "", ""},
    {"module-crc-bad", "", "safe-mode boot-fails", NEW, "{ act = \"flip\", at = \"system-part2+0x9000\" }", ""},
    {"module-truncated", "System part 1 without its end", "boot-fails safe-mode cloud-fails attention", NEW,
     "{ act = \"fill\", at = \"system-part1+0x30123\", length = 0xFEDD, value = 0xFF }", "", "module-block-erased"},
    {"module-block-erased", "An erased block in system part 2", "boot-fails safe-mode", NEW,
     "{ act = \"fill\", at = \"system-part2+0x8000\", length = 0x1000, value = 0xFF }", ""},
    {"module-block-zeroed", "A block of zeros in system part 2", "boot-fails safe-mode", NEW,
     "{ act = \"fill\", at = \"system-part2+0x8000\", length = 0x1000, value = 0 }", ""},
    {"module-partly-overwritten", "System part 1 half overwritten with that of another release", "boot-fails safe-mode cloud-fails", NEW,
     "{ act = \"overlay\", at = \"system-part1\", module = \"system-part1\", release = \"2.3.1\", bytes = 0x8000, erase_rest_of_sector = true }", ""},
    {"module-wrong-platform", "A P1's system part 2 in a Photon", "boot-fails safe-mode",
     NEW "{ act = \"install\", module = \"system-part2\", release = \"1.5.2\", platform = 8 }", "", ""},
    {"module-at-wrong-address", "System part 1 in the place of part 2", "boot-fails safe-mode",
     NEW "{ act = \"install\", module = \"system-part1\", release = \"1.5.2\", at = \"system-part2\" }", "", ""},
    {"module-not-firmware", "A web page in the application's place", "safe-mode boot-fails", NEW "{ act = \"erase\", slot = \"user\" }",
     "{ act = \"put\", at = \"user\", text = \"<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\" }", ""},
    {"module-dependency-unsatisfied", "", "safe-mode", NEW "{ act = \"install\", module = \"bootloader\", release = \"0.6.3\" }", "", ""},
    {"system-parts-from-different-releases", "System parts of 1.5.2 and 1.4.4", "attention",
     NEW "{ act = \"install\", module = \"system-part2\", release = \"1.4.4\" }, { act = \"install\", module = \"user\", release = \"1.4.4\" }", "", ""},
    {"bootloader-does-not-fit-system", "", "attention", OLD "{ act = \"install\", module = \"bootloader\", release = \"0.7.0\" }", "", ""},
    {"unknown-program-in-system-place", "", "attention", OLD "{ act = \"install\", module = \"monolithic\", release = \"0.6.3\" }", "", ""},
    {"dct-copy-crc-bad", "", "attention", NEW, "{ act = \"fill\", at = \"dct+9\", length = 1, value = 0 }", ""},
    {"module-wrong-platform", "", "attention safe-mode", NEW "{ act = \"install\", module = \"user\", release = \"1.5.2\", platform = 10 }", "", ""},
    {"dct-reset-to-default", "", "cloud-fails",
     OLD "{ act = \"reinitialize\" }, { act = \"write\", field = \"device_private_key\", key = 2 }, { act = \"write\", field = \"claim_code\", text = "
         "\"abcdefgh\" }",
     "{ act = \"fill\", at = \"dct2\", length = 0x4000, value = 0xFF }", ""},
    {"ota-interrupted-while-applying", "", "boot-fails",
     NEW "{ act = \"receive\", module = \"system-part2\", release = \"2.3.1\" }, { act = \"queue\", module = \"system-part2\", release = \"2.3.1\" }, { act = "
         "\"apply\", power_lost_in = \"copy\", after_bytes = 0x10004 }",
     "{ act = \"put\", at = \"system-part2+0x18000\", hex = \"DF\" }", ""},
    {"ota-flag-set", "The update flag set by hand", "attention",
     NEW "{ act = \"receive\", module = \"user\", release = \"1.5.2\", version = 9 }, { act = \"write\", field = \"ota_update_flag\", hex = \"A50A\" }", "",
     ""},
    {"factory-reset-asked", "A factory reset asked for and not yet carried out", "attention",
     OLD "{ act = \"install\", module = \"user\", at = \"factory\", release = \"0.6.3\" }, { act = \"write\", field = \"system_flags\", hex = \"AAAA\", offset "
         "= 12 }",
     "", ""},
    {"eeprom-will-be-formatted", "", "attention", SYSTEM("0.4.7") "{ act = \"eeprom\", cells = 60, state = \"both-active\" }", "", ""},
    {"user-needs-newer-system", "", "safe-mode", NEW "{ act = \"install\", module = \"user\", release = \"2.3.1\" }", "", ""},
    {"ota-receiving", "An update of which two fifths have arrived", "attention healthy",
     NEW "{ act = \"receive\", module = \"system-part2\", release = \"2.3.1\", percent = 40 }", "", ""},
    {"ota-pending", "", "attention healthy",
     NEW "{ act = \"receive\", module = \"user\", release = \"1.5.2\", version = 9 }, { act = \"queue\", module = \"user\", release = \"1.5.2\", version = 9 }",
     "", ""},
    {"ota-pending-image-corrupt", "An update that waits, with one wrong bit", "attention",
     NEW "{ act = \"receive\", module = \"user\", release = \"1.5.2\", version = 9 }, { act = \"queue\", module = \"user\", release = \"1.5.2\", version = 9 }",
     "{ act = \"flip\", at = \"ota+0x700\" }", ""},
    {"ota-interrupted-while-applying", "", "boot-fails",
     NEW "{ act = \"receive\", module = \"system-part2\", release = \"2.3.1\" }, { act = \"queue\", module = \"system-part2\", release = \"2.3.1\" }, { act = "
         "\"apply\", power_lost_in = \"copy\", after_bytes = 0x10004 }",
     "", ""},
    {"ota-flag-set", "", "attention healthy",
     NEW "{ act = \"receive\", module = \"user\", release = \"1.5.2\", version = 9 }, { act = \"write\", field = \"ota_update_flag\", hex = \"A5\" }", "", ""},
    {"ota-image-wrong-platform", "An update for a P1 that waits in a Photon", "attention",
     NEW
     "{ act = \"receive\", module = \"user\", release = \"1.5.2\", platform = 8 }, { act = \"queue\", module = \"user\", release = \"1.5.2\", platform = 8 }",
     "", ""},
    {"eeprom-swap-interrupted", "", "attention", NEW "{ act = \"eeprom\", cells = 60, state = \"copying\" }", "", ""},
    {"eeprom-invalid-record", "A half-written record in the EEPROM", "attention", NEW "{ act = \"eeprom\", cells = 60 }",
     "{ act = \"put\", at = \"eeprom1+40\", hex = \"12340300\" }", ""},
    {"capture-other-platform", "Firmware of a RedBear Duo", "bad-capture",
     "{ act = \"install\", module = \"bootloader\", release = \"0.6.3\", platform = 88 }, { act = \"install\", module = \"system-part1\", release = \"0.6.3\", "
     "platform = 88 }, { act = \"install\", module = \"system-part2\", release = \"0.6.3\", platform = 88 }",
     "", ""},
    {"update-not-finished", "", "attention",
     OLD "{ act = \"receive\", module = \"user\", release = \"0.6.3\" }, { act = \"install\", module = \"system-part1\", release = \"1.0.1\" }, { act = "
         "\"install\", module = \"system-part2\", release = \"1.0.1\", needs = [4, 1, 1002, 2, 0, 7] }, { act = \"install\", module = \"user\", release = "
         "\"1.0.1\", carries_bootloader = \"1.0.1\" }",
     "", ""},
};

/// Single bits that read wrong, anywhere behind the tables and the EEPROM.
std::string stray_bits() {
    std::string flips;
    std::uint32_t drawn = 1;
    for (int i = 0; i < 400; ++i) {
        drawn = drawn * 1664525 + 1013904223;
        flips += fmt::format("{{ act = \"flip\", at = {}, bit = {} }},", 0x08020000u + (drawn >> 8) % 0xE0000, drawn >> 29);
    }
    return flips;
}

}  // namespace

std::span<const SmallestDamage> smallest_damages() {
    static const auto all = [] {
        std::vector<SmallestDamage> list(std::begin(rows), std::end(rows));
        list.push_back({"capture-noisy", "Single bits that read wrong all over the dump", "bad-capture", NEW, stray_bits(), ""});
        return list;
    }();
    return all;
}

std::string recipe_of(const SmallestDamage& one) {
    return fmt::format("title = \"{}\"\ndevice = \"photon\"\nseed = 77\nlife = [{}]\ndamage = [{}]\nfile = [{}]\n", *one.title ? one.title : one.cause,
                       one.life, one.damage, one.file);
}

}  // namespace photopsy::test
