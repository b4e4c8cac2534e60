#pragma once
// A place for the files of a command's test, and what every refusal of a key command must be.
#include "base/hex.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "support/keys.h"
#include "support/output_text.h"
#include "support/shared.h"
#include "support/spoken.h"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>

namespace photopsy::test {

class KeyFolder {
public:
    explicit KeyFolder(const std::string& name) : path_(std::filesystem::temp_directory_path() / ("photopsy-" + name + "-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~KeyFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    KeyFolder(const KeyFolder&) = delete;
    KeyFolder& operator=(const KeyFolder&) = delete;

    std::string file(const std::string& name) const { return (path_ / name).string(); }
    std::string put(const std::string& name, const Bytes& bytes) const {
        std::ofstream(file(name), std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        return file(name);
    }
    std::string put(const std::string& name, const std::string& text) const { return put(name, Bytes(text.begin(), text.end())); }
    Bytes get(const std::string& name) const {
        std::ifstream stream(file(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    std::size_t count() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
    }
    /// Permission bits, 0 where there is no such file.
    unsigned mode(const std::string& name) const {
        struct stat found {};
        return ::lstat(file(name).c_str(), &found) == 0 ? found.st_mode & 0777 : 0;
    }

private:
    std::filesystem::path path_;
};

inline std::string public_pem(const RsaKey& key) { return to_pem(device_spki(key.n.bytes(128)), "PUBLIC KEY"); }

/// Eight bytes in a row of a secret number stand in the text, as bytes or as hexadecimal digits.
inline bool tells_secret(const std::string& text, const RsaKey& key) {
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
    for (const Number* number : {&key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qinv}) {
        const auto bytes = number->bytes(128);
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            const ByteView part = ByteView(bytes).subspan(at, 8);
            if (std::all_of(part.begin(), part.end(), [](auto byte) { return byte == 0; })) continue;
            if (has(text, std::string(part.begin(), part.end())) || has(lower, hex(part))) return true;
        }
    }
    return false;
}

}  // namespace photopsy::test
