#include "cli/repair_files.h"

#include "cli/archive_file.h"
#include "cli/file_system.h"
#include "cli/folder_listing.h"
#include "cli/input_file.h"
#include "cli/public_key_file.h"
#include "mend/firmware_words.h"
#include "repair/given.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

std::optional<std::string> take_file(const std::string& path, const Layout& layout, RepairWish& wish) {
    auto bytes = read_file(path, largest_dump_file);
    if (!bytes) return bytes.error().message;
    if (ArchiveMembers::may_be(*bytes))
        if (const auto archive = open_archive_file(path)) return take_firmware(*archive, path, layout, wish);
    return take_firmware(std::move(*bytes), path, layout, wish);
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
    return take_new_key(*bytes, path, wish);
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
        .add_option("--consent", &given.consents,
                    "A loss that you agree to: replace-sound-module, new-key, other-server, bootloader, unknown-module=SHA256 of a file, "
                    "or unknown-bootloader=SHA256 of the installed one")
        .type_name("WORD")
        .one_at_a_time();
    command.add_option("--registered-public-key", &given.registered_public_key, "Public key that the cloud holds for this device (DER or PEM)")
        .type_name("FILE");
}

Result<AnalyzeOptions> read_judging(const RepairGiven& given) {
    AnalyzeOptions judging;
    if (given.registered_public_key.empty()) return judging;
    auto key = read_public_key_file(given.registered_public_key);
    if (!key) return key.error();
    judging.registered_spki = std::move(*key);
    return judging;
}

std::string why_refused(const RepairGiven& given, const Analysis& analysis) {
    const std::string none;
    return why_refused({analysis.registered_spki, given.registered_public_key}, {{}, none}, analysis.facts.keys);
}

Result<RepairWish> read_wish(const RepairGiven& given, const Layout& layout) {
    RepairWish wish{.causes = given.causes, .consents = given.consents};
    if (given.for_bootloader) wish.purpose = RepairPurpose::Bootloader;
    for (const auto& id : given.causes)
        if (!find_cause(id)) return Error{fmt::format("--cause {}: there is no such cause (photopsy explain --all lists them)", id)};
    for (const auto& word : given.consents)
        if (!is_repair_consent(word)) return Error{fmt::format("--consent {}: that is no consent a plan asks for", word)};
    for (const auto& path : given.firmware)
        if (const auto failure = take_place(path, layout, wish)) return Error{*failure};
    if (!given.key.empty())
        if (const auto failure = take_key(given.key, wish)) return Error{*failure};
    return wish;
}

/// Of several files in one place only that none, or none of use, is among them.
static std::string why_unused(const std::string& path, const RepairWish& wish, const Layout& layout) {
    const bool folder = kind_at_end_of(path) == PlaceKind::Folder;
    auto bytes = folder ? Result<std::vector<std::uint8_t>>(Error{""}) : read_file(path, largest_dump_file);
    if (bytes && !ArchiveMembers::may_be(*bytes)) {
        const auto unpacked = unpack(std::move(*bytes), path);
        if (unpacked) return unused_firmware_in_words(unpacked->bytes, layout);
    }
    const bool any = std::ranges::any_of(wish.firmware, [&](const FirmwareModule& module) { return module.from.starts_with(path); });
    return any ? "holds firmware for this device, but nothing that is missing." : fmt::format("holds no whole firmware for a {}.", layout.title);
}

std::vector<std::string> unused_firmware(const RepairGiven& given, const RepairWish& wish, const RepairPlan& plan, const Layout& layout) {
    std::vector<std::string> sentences;
    for (const auto& path : given.firmware) {
        const bool used = std::ranges::any_of(plan.files, [&](const RepairPlan::File& file) { return file.from.starts_with(path); });
        if (used) continue;
        const auto why = why_unused(path, wish, layout);
        const bool nothing_missing = plan.missing.empty() && why.starts_with("holds ") && why.find("no whole") == std::string::npos;
        sentences.push_back(fmt::format("{} {}", path, nothing_missing ? "is not needed: this plan does without it." : why));
    }
    return sentences;
}

RepairGiven given_again(const RepairPlan& plan, const RepairGiven& more) {
    RepairGiven given{.firmware = more.firmware, .causes = plan.only_causes, .key = more.key.empty() ? plan.key_file : more.key};
    given.for_bootloader = plan.purpose == RepairPurpose::Bootloader;
    for (const auto& file : plan.files)
        if (more.firmware.empty() && std::find(given.firmware.begin(), given.firmware.end(), file.from) == given.firmware.end())
            given.firmware.push_back(file.from);
    for (const auto& consent : plan.consents)
        if (consent.given) given.consents.push_back(consent.word);
    return given;
}

}  // namespace photopsy
