#include "support/sample/module.h"

#include "base/digest.h"
#include "support/sample/stream.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::uint32_t header_size = 24;

void put16(Bytes& bytes, std::size_t at, std::uint32_t value) {
    bytes[at] = static_cast<std::uint8_t>(value);
    bytes[at + 1] = static_cast<std::uint8_t>(value >> 8);
}
void put32(Bytes& bytes, std::size_t at, std::uint32_t value) {
    put16(bytes, at, value);
    put16(bytes, at + 2, value >> 16);
}

/// Halfwords that look like Thumb code: loads, stores, moves, adds, compares, short branches. Registers and offsets vary, operations hardly, so the
/// bytes carry about as much information as those of real code (some 6.5 bits each).
void fill_code(Bytes& bytes, Stream& stream) {
    constexpr std::array<std::uint16_t, 12> forms{0x4604, 0x6823, 0x2A01, 0x3104, 0x1C52, 0xD1F9, 0xB5F8, 0x60A3, 0x7823, 0x4B12, 0x9A03, 0x425B};
    for (std::size_t at = 0; at + 2 <= bytes.size(); at += 2) {
        const auto drawn = stream.next();
        const auto word = static_cast<std::uint16_t>(forms[drawn % forms.size()] ^ ((drawn >> 8) & 0x013F));
        for (std::size_t i = 0; i < 2; ++i) bytes[at + i] = static_cast<std::uint8_t>(std::clamp((word >> (8 * i)) & 0xFF, 1, 0xFE));
    }
}

class Builder {
public:
    explicit Builder(const ModuleSpec& spec) : spec_(spec), stream_(spec.seed, "module"), bytes_(spec.length + 4) {
        header_ = spec.has_vectors ? spec.vector_size : 0;
        code_ = header_ + header_size + 4 * static_cast<std::uint32_t>(spec.exports.size());
        code_ += 4 * std::accumulate(spec.exports.begin(), spec.exports.end(), 0u) + 4 * static_cast<std::uint32_t>(spec.exports.size());
        stubs_ = code_ + 64;
    }

    Bytes build() {
        fill_code(bytes_, stream_);
        if (spec_.has_vectors) vectors();
        header();
        exports();
        imports();
        carried();
        suffix();
        return std::move(bytes_);
    }

private:
    /// An odd address inside the module's code: what every function pointer is.
    Address function_pointer() { return (spec_.linked_at + code_ + stream_.below(spec_.length - code_ - 64)) | 1u; }

    void vectors() {
        const bool is_part1 = spec_.function == 4 && spec_.index == 1;  // only stack and reset (modules/shared/stm32f2xx/inc/system_part1_loader.c@v2.3.1:39)
        for (std::size_t word = 0; word < spec_.vector_size / 4; ++word) {
            const bool reserved = (word >= 7 && word <= 10) || word == 13;
            put32(bytes_, 4 * word, word == 0 ? spec_.stack_top : reserved || (is_part1 && word > 1) ? 0 : function_pointer());
        }
    }

    void header() {
        put32(bytes_, header_, spec_.linked_at);
        put32(bytes_, header_ + 4, spec_.linked_at + spec_.length);
        put16(bytes_, header_ + 8, 0);
        put16(bytes_, header_ + 10, spec_.version);
        put16(bytes_, header_ + 12, spec_.platform_id);
        put16(bytes_, header_ + 14, spec_.function | static_cast<unsigned>(spec_.index) << 8);
        need(16, spec_.need);
        need(20, spec_.need2);
    }
    void need(std::uint32_t at, const Need& need) {
        put16(bytes_, header_ + at, need.function | static_cast<unsigned>(need.index) << 8);
        put16(bytes_, header_ + at + 2, need.version);
    }

    void exports() {
        std::uint32_t pointer = header_ + header_size, table = pointer + 4 * static_cast<std::uint32_t>(spec_.exports.size());
        for (const auto entries : spec_.exports) {
            put32(bytes_, pointer, spec_.linked_at + table);
            pointer += 4;
            for (unsigned i = 0; i < entries; ++i, table += 4) put32(bytes_, table, function_pointer());
            put32(bytes_, table, 0);
            table += 4;
        }
    }

    /// push {r3, lr}; ldr r3, [pc, #8]; ldr r3, [r3]; ldr r3, [r3, #4*i]; str r3, [sp, #4]; pop {r3, pc}; literal.
    void imports() {
        std::uint32_t at = stubs_;
        for (const auto slot : spec_.imports) {
            const auto function = stream_.below(2);
            for (const std::uint32_t word : {0xB508u, 0x4B02u, 0x681Bu, 0x681Bu | function << 6, 0x9301u, 0xBD08u}) {
                put16(bytes_, at, word);
                at += 2;
            }
            put32(bytes_, at, slot);
            at += 4;
        }
    }

