// Firmware in one piece: what its flags, the three images in the serial flash and the installed firmware show together.
#include "facts/copied_firmware.h"
#include "facts/erased.h"
#include "facts/ota_parts.h"

namespace photopsy::ota {

using Resumes = OtaFacts::Resumes;

namespace {

std::string release_of(const Module* module) { return module && !module->releases.empty() ? module->releases.front() : std::string(); }

/// An image that ends in erased flash before its own end, and that nothing asks for: its reception was cut off.
bool is_half_received(const Module* image) {
    return image && image->present() && image->integrity == Integrity::Bad && image->suffix_size.value == 0xFFFF && image->stored_crc.value == 0xFFFFFFFF;
}

std::uint32_t bytes_in_front_of_erased(const Image& image, Range at) { return written_size(image.bytes(at)); }

/// What the copy of this image, which nothing tests, makes of the device.
Resumes resumes_with(const StoredImage& image, const std::vector<Module>& modules) {
    return image.whole ? Resumes::Yes : is_unproved(image, modules) ? Resumes::Unknown : Resumes::MakesItWorse;
}

/// How far the copy came that the flag says is under way, seen against the image it came from.
void judge_copy(const Image& image, const Layout& layout, const Module* received, OtaFacts& facts) {
    const auto* slot = layout.slot("monolithic");
    facts.half_written_slot = "monolithic";
    if (!slot || !received || !received->good()) return;
    facts.progress = compare_copy(image, layout, *slot, image.bytes(range_of(received->at.begin, received->length() + 4)));
}

}  // namespace

OtaFacts read_flagged_update(const Image& image, const Layout& layout, const std::vector<Module>& modules) {
    OtaFacts facts;
    facts.by_flag = read_monolithic_update(image, layout, modules);
    const auto *received = find_module(modules, "ota"), *backup = find_module(modules, "backup"), *installed = find_module(modules, "monolithic");
    facts.area_erased = received && received->presence == Presence::Erased;
    if (received && received->present()) {
        facts.image = range_of(received->at.begin, received->length() + 4);
        facts.image_slot = "monolithic";
        facts.to_release = release_of(received);
        facts.image_for_other_platform = received->good() && received->platform_id.value != layout.platform_id;
    }
    if (facts.by_flag->job == FlagJob::Update) {
        facts.kind = OtaCase::Pending;
        facts.from_release = release_of(installed);
        facts.resumes = resumes_with(facts.by_flag->ota, modules);
    } else if (facts.by_flag->job == FlagJob::Restore) {
        facts.kind = OtaCase::CopyInterrupted;
        facts.from_release = release_of(backup);
        facts.resumes = facts.by_flag->backup.start == FirstWord::NotInFile ? Resumes::NotApplicable : resumes_with(facts.by_flag->backup, modules);
        judge_copy(image, layout, received, facts);
    } else if (is_half_received(received)) {
        facts.kind = OtaCase::Receiving;
        facts.expected = facts.image.size();
        facts.received = bytes_in_front_of_erased(image, facts.image);
        facts.image.end = facts.image.begin + facts.received;
    }
    return facts;
}

}  // namespace photopsy::ota
