#include "cli/repair_files.h"

#include "base/hex.h"
#include "cli/archive_members.h"
#include "cli/file_system.h"
#include "cli/folder_listing.h"
#include "cli/input_file.h"
#include "flash/capture.h"
#include "mend/keys.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t most_modules = 500;        // of all that was given: no device has more than a handful
constexpr std::size_t largest_piece = 4u << 20;  // no module and no dump of these devices in any form is larger

void take_all(std::vector<FirmwareModule> more, RepairWish& wish) {
    for (auto& module : more) {
        const auto same = [&](const FirmwareModule& known) { return known.sha256 == module.sha256; };
        if (wish.firmware.size() < most_modules && std::none_of(wish.firmware.begin(), wish.firmware.end(), same)) wish.firmware.push_back(std::move(module));
    }
}

std::optional<std::string> take_archive(const std::string& path, const Layout& layout, RepairWish& wish) {
    const auto archive = ArchiveMembers::open_file(path);
    if (!archive) return path + " is no archive that can be read";
    while (auto member = archive->next())
        if (member->why.empty() && member->bytes.size() <= largest_piece) take_all(firmware_in_file(member->bytes, layout, path), wish);
    if (!archive->failure().empty()) return path + ": " + archive->failure();
    return {};
}

std::optional<std::string> take_file(const std::string& path, const Layout& layout, RepairWish& wish) {
    auto bytes = read_file(path, largest_dump_file);
    if (!bytes) return bytes.error().message;
    if (ArchiveMembers::may_be(*bytes) && ArchiveMembers::open_file(path)) return take_archive(path, layout, wish);
    auto unpacked = unpack(std::move(*bytes), name_of(path));
    if (!unpacked) return unpacked.error().message;
    take_all(firmware_in_file(unpacked->bytes, layout, path), wish);
    return {};
}

/// Of a folder what can be read counts; a single file must be readable.
std::optional<std::string> take_place(const std::string& path, const Layout& layout, RepairWish& wish) {
    if (kind_at_end_of(path) != PlaceKind::Folder) return take_file(path, layout, wish);
    for (const auto& listed : FolderListing("").list(path))
        if (listed.why.empty() && size_of_file(listed.path).value_or(0) <= largest_dump_file) (void)take_file(listed.path, layout, wish);
    return {};
}

std::optional<std::string> take_key(const std::string& path, RepairWish& wish) {
    constexpr std::size_t largest_key = 64 * 1024;
    const auto bytes = read_file(path, largest_key);
    if (!bytes) return bytes.error().message;
    const auto key = parse_key_file(*bytes);
    if (!key) return path + ": " + key.error().message;
    auto form = write_key(*key, KeyForm::Device);
    if (!key->holds_private_key() || !form) return path + " holds no private key that such a device can use (RSA of 1024 bits, or EC on P-256)";
    wish.new_key_kind = key->kind;
    wish.new_key = std::move(*form);
    wish.new_key_fingerprint = hex(sha256(key->public_der));
    wish.new_key_from = path;
    return {};
}

bool is_consent(std::string_view word) {
    if (word.starts_with(repair_consent::unknown_module)) return word.size() == repair_consent::unknown_module.size() + 64;
    return word == repair_consent::replace_sound_module || word == repair_consent::new_key || word == repair_consent::other_server;
}

}  // namespace

void add_source_options(CommandDefinition& command, RepairGiven& given) {
    command.add_option("--firmware", &given.firmware, "Firmware: a file, folder or archive, known by what it holds, never by its name; also another dump")
        .type_name("PLACE")
        .one_at_a_time();
    command.add_option("--key", &given.key, "A new private key for a device whose own cannot be had (photopsy keys new makes one)").type_name("FILE");
}

void add_choice_options(CommandDefinition& command, RepairGiven& given) {
    command.add_option("--cause", &given.causes, "Only this cause, by its id; may be given several times").type_name("ID").one_at_a_time();
    command
        .add_option("--consent", &given.consents, "A loss that you agree to: replace-sound-module, new-key, other-server, or unknown-module=SHA256 of a file")
        .type_name("WORD")
        .one_at_a_time();
}

Result<RepairWish> read_wish(const RepairGiven& given, const Layout& layout) {
    RepairWish wish{.causes = given.causes, .consents = given.consents};
    for (const auto& id : given.causes)
        if (!find_cause(id)) return Error{fmt::format("--cause {}: there is no such cause (photopsy explain --all lists them)", id)};
    for (const auto& word : given.consents)
        if (!is_consent(word)) return Error{fmt::format("--consent {}: that is no consent a plan asks for", word)};
    for (const auto& path : given.firmware)
        if (const auto failure = take_place(path, layout, wish)) return Error{*failure};
    if (!given.key.empty())
        if (const auto failure = take_key(given.key, wish)) return Error{*failure};
    return wish;
}

RepairGiven given_again(const RepairPlan& plan, const RepairGiven& more) {
    RepairGiven given{.firmware = more.firmware, .causes = plan.only_causes, .key = more.key.empty() ? plan.key_file : more.key};
    for (const auto& file : plan.files)
        if (more.firmware.empty() && std::find(given.firmware.begin(), given.firmware.end(), file.from) == given.firmware.end())
            given.firmware.push_back(file.from);
    for (const auto& consent : plan.consents)
        if (consent.given) given.consents.push_back(consent.word);
    return given;
}

}  // namespace photopsy
