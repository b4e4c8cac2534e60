#include "mend/key_writing.h"

#include "handshake/ec_slot.h"
#include "handshake/key_forms.h"
#include "handshake/key_text.h"

#include <algorithm>
#include <set>
#include <string>

namespace photopsy {

namespace {

bool fits_primes(const Number& d, const RsaKey& key) {
    return key.e * d % (key.p - Number(1)) == Number(1) && key.e * d % (key.q - Number(1)) == Number(1) && d.bits() <= 1024;
}

std::vector<KeyWriting> possible_writings(ByteView slot, const RsaKey& key, const SlotReading& reading) {
    RsaKey small = key;
    small.d = smallest_d(key);
    std::vector<KeyWriting> list;
    const auto needed = minimal_lengths(key);
    auto bones = reading.bones.lengths;
    for (std::size_t i = 0; i < bones.size(); ++i)
        if (bones[i] + 1 < needed[i]) bones[i] = needed[i];
    for (const auto& lengths : {bones, fixed_lengths, needed, minimal_lengths(small)})
        for (const bool smallest : {false, true}) list.push_back({.lengths = lengths, .smallest_d = smallest});
    if (reading.encoding == KeyEncoding::Unpadded) list.push_back({.lengths = unpadded_lengths(key), .unpadded = true});
    if (reading.bones.extent != 0 && slot.size() >= reading.bones.extent)
        if (const auto seen = read_numbers(slot, reading.bones).d; fits_primes(seen, key)) list.push_back({.lengths = bones, .own_d = seen});
    return list;
}

/// Where the key may begin, by each of its numbers that stands somewhere in the slot.
std::set<int> possible_shifts(ByteView slot, ByteView key) {
    constexpr std::size_t sample = 16, step = 32;
    std::set<int> shifts = {0};
    for (std::size_t offset = 8; offset + sample <= key.size(); offset += step) {
        const auto piece = key.subspan(offset, sample);
        const auto hit = std::search(slot.begin(), slot.end(), piece.begin(), piece.end());
        if (hit != slot.end()) shifts.insert(static_cast<int>(hit - slot.begin()) - static_cast<int>(offset));
    }
    return shifts;
}

std::size_t agreeing(ByteView slot, ByteView key, int shift) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const auto at = static_cast<std::ptrdiff_t>(i) + shift;
        same += at >= 0 && at < static_cast<std::ptrdiff_t>(slot.size()) && slot[static_cast<std::size_t>(at)] == key[i];
    }
    return same;
}

constexpr std::string_view base64_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string as_digits(ByteView bytes, std::string_view letters, unsigned bits) {
    std::string text;
    std::uint32_t gathered = 0;
    unsigned have = 0;
    for (const auto byte : bytes) {
        gathered = gathered << 8 | byte;
        for (have += 8; have >= bits; have -= bits) text += letters[gathered >> (have - bits) & ((1u << bits) - 1)];
    }
    if (have > 0) text += letters[gathered << (bits - have) & ((1u << bits) - 1)];
    return text;
}

/// The letters of a text of digits become those of other bytes, one by one; what stands between them stays if people put it there, else it goes.
struct DigitText {
    std::string_view letters;
    std::string_view between;
    std::string digits;  ///< of the stand-in
    std::size_t next = 0;

    bool is_digit(char c) const {
        const char small = c >= 'A' && c <= 'F' && letters.size() == 16 ? static_cast<char>(c - 'A' + 'a') : c;
        return letters.find(small) != letters.npos;
    }
    char of(char c) {
        if (!is_digit(c)) return between.find(c) != between.npos ? c : 'x';
        return next < digits.size() ? digits[next++] : letters[0];
    }
};

