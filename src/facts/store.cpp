#include "facts/store.h"

#include <algorithm>
#include <iterator>

namespace photopsy {

namespace {

struct StoreRow {
    StoreKind kind;
    Dct (*read)(const StoreScene&);
};

constexpr StoreRow kinds[] = {
    {StoreKind::WicedTable, read_wiced_table},
    {StoreKind::Dcd, read_dcd},
    {StoreKind::SerialFlash, read_serial_flash},
};

DctFieldFact field_fact(const StoreScene& scene, const Dct& dct, const DctField& field) {
    DctFieldFact fact{.field = &field, .at = dct.field_at(scene.layout, field.name)};
    if (fact.at.empty() || !scene.image.has(fact.at)) return fact;
    const auto bytes = scene.image.bytes(fact.at);
    fact.state = all_erased(bytes) ? DctFieldFact::State::Unset : all_equal(bytes, 0) ? DctFieldFact::State::Zero : DctFieldFact::State::Set;
    return fact;
}

void add_zero_pages(const Image& image, Range where, std::uint32_t page, std::vector<Range>& pages) {
    for (auto at = where.begin; at + page <= where.end; at += page)
        if (const auto bytes = image.bytes(range_of(at, page)); bytes.size() == page && all_equal(bytes, 0)) pages.push_back(range_of(at, page));
}

/// Something that a factory writes and no reset: behind a table that was emptied a page may well be erased.
bool holds_what_a_factory_writes(const StoreScene& scene, const Dct& dct) {
    constexpr std::string_view of_factory[] = {"server_public_key", "server_address", "version_string", "claimed"};
    return std::any_of(std::begin(of_factory), std::end(of_factory), [&](std::string_view name) {
        const auto at = dct.field_at(scene.layout, name);
        return !at.empty() && scene.image.has(at) && !scene.image.erased(at);
    });
}

/// Pages of the table in use that the device's key lies in, where they read erased and what stands beside them says that more stood there: something that a
/// factory writes, or a key that breaks off at its border. Sectors are erased whole and a table is written from its front to its end, so that no write that
/// stopped leaves such a hole; the firmware's own reset leaves its mark in the header.
void add_erased_pages(const StoreScene& scene, const Dct& dct, std::uint32_t page, std::vector<Range>& pages) {
    const auto* copy = dct.current();
    if (scene.layout.dct.store != StoreKind::WicedTable || scene.layout.keys.empty() || !copy || copy->fresh_default || copy->reinitialized_mark) return;
    const auto key = dct.field_at(scene.layout, scene.layout.keys.front().device_key);
    if (key.empty() || !scene.image.has(copy->at)) return;
    for (auto at = copy->at.begin + (key.begin - copy->at.begin) / page * page; at < key.end; at += page) {
        const auto hole = range_of(at, page);
        const bool breaks_off = key.begin < at && scene.image.bytes(range_of(at - 1, 1))[0] != 0xFF;
        if (scene.image.erased(hole) && (breaks_off || holds_what_a_factory_writes(scene, dct))) pages.push_back(hole);
    }
}

/// The same bytes in each page: none of them says what stands at its address.
bool repeats_one_page(const Image& image, Range where, std::uint32_t page) {
    const auto bytes = image.bytes(where);
    if (bytes.size() != where.size() || bytes.size() < 2 * std::size_t{page}) return false;
    return std::equal(bytes.begin() + page, bytes.end(), bytes.begin());
}

std::vector<Range> unread_pages(const StoreScene& scene, const Dct& dct) {
    const auto page = std::min<std::uint32_t>(scene.layout.usb.transfer_size, 0x1000);  // a block of a DFU transfer
    std::vector<Range> pages;
    for (const auto& copy : dct.copies) add_zero_pages(scene.image, copy.at, page, pages);
    add_zero_pages(scene.image, dct.only_place, page, pages);
    add_erased_pages(scene, dct, page, pages);
    const auto only = dct.only_place;
    if (!only.empty() && (scene.image.erased(only) || repeats_one_page(scene.image, only, page))) pages.push_back(dct.only_place);
    return pages;
}

}  // namespace

Dct read_store(const StoreScene& scene) {
    const auto row = std::find_if(std::begin(kinds), std::end(kinds), [&](const StoreRow& each) { return each.kind == scene.layout.dct.store; });
    if (row == std::end(kinds)) return {};
    Dct dct = row->read(scene);
    if (dct.copies.empty() && dct.only_place.empty()) return dct;
    for (const auto& field : scene.layout.dct.fields) dct.fields.push_back(field_fact(scene, dct, field));
    dct.unread_pages = unread_pages(scene, dct);
    return dct;
}

Dct read_dct(const Image& image, const Layout& layout, DctGeneration generation) { return read_store({image, layout, {.table = generation}}); }

const KeySet* key_set_in_use(const Image& image, const Layout& layout, const Dct& dct) {
    for (const auto& set : layout.keys) {
        if (set.when == KeySet::When::Always) return &set;
        const auto bytes = image.bytes(dct.field_at(layout, set.when_field));
        const bool erased = bytes.empty() || bytes[0] == 0xFF;
        if (erased == (set.when == KeySet::When::FieldErased)) return &set;
    }
    return nullptr;
}

}  // namespace photopsy