    /// In the last third, as updaters have it; the module is long enough for it.
    void carried() {
        if (spec_.carries.empty()) return;
        const auto at = (spec_.length - 64 - spec_.carries.size()) & ~std::size_t{3};
        std::copy(spec_.carries.begin(), spec_.carries.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
    }

    void suffix() {
        const std::size_t end = spec_.length;
        if (spec_.suffix_size >= 40) {
            put16(bytes_, end - 40, spec_.product_id);
            put16(bytes_, end - 38, spec_.product_version);
        }
        put16(bytes_, end - 36, 0);
        put16(bytes_, end - 2, spec_.suffix_size);
        const auto digest = sha256(ByteView(bytes_).first(end - 34));
        std::copy(digest.begin(), digest.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(end - 34));
        if (spec_.placeholder)
            std::iota(bytes_.begin() + static_cast<std::ptrdiff_t>(end - 34), bytes_.begin() + static_cast<std::ptrdiff_t>(end - 2), std::uint8_t{1});
        const auto crc = spec_.placeholder ? 0x78563412u : crc32(ByteView(bytes_).first(end));
        for (std::size_t i = 0; i < 4; ++i) bytes_[end + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }

    const ModuleSpec& spec_;
    Stream stream_;
    Bytes bytes_;
    std::uint32_t header_ = 0, code_ = 0, stubs_ = 0;
};

/// Entries of the export tables by system version (docs/formats/module.md, measured on released binaries).
std::vector<unsigned> exports_of(std::uint8_t function, std::uint8_t index, std::uint16_t system) {
    if (function == 5) return {4};
    if (function != 4) return {};
    if (index == 3) return {4, 6, 8, 5, 3, 7};
    if (index == 1) {
        if (system < 100) return {19, 2, 2, 16};
        if (system < 200) return {24, 3, 2, 36};
        return system < 2000 ? std::vector<unsigned>{28, 4, 2, 56, 125} : std::vector<unsigned>{28, 4, 3, 56, 125};
    }
    if (system < 100) return {14, 3, 8, 9, 16, 16, 9, 21, 13, 20, 15, 12, 10};
    if (system < 200) return {23, 15, 34, 9, 33, 36, 16, 33, 16, 26, 23, 14, 15, 27, 10, 26, 5, 1};
    if (system < 2000) return {25, 16, 45, 9, 37, 37, 16, 37, 18, 33, 23, 16, 17, 35, 10, 27, 5, 1, 6, 1};
    return {27, 18, 48, 9, 38, 40, 17, 41, 19, 33, 24, 18, 18, 36, 10, 27, 5, 1, 6, 1, 3};
}

/// User parts and third system parts begin with their header.
bool has_vectors(const ModuleSlot& slot) { return slot.function != 5 && !(slot.function == 4 && slot.index == 3); }

/// Slots of the export table of another module that stubs of this one go through. Every release has these tables and two entries in each.
std::vector<Address> imports_of(const Layout& layout, std::uint8_t function, std::uint8_t index) {
    const auto tables_at = [&](const ModuleSlot* slot) -> Address {
        if (!slot) return 0;
        return slot->at.begin + (has_vectors(*slot) ? layout.vector_size : 0) + header_size;
    };
    std::vector<Address> slots;
    const auto add = [&](const ModuleSlot* slot, unsigned tables) {
        for (unsigned k = 0; k < tables; ++k)
            if (const auto at = tables_at(slot)) slots.push_back(at + 4 * k);
    };
    if (function == 5) add(layout.system_part(2), 12), add(layout.system_part(1), 3);
    if (function == 4 && index != 2) add(layout.system_part(2), 10);
    if (function == 4 && index == 2) add(layout.system_part(1), 4), add(layout.slot("user"), 1);
    return slots;
}

}  // namespace

std::vector<std::uint8_t> build_module(const ModuleSpec& spec) { return Builder(spec).build(); }

ModuleSpec spec_of(const Layout& layout, const ModuleSlot& slot, const Release& release, std::uint64_t seed) {
    ModuleSpec spec{.linked_at = slot.at.begin, .function = slot.function, .index = slot.index, .platform_id = layout.platform_id};
    const auto wobble = 4u * (release.system % 97u);  // releases differ in size
    spec.has_vectors = has_vectors(slot);
    spec.exports = exports_of(spec.function, spec.index, release.system);
    spec.imports = imports_of(layout, spec.function, spec.index);
    spec.suffix_size = release.system <= 2 ? 36 : 40;
    spec.version = spec.function == 2 ? release.bootloader : spec.function == 5 ? release.user : release.system;
    if (spec.function == 2)
        spec.length = 0x3A00 + 4u * (release.bootloader % 17u);
    else if (spec.function == 5)
        spec.length = 0x1400 + wobble;
    else
        spec.length = (spec.index == 1 ? 0x3A000 : release.system <= 2 ? 0x1E800 : 0x3F800) + wobble;
    if (spec.function == 3) {  // firmware in one piece; its header names no release before 0.7.0
        spec.vector_size = layout.vector_size;
        spec.stack_top = 0x20005000;
        spec.version = release.system >= 200 ? release.system : 0;
        spec.length = 0x17000 + wobble;
    }
    const bool three_parts = layout.boot == BootKind::ThreeParts;
    if (three_parts && spec.function == 4) spec.length = (spec.index == 3 ? 0x13000 : spec.index == 1 ? 0x1BC00 : 0x1E000) + wobble;
    if (three_parts && spec.function == 4 && spec.index == 1 && release.system >= 102) spec.need = {4, 3, release.system};
    if (spec.function == 4 && spec.index == 3 && release.system >= 200) spec.need = {4, 2, 110};
    if (spec.function == 5) spec.need = {4, 2, release.system};
    if (spec.function == 4 && spec.index == 2) spec.need = {4, 1, release.system};
    if (spec.function == 4 && spec.index == 2 && release.part2_needs_bootloader) spec.need2 = {2, 0, release.part2_needs_bootloader};
    if (!three_parts && spec.function == 4 && spec.index == 1 && release.part1_needs_part2) spec.need = {4, 2, release.part1_needs_part2};
    spec.seed = Stream(seed, release.name).next() + 1000u * slot.function + slot.index;
    return spec;
}

}  // namespace photopsy::sample
