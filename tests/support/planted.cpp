#include "support/planted.h"

#include "handshake/ec_key.h"
#include "support/sample/published.h"

#include <fmt/format.h>

namespace photopsy::test {

const Layout& layout_of(const sample::Sample& sample) { return *builtin_layout(sample.recipe.device); }

ByteView at(const sample::Sample& sample, Range range) {
    const auto& layout = layout_of(sample);
    const bool external = layout.external && layout.external->at.contains(range);
    return external ? ByteView(sample.external).subspan(range.begin - layout.external->at.begin, range.size())
                    : ByteView(sample.flash).subspan(range.begin - layout.flash.begin, range.size());
}

/// The public halves in an EC key slot, wherever they stand, in the form in which they are told.
static void add_public_points(LeakFinder& finder, ByteView slot) {
    for (std::size_t i = 1; i < slot.size(); ++i)
        if (const auto point = slot[i - 1] == 0x04 ? point_at(slot, i) : std::nullopt) finder.add_public(ec_spki(*point));
}

/// What may be shown although it stands in a secret place: the moduli of keys, wherever a key's wrapping puts them, and published keys.
static void add_public(LeakFinder& finder, const sample::Sample& sample) {
    const auto& layout = layout_of(sample);
    finder.add_public(sample::published_server_key());
    finder.add_public(Bytes{2, 3, 1, 0, 1, 2, 0x81, 0x80});        // the public exponent and the head of d behind it: the same in every key
    finder.add_public(Bytes{2, 3, 1, 0, 1, 2, 0x81, 0x81, 0, 0});  // two keys over each other: the first byte of both d may have no bit in common
    for (const auto copy : layout.dct.copies)
        for (const auto* name : {"device_public_key", "server_public_key", "alt_device_public_key", "alt_server_public_key"}) {
            const auto* field = layout.dct.field(name);
            if (!field) continue;
            finder.add_public(at(sample, range_of(copy.begin + layout.dct.application_offset + field->offset, field->size)));
        }
    for (const auto copy : layout.dct.copies)
        for (const auto& set : layout.keys)
            if (const auto* field = layout.dct.field(set.device_key); field && set.kind == KeyKind::EcSlot)
                add_public_points(finder, at(sample, range_of(copy.begin + layout.dct.application_offset + field->offset, field->size)));
    finder.add_public(published_ec_server_key());
    for (const auto& frame : {encode_sec1({}), encode_ec_pkcs8({})}) finder.add_public(frame);  // the same around every EC key
    finder.add_public(encode_sec1(EcKey{}));                                                    // what stands around the number and the point of every EC key
    finder.add_public(Bytes{0x30, 0x78, 2, 1, 1, 4, 0x21, 0});
    finder.add_public(encode_ec_pkcs8(EcKey{}));
    for (const auto copy : layout.dct.copies) {
        const Address key = copy.begin + layout.dct.application_offset + layout.dct.field("device_private_key")->offset;
        finder.add_public(at(sample, range_of(key, 11 + 128 + 5)));  // PKCS#1: header, n, e
        finder.add_public(at(sample, range_of(key + 11 + 128, 10)));  // e, the head of d and its first byte, which the stand-in may share by chance
        if (at(sample, range_of(key + 7, 1))[0] == 0x30) finder.add_public(at(sample, range_of(key + 26, 11 + 128 + 5)));  // PKCS#8
    }
}

/// The fields that a stranger may not see, both copies, and the owner's EEPROM cells.
LeakFinder secrets_of(const sample::Sample& sample) {
    const auto& layout = layout_of(sample);
    LeakFinder finder;
    const auto add = [&](const DctField& field, Address base, int copy) {
        const bool public_key = field.name == "device_public_key" || field.name == "alt_device_public_key";
        if (field.secret == SecretKind::No || public_key || field.name.ends_with("server_address")) return;
        finder.add_secret(at(sample, range_of(base + field.offset, field.size)), fmt::format("{} of copy {}", field.name, copy));
    };
    for (std::size_t i = 0; i < layout.dct.copies.size(); ++i) {
        for (const auto& field : layout.dct.fields) add(field, layout.dct.copies[i].begin + layout.dct.application_offset, static_cast<int>(i + 1));
        for (const auto& field : layout.dct.system_fields) add(field, layout.dct.copies[i].begin, static_cast<int>(i + 1));
    }
    for (const auto page : layout.eeprom_pages) {
        const auto bytes = at(sample, page);
        Bytes cells;
        for (std::size_t record = 4; record + 4 <= bytes.size(); record += 4) cells.push_back(bytes[record]);
        finder.add_secret(cells, "EEPROM cells");
    }
    add_public(finder, sample);
    return finder;
}

/// A healthy device, every secret field of which holds something distinctive; `more` are further damages.
std::string planted_recipe(const std::string& more, const std::string& flashed) {
    std::string recipe =
        "title = \"planted\"\ndevice = \"photon\"\nseed = 4711\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, { act = \"install\", module = "
        "\"user\", release = \"1.5.2\", at = \"factory\" },"
        "{ act = \"factory-table\", release = \"0.4.5\" }, { act = \"provision\" }, { act = \"eeprom\", cells = 300, state = \"copying\" },"
        "{ act = \"receive\", module = \"user\", release = \"2.3.1\", percent = 70 }" +
        flashed + "]\ndamage = [\n";
    const auto& layout = *builtin_layout("photon");
    for (int copy = 1; copy <= 2; ++copy)
        for (const auto* list : {&layout.dct.fields, &layout.dct.system_fields})
            for (const auto& field : *list)
                if (field.secret != SecretKind::No && field.name.find("public_key") == field.name.npos && field.name != "device_private_key" &&
                    field.name != "server_address")
                    recipe += fmt::format("{{ act = \"put\", at = \"dct{}.{}\", random = {} }},\n", copy, field.name, field.size);
    for (const auto* place : {"user", "ota", "factory"}) recipe += fmt::format("{{ act = \"put\", at = \"{}+0x900\", random = 128 }},\n", place);
    return recipe + more + "]\n";
}

}  // namespace photopsy::test
