#include "support/plants.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace photopsy::test {

namespace {

constexpr std::size_t run_size = 8;

Bytes text(const std::string& letters) { return {letters.begin(), letters.end()}; }

Bytes grouped(const Bytes& bytes, std::size_t group) {
    Bytes out = bytes;
    for (std::size_t i = 0; i < out.size(); i += group)
        std::reverse(out.begin() + static_cast<std::ptrdiff_t>(i), out.begin() + static_cast<std::ptrdiff_t>(std::min(out.size(), i + group)));
    return out;
}

std::string each(const Bytes& bytes, const std::function<std::string(std::uint8_t)>& spell) {
    std::string out;
    for (const auto byte : bytes) out += spell(byte);
    return out;
}

std::string digits(const Bytes& bytes, std::string_view letters, unsigned bits) {
    std::string out;
    std::uint32_t gathered = 0;
    unsigned have = 0;
    for (const auto byte : bytes) {
        gathered = gathered << 8 | byte;
        for (have += 8; have >= bits; have -= bits) out += letters[gathered >> (have - bits) & ((1u << bits) - 1)];
    }
    if (have) out += letters[gathered << (bits - have) & ((1u << bits) - 1)];
    return out;
}

Bytes wide(const Bytes& letters) {
    Bytes out;
    for (const auto byte : letters) out.insert(out.end(), {byte, 0});
    return out;
}

std::string words(const Bytes& bytes) {
    std::string out;
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) out += fmt::format("0x{:08x}, ", little_endian<std::uint32_t>(ByteView(bytes).subspan(i)));
    return out;
}

std::uint64_t packed(const std::uint8_t* bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < run_size; ++i) value = value << 8 | bytes[i];
    return value;
}

bool is_dull(const std::uint8_t* bytes) {
    std::array<std::uint8_t, run_size> sorted{};
    std::copy_n(bytes, run_size, sorted.begin());
    std::sort(sorted.begin(), sorted.end());
    return std::unique(sorted.begin(), sorted.end()) - sorted.begin() < 4;
}

Bytes rolled(Dice& dice, std::size_t size, std::string_view letters) {
    Bytes bytes;
    for (std::size_t i = 0; i < size; ++i)
        bytes.push_back(letters.empty() ? static_cast<std::uint8_t>(dice.below(256)) : static_cast<std::uint8_t>(letters[dice.below(letters.size())]));
    return bytes;
}

/// A few keys for all: making one takes some milliseconds.
const RsaKey& one_of_the_keys(Dice& dice) {
    static const std::vector<RsaKey> keys = [] {
        Dice own(77);
        std::vector<RsaKey> list;
        for (int i = 0; i < 6; ++i) list.push_back(rolled_key(own));
        return list;
    }();
    return keys[dice.below(keys.size())];
}

constexpr std::string_view base64_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view web_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view base32_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

}  // namespace

PlantedSecret rolled_secret(Dice& dice) {
    constexpr std::size_t front_of_key = 180;  // header, modulus, exponent, head of d; all spellings of what follows begin anew there
    const auto& key = one_of_the_keys(dice);
    switch (dice.below(13)) {
        case 0:
            return {"device key", encode_for_device(key), front_of_key};
        case 1:
            return {"d", key.d.bytes(128)};
        case 2:
            return {"p", key.p.bytes(64)};
        case 3:
            return {"q", key.q.bytes(64)};
        case 4:
            return {"dP", key.dp.bytes(64)};
        case 5:
            return {"dQ", key.dq.bytes(64)};
        case 6:
            return {"qInv", key.qinv.bytes(64)};
        case 7:
            return {"EC key", rolled(dice, 32, "")};
        case 8:
            return {"passphrase", rolled(dice, 12 + dice.below(50), base64_letters)};
        case 9:
            return {"claim code", rolled(dice, 63, base64_letters)};
        case 10:
            return {"device secret", rolled(dice, 15, base32_letters)};
        case 11:
            return {"device key without padding", encode_pkcs1(key, minimal_lengths(key)), front_of_key};
        default:
            return {"values of an application", rolled(dice, 24 + dice.below(60), "")};
    }
}

