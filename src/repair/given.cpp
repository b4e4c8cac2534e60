#include "repair/given.h"

#include "base/hex.h"
#include "flash/capture.h"
#include "mend/keys.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t most_modules = 500;        // of all that was given: no device has more than a handful
constexpr std::size_t largest_piece = 4u << 20;  // no module and no dump of these devices in any form is larger

}  // namespace

void add_firmware(std::vector<FirmwareModule> more, RepairWish& wish) {
    for (auto& module : more) {
        const auto same = [&](const FirmwareModule& known) { return known.sha256 == module.sha256; };
        if (wish.firmware.size() < most_modules && std::none_of(wish.firmware.begin(), wish.firmware.end(), same)) wish.firmware.push_back(std::move(module));
    }
}

std::optional<std::string> take_firmware(ArchiveMembers& archive, const std::string& name, const Layout& layout, RepairWish& wish) {
    while (auto member = archive.next())
        if (member->why.empty() && member->bytes.size() <= largest_piece) add_firmware(firmware_in_file(member->bytes, layout, name), wish);
    if (!archive.failure().empty()) return name + ": " + archive.failure();
    return {};
}

std::optional<std::string> take_firmware(std::vector<std::uint8_t> bytes, const std::string& name, const Layout& layout, RepairWish& wish) {
    if (ArchiveMembers::may_be(bytes))
        if (const auto archive = ArchiveMembers::open_bytes(bytes)) return take_firmware(*archive, name, layout, wish);
    auto unpacked = unpack(std::move(bytes), name);
    if (!unpacked) return unpacked.error().message;
    add_firmware(firmware_in_file(unpacked->bytes, layout, name), wish);
    return {};
}

std::optional<std::string> take_new_key(ByteView bytes, const std::string& name, RepairWish& wish) {
    const auto key = parse_key_file(bytes);
    if (!key) return name + ": " + key.error().message;
    auto form = write_key(*key, KeyForm::Device);
    if (!key->holds_private_key() || !form) return name + " holds no private key that such a device can use (RSA of 1024 bits, or EC on P-256)";
    wish.new_key_kind = key->kind;
    wish.new_key = std::move(*form);
    wish.new_key_fingerprint = hex(sha256(key->public_der));
    wish.new_key_from = name;
    return {};
}

bool is_repair_consent(std::string_view word) {
    for (const auto of_hash : {repair_consent::unknown_module, repair_consent::unknown_bootloader})
        if (word.starts_with(of_hash)) return word.size() == of_hash.size() + 64;
    return word == repair_consent::replace_sound_module || word == repair_consent::new_key || word == repair_consent::other_server ||
           word == repair_consent::bootloader;
}

}  // namespace photopsy
