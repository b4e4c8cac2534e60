#include "flash/layout_kinds.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace photopsy {

namespace {

using Need = TableReader::Need;

// In the order of their enumerations.
constexpr std::array<std::string_view, 4> store_words = {"", "wiced-table", "dcd", "serial-flash"};
constexpr std::array<std::string_view, 2> key_words = {"rsa-slot", "ec-slot"};
constexpr std::array<std::string_view, 2> transport_words = {"tcp", "dtls"};
constexpr std::array<std::string_view, 4> boot_words = {"", "two-parts", "three-parts", "monolithic"};
constexpr std::array<std::string_view, 3> alternate_words = {"internal-flash", "store", "external-flash"};

/// The place of a key's word in `words`; 0 and a problem where it stands in none.
std::size_t read_word(TableReader& from, std::string_view key, std::span<const std::string_view> words, Need need = Need::Required) {
    const auto word = from.text(key, need);
    if (word.empty()) return 0;
    std::string known;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == word) return i;
        if (!words[i].empty()) known += fmt::format("{}\"{}\"", known.empty() ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
    }
    from.refuse(key, "this is " + known);
    return 0;
}

}  // namespace

std::string_view name_of(StoreKind kind) { return store_words[static_cast<std::size_t>(kind)]; }
std::string_view name_of(KeyKind kind) { return key_words[static_cast<std::size_t>(kind)]; }
std::string_view name_of(Transport transport) { return transport_words[static_cast<std::size_t>(transport)]; }
std::string_view name_of(BootKind kind) { return boot_words[static_cast<std::size_t>(kind)]; }

StoreKind read_store_kind(TableReader& from) { return static_cast<StoreKind>(read_word(from, "store", store_words)); }
BootKind read_boot_kind(TableReader& from) { return static_cast<BootKind>(read_word(from, "boot", boot_words, Need::Optional)); }

KeySet read_key_set(TableReader& row) {
    KeySet set{.kind = static_cast<KeyKind>(read_word(row, "kind", key_words)),
               .transport = static_cast<Transport>(read_word(row, "transport", transport_words)),
               .device_key = row.text("device_key"),
               .server_key = row.text("server_key"),
               .server_address = row.text("server_address"),
               .made_by_device = row.flag("made_by_device", true),
               .public_cache = row.text("public_cache", Need::Optional)};
    const auto erased = row.text("when_erased", Need::Optional), set_to = row.text("when_set", Need::Optional);
    if (!erased.empty() && !set_to.empty()) row.refuse("when_set", "one of \"when_erased\" and \"when_set\" decides, not both");
    set.when = !erased.empty() ? KeySet::When::FieldErased : !set_to.empty() ? KeySet::When::FieldSet : KeySet::When::Always;
    set.when_field = erased.empty() ? set_to : erased;
    return set;
}

UsbAlternate read_alternate(TableReader& row) {
    return {.number = static_cast<int>(row.number("number", 255)),
            .holds = static_cast<UsbAlternate::Holds>(read_word(row, "holds", alternate_words)),
            .memory_map = row.text("memory_map")};
}

}  // namespace photopsy
