#include "flash/table_upload.h"

#include "base/digest.h"
#include "flash/anchors.h"

#include <algorithm>
#include <string_view>

namespace photopsy {

namespace {

using namespace std::string_view_literals;

/// Finds the fields of a table in its application data alone.
class Fields {
public:
    Fields(ByteView upload, const Layout& layout) : upload_(upload), layout_(layout) {}

    bool begins_with(std::string_view field, std::string_view text) const {
        const auto bytes = bytes_of(field);
        return bytes.size() >= text.size() &&
               std::equal(text.begin(), text.end(), bytes.begin(), [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    }
    /// A name with its type and length in front, as the firmware reads it; the bytes of a program are none.
    bool names_a_server(std::string_view field) const {
        constexpr std::uint8_t domain = 1, longest = 126;
        const auto bytes = bytes_of(field);
        if (bytes.size() < 2 || bytes[0] != domain || bytes[1] == 0 || bytes[1] > longest || bytes.size() < 2u + bytes[1]) return false;
        return is_text(bytes.subspan(2, bytes[1]));
    }
    bool holds_text(std::string_view field) const {
        auto bytes = bytes_of(field);
        while (!bytes.empty() && (bytes.back() == 0xFF || bytes.back() == 0)) bytes = bytes.first(bytes.size() - 1);
        return !bytes.empty() && is_text(bytes);
    }

private:
    static bool is_text(ByteView bytes) {
        return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; });
    }
    ByteView bytes_of(std::string_view name) const {
        const auto* field = layout_.dct.field(name);
        return field && field->offset + field->size <= upload_.size() ? upload_.subspan(field->offset, field->size) : ByteView{};
    }

    ByteView upload_;
    const Layout& layout_;
};

std::size_t room_of(const Layout& layout) { return layout.dct.copies.front().size() - layout.dct.application_offset; }

/// An upload of 16 KiB runs on into the sector behind the copy: the other copy, or the first EEPROM page.
bool next_sector_follows(ByteView upload, const Layout& layout) {
    constexpr std::uint32_t page_in_use = 0xFFFF0000, page_copied_to = 0xFFFFEEEE, dcd_watermark = 0x1E1C279A;
    const auto room = room_of(layout);
    if (upload.size() < room + 4) return false;
    const auto word = little_endian<std::uint32_t>(upload.subspan(room));
    if (word == page_in_use || word == page_copied_to) return true;
    if (layout.dct.store == StoreKind::Dcd) return word == dcd_watermark;  // eight bytes of that sector are all that there is
    Anchor anchor;
    return read_anchor(upload, room, layout, anchor) && anchor.kind == Anchor::Kind::Table;
}

/// The footer that code from 0.7.0 on writes: its watermark, or the checksum of all before it (services/inc/dcd.h@v0.7.0:98-213).
bool footer_follows(ByteView upload, const Layout& layout) {
    constexpr std::uint32_t dcd_watermark = 0x1E1C279A;
    const auto room = room_of(layout);
    if (layout.dct.store != StoreKind::Dcd || upload.size() < room) return false;
    const auto word = [&](std::size_t before_end) { return little_endian<std::uint32_t>(upload.subspan(room - before_end)); };
    return word(8) == dcd_watermark || (word(4) != 0xFFFFFFFF && crc32(upload.first(room - 4)) == word(4));
}

/// EC keys and the name of a server for UDP.
int marks_of_udp(const Fields& fields) {
    return fields.begins_with("alt_device_private_key", "\x30\x77\x02\x01\x01\x04\x20"sv) +
           fields.begins_with("alt_device_private_key", "\x30\x78\x02\x01\x01\x04\x21"sv) + fields.begins_with("alt_server_public_key", "\x30\x59\x30\x13"sv) +
           fields.names_a_server("alt_server_address");
}
/// `particle keys protocol` writes it, for a device that can do both.
int mark_of_transport(const Fields& fields) { return fields.begins_with("cloud_transport", "\0"sv); }

/// An RSA key of the device's own, the name of a server for TCP, and what the factory and the setup network leave in a device with Wi-Fi.
int marks_of_wifi(const Fields& fields) {
    return fields.begins_with("device_private_key", "\x30\x82"sv) + fields.names_a_server("server_address") + fields.holds_text("version_string") +
           fields.holds_text("device_code");
}

/// In the data of every kind of table. Of the system flags (header 0xACC0) the factory writes the first byte alone.
int marks_of_any(const Fields& fields) {
    return fields.begins_with("device_private_key", "\x30\x82"sv) + fields.begins_with("device_public_key", "\x30\x81\x9F\x30"sv) +
           fields.begins_with("server_public_key", "\x30\x82\x01\x22"sv) +
           fields.begins_with("server_address",
                              "\x01\x0F"
                              "device.spark.io"sv) +
           (fields.begins_with("system_flags", "\xC0\xAC"sv) || fields.begins_with("system_flags", "\xC0\xFF\xFF\xFF"sv));
}

}  // namespace

UploadMarks upload_marks(ByteView upload, const Layout& layout) {
    const Fields fields(upload, layout);
    const bool over_udp = layout.dct.store == StoreKind::Dcd;
    const int udp = marks_of_udp(fields);
    UploadMarks marks{.own = over_udp ? udp + mark_of_transport(fields) : marks_of_wifi(fields)};
    marks.of_store = next_sector_follows(upload, layout) || footer_follows(upload, layout);
    marks.all = marks_of_any(fields) + (over_udp ? udp : 0) + marks.of_store;
    return marks;
}

ByteView without_filling(ByteView file, const Layout& layout) {
    const std::size_t usual_size = layout.dct.copies.front().size();
    if (file.size() <= usual_size) return file;
    const auto rest = file.subspan(usual_size);
    return all_erased(rest) || all_equal(rest, 0) ? file.first(usual_size) : file;
}

bool is_table_upload(ByteView file, const Layout& layout) {
    const auto store = layout.dct.store;
    if ((store != StoreKind::WicedTable && store != StoreKind::Dcd) || layout.dct.copies.empty()) return false;
    const auto upload = without_filling(file, layout);
    const std::size_t usual_size = layout.dct.copies.front().size();
    if (upload.size() > usual_size || upload.size() < 64) return false;
    return upload_marks(upload, layout).all >= (file.size() == usual_size ? 1 : 2);
}

const Layout* device_of_upload(ByteView file) {
    constexpr int clearly = 2;  // keys for the other transport may have been written by hand
    const Layout *best = nullptr, *first = nullptr;
    int best_own = 0, others_own = 0;
    for (const auto name : builtin_layout_names()) {
        const auto& device = *builtin_layout(name);
        if ((first && device.dct.store == first->dct.store) || !is_table_upload(file, device)) continue;
        if (!first) first = &device;
        const auto marks = upload_marks(without_filling(file, device), device);
        if (marks.of_store) return &device;
        if (marks.own > best_own) {
            others_own = best_own;
            best_own = marks.own;
            best = &device;
        } else {
            others_own = std::max(others_own, marks.own);
        }
    }
    const bool told = best && (others_own == 0 || best_own - others_own >= clearly);
    return told ? best : nullptr;
}

}  // namespace photopsy
