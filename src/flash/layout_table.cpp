#include "flash/layout_table.h"

#include <algorithm>
#include <concepts>
#include <tuple>
#include <type_traits>

namespace photopsy {

namespace {

/// T, to be written or to be read.
template <class T, class Plain>
concept Is = std::same_as<std::remove_const_t<T>, Plain>;

// The fields of each part, in the one order in which they are written and read.
auto fields(Is<Range> auto& it) { return std::tie(it.begin, it.end); }
auto fields(Is<Sector> auto& it) { return std::tie(it.number, it.at, it.writable_by_dfu); }
auto fields(Is<LayoutRegion> auto& it) { return std::tie(it.name, it.title, it.at); }
auto fields(Is<ModuleSlot> auto& it) {
    return std::tie(it.name, it.title, it.at, it.linked_at, it.function, it.index, it.required, it.file_name, it.export_tables);
}
auto fields(Is<DctField> auto& it) { return std::tie(it.name, it.title, it.offset, it.size, it.secret, it.since); }
auto fields(Is<DctLayout> auto& it) { return std::tie(it.store, it.copies, it.application_offset, it.system_fields, it.fields); }
auto fields(Is<KeySet> auto& it) {
    return std::tie(it.kind, it.transport, it.device_key, it.server_key, it.server_address, it.made_by_device, it.public_cache, it.when, it.when_field);
}
auto fields(Is<PublishedServerKey> auto& it) { return std::tie(it.name, it.algorithm, it.sha256, it.host); }
auto fields(Is<UsbAlternate> auto& it) { return std::tie(it.number, it.holds, it.memory_map); }
auto fields(Is<UsbIdentity> auto& it) {
    return std::tie(it.vendor, it.dfu_product, it.serial_product, it.memory_map, it.transfer_size, it.placeholder_serial, it.alternates);
}
auto fields(Is<ExternalFlash> auto& it) { return std::tie(it.title, it.at, it.erase_unit, it.regions); }
auto fields(Is<BootloaderGeneration> auto& it) { return std::tie(it.from, it.releases, it.serial_is_device_id, it.winusb, it.bcd_device, it.poll_ms); }
auto fields(Is<Layout> auto& it) {
    return std::tie(it.name, it.title, it.platform_id, it.button, it.flash, it.vector_mask, it.vector_value, it.vector_size, it.sectors, it.regions, it.slots,
                    it.dct, it.keys, it.boot, it.system_slots, it.external, it.eeprom_pages, it.usb, it.bootloaders, it.server_keys, it.limits);
}

template <class T>
concept Number = std::integral<T> || std::is_enum_v<T>;

class TableWriter {
public:
    void add(const Number auto& value) {
        const auto number = static_cast<std::uint32_t>(value);
        for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(number >> shift & 0xFF);
    }
    void add(const std::string& text) {
        add(static_cast<std::uint32_t>(text.size()));
        bytes_ += text;
    }
    template <class T>
    void add(const std::vector<T>& list) {
        add(static_cast<std::uint32_t>(list.size()));
        for (const auto& item : list) add(item);
    }
    template <class T>
    void add(const std::optional<T>& value) {
        add(value.has_value());
        if (value) add(*value);
    }
    void add(const auto& part) {
        std::apply([this](const auto&... each) { (add(each), ...); }, fields(part));
    }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

class TableBytes {
public:
    explicit TableBytes(std::string_view bytes) : rest_(bytes) {}

    void get(Number auto& value) { value = static_cast<std::remove_reference_t<decltype(value)>>(number()); }
    void get(std::string& text) {
        const std::size_t size = length();
        text = rest_.substr(0, size);
        rest_.remove_prefix(size);
    }
    template <class T>
    void get(std::vector<T>& list) {
        list.resize(length());  // an item has a byte at least
        for (auto& item : list) get(item);
    }
    template <class T>
    void get(std::optional<T>& value) {
        if (number() != 0) get(value.emplace());
    }
    void get(auto& part) {
        std::apply([this](auto&... each) { (get(each), ...); }, fields(part));
    }

private:
    std::size_t length() {
        const std::size_t told = number();
        return std::min(told, rest_.size());
    }
    std::uint32_t number() {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4 && i < rest_.size(); ++i) value |= std::uint32_t{static_cast<std::uint8_t>(rest_[i])} << (8 * i);
        rest_.remove_prefix(std::min<std::size_t>(4, rest_.size()));
        return value;
    }

    std::string_view rest_;
};

}  // namespace

std::string layout_table(const Layout& layout) {
    TableWriter writer;
    writer.add(layout);
    return writer.take();
}

Layout layout_from_table(std::string_view table) {
    Layout layout;
    TableBytes(table).get(layout);
    return layout;
}

}  // namespace photopsy
