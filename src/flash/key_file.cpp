#include "flash/key_file.h"

#include "base/digest.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace photopsy {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t largest_key_file = 8192, largest_binary_key_file = 4096, server_slot_file = 512, server_key_size = 294, server_address_at = 384;

struct Form {
    std::string_view mark;
    KeyFileForm form;
};

constexpr KeyFileForm with_password_as_text{KeyFileKind::PrivateWithPassword, "a private key that is encrypted with a password, as PEM text"};

constexpr Form labels[] = {
    {"ENCRYPTED PRIVATE KEY", with_password_as_text},
    {"RSA PRIVATE KEY", {KeyFileKind::Private, "a private RSA key as PEM text"}},
    {"EC PRIVATE KEY", {KeyFileKind::Private, "a private EC key as PEM text"}},
    {"PRIVATE KEY", {KeyFileKind::Private, "a private key in PKCS#8 form, as PEM text"}},
    {"RSA PUBLIC KEY", {KeyFileKind::Public, "a public RSA key as PEM text"}},
    {"PUBLIC KEY", {KeyFileKind::Public, "a public key as PEM text"}},
};

/// What follows the outer SEQUENCE of each form.
constexpr Form contents[] = {
    {"\x02\x01\x00\x02"sv, {KeyFileKind::Private, "a private RSA key (DER)"}},
    {"\x02\x01\x00\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"sv, {KeyFileKind::Private, "a private RSA key in PKCS#8 form (DER)"}},
    {"\x02\x01\x00\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01"sv, {KeyFileKind::Private, "a private EC key in PKCS#8 form (DER)"}},
    {"\x02\x01\x01\x04\x20"sv, {KeyFileKind::Private, "a private EC key (DER)"}},
    {"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"sv, {KeyFileKind::Public, "a public RSA key (DER)"}},
    {"\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01"sv, {KeyFileKind::Public, "a public EC key (DER)"}},
};

/// The form of the PEM block that begins here; none where its label is not that of a key.
KeyFileForm of_block(std::string_view text, std::size_t begin) {
    const auto label = text.substr(begin + 11, text.find("-----", begin + 11) - begin - 11);
    const auto known = std::find_if(std::begin(labels), std::end(labels), [&](const Form& form) { return form.mark == label; });
    if (known == std::end(labels)) return {};
    return text.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos ? with_password_as_text : known->form;
}

/// Of several blocks a private key counts, as it does for the key commands; else the first key.
KeyFileForm of_text(std::string_view text) {
    KeyFileForm first;
    for (auto begin = text.find("-----BEGIN "); begin != std::string_view::npos; begin = text.find("-----BEGIN ", begin + 11)) {
        const auto form = of_block(text, begin);
        if (form.holds == KeyFileKind::Private || form.holds == KeyFileKind::PrivateWithPassword) return form;
        if (first.holds == KeyFileKind::None) first = form;
    }
    return first;
}

/// The content of the outer SEQUENCE; empty where the bytes begin with none.
std::string_view inside_sequence(std::string_view bytes) {
    if (bytes.size() < 16 || bytes[0] != '\x30') return {};
    const auto length = static_cast<std::uint8_t>(bytes[1]);
    const std::size_t header = length < 0x80 ? 2 : length == 0x81 ? 3 : length == 0x82 ? 4 : 0;
    return header == 0 ? std::string_view() : bytes.substr(header);
}

bool is_encrypted(std::string_view content) {
    constexpr std::array marks = {"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x05"sv, "\x06\x0A\x2A\x86\x48\x86\xF7\x0D\x01\x0C"sv};
    const auto behind = content.size() > 2 && content[0] == '\x30' ? content.substr(2) : std::string_view();
    return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) { return behind.starts_with(mark); });
}

/// The checksums of seven pieces of a key that Particle has published, which tell it without its numbers.
struct PublishedKey {
    bool is_ec = false;
    std::size_t size = 0;
    std::array<std::uint32_t, 7> pieces{};
    std::string_view whole, changed, other;
};
constexpr PublishedKey published_keys[] = {
    {false,
     294,
     {0xD8C5A041, 0xA8D126FA, 0x137D999A, 0xC9CB4223, 0xFC8A8DF5, 0x46E787DD, 0xDFFCABB6},
     "Particle's published server key (DER)",
     "Particle's published server key with wrong bytes in it (DER)",
     "a public RSA key of 2048 bits that is not Particle's server key (DER)"},
    {true,
     91,
     {0x0044F529, 0x034D8145, 0x56DF433D, 0x2FDAEA23, 0x95C6C76A, 0xBF6D2E7A, 0x55FDF0A3},
     "Particle's published server key for UDP devices (DER)",
     "Particle's published server key for UDP devices with wrong bytes in it (DER)",
     "a public EC key that is not Particle's server key for UDP devices (DER)"},
};

/// A server's key, by what is said of its form: is it Particle's? A device's own public key, which is shorter, is left as it is.
KeyFileForm of_public_key(ByteView file, KeyFileForm form) {
    for (const auto& key : published_keys) {
        const bool ec = file[1] == 0x59, rsa2048 = file[1] == 0x82 && file[2] == 0x01 && file[3] == 0x22;  // the length of the outer SEQUENCE
        if (file.size() < key.size || !(key.is_ec ? ec : rsa2048)) continue;
        const auto step = key.size / key.pieces.size();
        std::size_t same = 0;
        for (std::size_t i = 0; i < key.pieces.size(); ++i) same += crc32(file.subspan(i * step, step)) == key.pieces[i];
        form.kind = same == key.pieces.size() ? key.whole : same >= 4 ? key.changed : key.other;
        break;
    }
    return form;
}

/// What `particle keys` reads from the place of the server key, where that is erased: the address behind it is there.
bool is_erased_server_slot(ByteView file) { return file.size() == server_slot_file && all_erased(file.first(server_key_size)) && file[server_address_at] <= 1; }

}  // namespace

KeyFileForm key_file_form(ByteView file) {
    if (file.empty() || file.size() > largest_key_file) return {};
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    if (const auto form = of_text(text); form.holds != KeyFileKind::None) return form;
    if (file.size() > largest_binary_key_file) return {};  // a part of a flash that begins at a key
    if (is_erased_server_slot(file))
        return {KeyFileKind::ErasedServerSlot, "a read of the server key's place, where the key is erased (512 bytes, with the address)"};
    const auto content = inside_sequence(text);
    if (is_encrypted(content)) return {KeyFileKind::PrivateWithPassword, "a private key that is encrypted with a password (DER)"};
    for (const auto& form : contents)
        if (content.starts_with(form.mark)) return form.form.holds == KeyFileKind::Public ? of_public_key(file, form.form) : form.form;
    return {};
}

}  // namespace photopsy