const std::vector<Spelling>& spellings() {
    static const std::vector<Spelling> all = {
        {"raw", [](const Bytes& b) { return b; }},
        {"little-endian", [](const Bytes& b) { return Bytes(b.rbegin(), b.rend()); }},
        {"words turned round", [](const Bytes& b) { return grouped(b, 4); }},
        {"halfwords turned round", [](const Bytes& b) { return grouped(b, 2); }},
        {"hexadecimal", [](const Bytes& b) { return text(each(b, [](auto c) { return fmt::format("{:02x}", c); })); }},
        {"HEXADECIMAL", [](const Bytes& b) { return text(each(b, [](auto c) { return fmt::format("{:02X}", c); })); }},
        {"hexadecimal with colons", [](const Bytes& b) { return text(each(b, [](auto c) { return fmt::format("{:02x}:", c); })); }},
        {"C array", [](const Bytes& b) { return text(each(b, [](auto c) { return fmt::format("0x{:02x}, ", c); })); }},
        {"base64", [](const Bytes& b) { return text(digits(b, base64_letters, 6)); }},
        {"base64 for the web", [](const Bytes& b) { return text(digits(b, web_letters, 6)); }},
        {"base32", [](const Bytes& b) { return text(digits(b, base32_letters, 5)); }},
        {"UTF-16", [](const Bytes& b) { return wide(b); }},
        {"UTF-16 of hexadecimal", [](const Bytes& b) { return wide(text(each(b, [](auto c) { return fmt::format("{:02x}", c); }))); }},
        {"octal", [](const Bytes& b) { return text(each(b, [](auto c) { return fmt::format("\\{:03o}", c); })); }},
        {"decimal", [](const Bytes& b) { return text(each(b, [](auto c) { return fmt::format("{}, ", c); })); }},
        {"words of 32 bits", [](const Bytes& b) { return text(words(b)); }}};
    return all;
}

void SurvivorSearch::add_runs(const Bytes& written, std::size_t size) {
    texts_.push_back(written);
    for (std::size_t at = 0; at + size <= written.size(); ++at)
        if (!is_dull(written.data() + at)) runs_.emplace(packed(written.data() + at), Run{texts_.size() - 1, at, size});
}

void SurvivorSearch::add(const PlantedSecret& secret, const Spelling& spelling) {
    const Bytes hidden(secret.bytes.begin() + static_cast<std::ptrdiff_t>(secret.public_front), secret.bytes.end());
    const auto written = spelling.write(hidden);
    add_runs(hidden, run_size);
    add_runs(written, std::max(run_size, run_size * written.size() / hidden.size()));
}

std::optional<std::size_t> SurvivorSearch::first_in(const Bytes& bytes) const {
    for (std::size_t at = 0; at + run_size <= bytes.size(); ++at) {
        const auto [begin, end] = runs_.equal_range(packed(bytes.data() + at));
        for (auto found = begin; found != end; ++found) {
            const auto& run = found->second;
            if (at + run.size <= bytes.size() &&
                std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at + run.size),
                           texts_[run.text].begin() + static_cast<std::ptrdiff_t>(run.at)))
                return at;
        }
    }
    return {};
}

void plant(Bytes& flash, std::size_t at, const Bytes& bytes) {
    for (std::size_t i = 0; i < bytes.size() && at + i < flash.size(); ++i) flash[at + i] = bytes[i];
}

void plant_in_cells(Bytes& flash, std::size_t page_at, std::size_t page_size, std::size_t first_record, const Bytes& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto at = page_at + 4 + (first_record + i) * 4;
        if (at + 4 > page_at + page_size || at + 4 > flash.size()) return;
        const Bytes record = {bytes[i], 0, static_cast<std::uint8_t>(first_record + i), static_cast<std::uint8_t>((first_record + i) >> 8)};
        std::copy(record.begin(), record.end(), flash.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

}  // namespace photopsy::test