bool is_text_letter(std::uint8_t c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t'; }

/// Lines between which keys stand, and one that says that a key is encrypted: the same in everybody's files.
bool is_known_line(std::string_view line) {
    if (line == "Proc-Type: 4,ENCRYPTED") return true;
    for (const std::string_view label : {"RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "EC PARAMETERS", "PUBLIC KEY",
                                         "RSA PUBLIC KEY", "CERTIFICATE", "OPENSSH PRIVATE KEY", "CERTIFICATE REQUEST", "DSA PRIVATE KEY"})
        for (const std::string_view word : {"BEGIN ", "END "})
            if (line == "-----" + std::string(word) + std::string(label) + "-----") return true;
    return false;
}

/// Of whatever is written as text: a key of either kind, private or public.
SlotBytes stand_in_der(ByteView der, DumpRedaction& redaction) {
    if (!looks_like_ec_key(der)) return stand_in_slot(der, redaction);
    SlotBytes slot(der.begin(), der.end());
    slot.resize(ec_device_slot_size, 0xFF);
    auto instead = stand_in_ec_slot(slot, redaction);
    instead.resize(std::min(der.size(), instead.size()));
    return instead;
}

std::string stand_in_pem(const std::string& text, DumpRedaction& redaction) {
    DigitText body{.letters = base64_letters, .between = "= ", .digits = {}};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        const auto rest = text.substr(at);
        const std::string bare = line.substr(0, line.find('\r'));
        if (bare.starts_with("-----BEGIN ")) {
            const auto block = parse_pem(ByteView(reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()));
            body.next = 0;
            body.digits = block ? as_digits(stand_in_der(block->bytes, redaction), base64_letters, 6) : "";
        }
        const bool header = bare.find(": ") != bare.npos;
        if (!is_known_line(bare))
            for (auto& c : line) c = c == '\r' ? c : header ? 'x' : body.of(c);
        out += line;
        if (end < text.size()) out += '\n';
        at = end + 1;
    }
    return out;
}

/// All but the letters of hexadecimal numbers that stand in front of a byte: "0x".
std::string stand_in_digits(const std::string& text, const UnwrappedKey& key, DumpRedaction& redaction) {
    const bool hexadecimal = key.how.find("hexadecimal") != key.how.npos;
    DigitText digits{.letters = hexadecimal ? std::string_view("0123456789abcdef") : base64_letters,
                     .between = hexadecimal ? " \t\r\n:,;-{}[]()\"\\xX" : " \t\r\n=",
                     .digits = {}};
    auto der = stand_in_der(key.der, redaction);
    if (key.how.find("PKCS#8") != key.how.npos) der = wrap_pkcs8(der);
    digits.digits = as_digits(der, digits.letters, hexadecimal ? 4 : 6);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool prefix = hexadecimal && text[i] == '0' && i + 1 < text.size() && (text[i + 1] == 'x' || text[i + 1] == 'X');
        out += prefix ? '0' : digits.of(text[i]);
    }
    return out;
}

}  // namespace

SlotBytes turned_round(ByteView given, std::size_t group) {
    SlotBytes bytes(given.begin(), given.end());
    for (std::size_t i = 0; i + group <= bytes.size(); i += group)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + group));
    return bytes;
}

SlotBytes write_as(const KeyWriting& writing, const RsaKey& key) {
    RsaKey copy = key;
    if (writing.smallest_d) copy.d = smallest_d(key);
    if (writing.own_d && fits_primes(*writing.own_d, key)) copy.d = *writing.own_d;
    return writing.unpadded ? encode_unpadded(copy) : encode_pkcs1(copy, writing.lengths);
}

KeyWriting writing_of(ByteView slot, const RsaKey& key, const SlotReading& reading) {
    const bool displaced = reading.encoding == KeyEncoding::Other || reading.encoding == KeyEncoding::Pkcs8;
    KeyWriting best;
    std::size_t most = 0;
    for (const std::size_t group : {1u, 2u, 4u, 8u}) {
        if (group > 1 && !displaced) break;
        const auto bytes = turned_round(slot, group);
        for (auto writing : possible_writings(slot, key, reading)) {
            const auto written = write_as(writing, key);
            for (const int shift : displaced ? possible_shifts(bytes, written) : std::set<int>{0}) {
                const auto same = agreeing(bytes, written, shift);
                if (same <= most) continue;
                most = same;
                best = writing;
                best.shift = shift;
                best.group = group;
            }
        }
    }
    return best;
}

SlotBytes stand_in_text(ByteView slot, DumpRedaction& redaction) {
    const auto keys = unwrap_text(slot);
    if (keys.empty()) return {};
    const auto end = std::find_if_not(slot.begin(), slot.end(), is_text_letter);
    const std::string text(slot.begin(), end);
    if (text.empty()) return {};  // letters of 16 bits
    const bool pem = keys.front().how.find("PEM") != std::string::npos;
    const auto instead = pem ? stand_in_pem(text, redaction) : stand_in_digits(text, keys.front(), redaction);
    SlotBytes out(slot.begin(), slot.end());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = i < instead.size() ? static_cast<std::uint8_t>(instead[i]) : slot[i] == 0xFF || slot[i] == 0 ? slot[i] : std::uint8_t{'x'};
    return out;
}

}  // namespace photopsy
