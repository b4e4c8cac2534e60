// A file that is something else gets no verdict on a device: neither on its start nor on its connection, no advice about firmware, and nothing that
// writes. Files of this machine's /usr, of every kind that is there, and kinds made here; as they are, and filled up to the size of a flash with FF or 00 at
// any place. PHOTOPSY_FULL=1: each in all forms.
#include "catch.h"
#include "flash/toy_flash.h"
#include "photopsy.h"
#include "support/shared.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Foreign {
    std::string name;
    Bytes bytes;
};

constexpr std::size_t flash_size = 0x100000;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

Bytes bytes_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A few files of each ending, so that many kinds are among them; the same ones each time on one machine.
std::vector<Foreign> files_of_this_machine(std::size_t wanted) {
    std::map<std::string, std::vector<std::filesystem::path>> by_ending;
    std::error_code trouble;
    constexpr std::size_t most_of_one = 12;
    for (const auto* folder : {"/usr/bin", "/usr/lib", "/usr/share", "/usr/include"})
        for (std::filesystem::recursive_directory_iterator entry(folder, std::filesystem::directory_options::skip_permission_denied, trouble), end;
             entry != end; entry.increment(trouble)) {
            if (trouble) break;
            if (!entry->is_regular_file(trouble) || entry->is_symlink(trouble)) continue;
            const auto size = entry->file_size(trouble);
            auto& same = by_ending[entry->path().extension().string()];
            if (size >= 16 && size <= flash_size && same.size() < most_of_one) same.push_back(entry->path());
        }
    std::vector<Foreign> files;
    for (std::size_t round = 0; round < most_of_one && files.size() < wanted; ++round)
        for (const auto& [ending, paths] : by_ending)
            if (round < paths.size() && files.size() < wanted) files.push_back({paths[round].string(), bytes_of_file(paths[round])});
    return files;
}

Bytes uf2(std::mt19937& random) {
    Bytes file;
    for (unsigned block = 0; block < 300; ++block) {
        Bytes one(512);
        const auto put = [&](std::size_t at, std::uint32_t word) {
            for (unsigned i = 0; i < 4; ++i) one[at + i] = static_cast<std::uint8_t>(word >> (8 * i));
        };
        put(0, 0x0A324655), put(4, 0x9E5D5157), put(12, 0x08000000 + 256 * block), put(16, 256), put(20, block), put(24, 300), put(508, 0x0AB16F30);
        for (std::size_t at = 32; at < 288; ++at) one[at] = static_cast<std::uint8_t>(random());
        file.insert(file.end(), one.begin(), one.end());
    }
    return file;
}

Bytes s_records(std::mt19937& random) {
    std::string text = "S00600004844521B\r\n";
    for (unsigned row = 0; row < 2000; ++row) {
        const auto at = 0x08000000 + 16 * row;
        unsigned sum = 21;
        for (unsigned i = 0; i < 4; ++i) sum += at >> (8 * i) & 0xFF;
        text += fmt::format("S315{:08X}", at);
        for (unsigned i = 0; i < 16; ++i) {
            const auto byte = static_cast<unsigned>(random() & 0xFF);
            sum += byte;
            text += fmt::format("{:02X}", byte);
        }
        text += fmt::format("{:02X}\r\n", ~sum & 0xFF);
    }
    return bytes_of(text + "S70508000000F2\r\n");
}

/// Rows with gaps between them, from `begin` on.
Bytes gapped_hex(std::mt19937& random, std::uint32_t begin) {
    const auto line = [](unsigned address, unsigned type, const Bytes& data) {
        unsigned sum = static_cast<unsigned>(data.size()) + (address >> 8) + (address & 0xFF) + type;
        auto text = fmt::format(":{:02X}{:04X}{:02X}", data.size(), address, type);
        for (const auto byte : data) sum += byte, text += fmt::format("{:02X}", byte);
        return text + fmt::format("{:02X}\n", (0x100 - (sum & 0xFF)) & 0xFF);
    };
    std::string text = line(0, 4, {static_cast<std::uint8_t>(begin >> 24), static_cast<std::uint8_t>(begin >> 16)});
    for (unsigned row = 0; row < 200; ++row) {
        Bytes data(16);
        for (auto& byte : data) byte = static_cast<std::uint8_t>(random());
        text += line(((begin & 0xFFFF) + row * 32 + row / 9 * 48) & 0xFFFF, 0, data);
    }
    return bytes_of(text + ":00000001FF\n");
}

/// A program for another Cortex-M: stack pointer, handlers, code with calls; no module header.
Bytes other_program(std::mt19937& random) {
    Bytes file(0x8000);
    for (auto& byte : file) byte = static_cast<std::uint8_t>(random());
    const auto put = [&](std::size_t at, std::uint32_t word) {
        for (unsigned i = 0; i < 4; ++i) file[at + i] = static_cast<std::uint8_t>(word >> (8 * i));
    };
    put(0, 0x20020000);
    for (std::size_t at = 4; at < 0x188; at += 4) put(at, 0x08000201 + 8 * static_cast<std::uint32_t>(at));
    return file;
}

Bytes disk(bool gpt) {
    Bytes file(0x10000);
    file[510] = 0x55, file[511] = 0xAA;
    file[446] = 0x80, file[450] = 0x0C, file[454] = 1, file[458] = 64;
    const std::string_view mark = gpt ? "EFI PART" : "\xF8\xFF\xFF\x0F";
    std::copy(mark.begin(), mark.end(), file.begin() + 512);
    return file;
}

std::vector<Foreign> made_here() {
    std::mt19937 random(300);
    std::vector<Foreign> files = {
        {"uf2", uf2(random)}, {"s-records", s_records(random)}, {"disk", disk(false)}, {"gpt", disk(true)}, {"program", other_program(random)}};
    for (const std::uint32_t begin : {0u, 0x10000u, 0x00026000u, 0x10001000u, 0x08200000u, 0x90000000u})
        files.push_back({fmt::format("hex from {:x}", begin), gapped_hex(random, begin)});
    for (const std::string_view magic : {"\x89PNG\r\n\x1A\n", "GIF89a", "PK\x03\x04",
                                         "\x7F"
                                         "ELF\x01\x01\x01",
                                         "BZh91AY", "%PDF-1.4\n", "ustar", "RIFF"}) {
        Bytes content = bytes_of(magic);
        for (unsigned i = 0; i < 30000; ++i) content.push_back(static_cast<std::uint8_t>(random()));
        files.push_back({fmt::format("made {}", files.size()), content});
    }
    for (const std::size_t size : {1u, 2u, 63u, 294u, 512u, 612u, 4096u, 16384u, 100000u, 1048576u}) {
        Bytes content(size);
        for (auto& byte : content) byte = static_cast<std::uint8_t>(random());
        files.push_back({fmt::format("random {}", size), content});
    }
    // A module of each platform that there is or may be, but those judged here.
    for (const int platform : {1, 2, 3, 4, 5, 9, 11, 12, 13, 14, 15, 20, 22, 23, 24, 25, 26, 28, 31, 32, 35, 37, 60000})
        files.push_back({fmt::format("platform {}", platform), toy_module(0x00030000, 0x3000, static_cast<std::uint16_t>(platform), 4, 1, 7)});
    return files;
}

bool acts_on_a_device(const RemedyStep& step) {
    using enum RemedyStep::Kind;
    for (const auto kind : {RecoverKey, MakeKey, MakeServerKey, WriteFlash, WriteTable, WriteByDebugger, WriteBySerial, FlashByCloud, Compile, RegisterKey,
                            SetUpWifi, Update, Restart})
        if (step.kind == kind) return true;
    return false;
}

/// "" where nothing is said of a device.
std::string claim_about(const Bytes& file) {
    auto unpacked = unpack(file, "dump.bin");
    if (!unpacked) return "";  // refused in one sentence: no report at all
    const auto& layout = layout_for(unpacked->bytes);
    const auto analysis = analyze(recognize(unpacked->bytes, "dump.bin", unpacked->container, layout), layout);
    if (analysis.diagnosis.outcome != Outcome::BadCapture) return fmt::format("the outcome is {}", name_of(analysis.diagnosis.outcome));
    if (analysis.boot.result != BootResult::Unknown) return fmt::format("the start is {}", name_of(analysis.boot.result));
    if (analysis.handshake.unknown.empty()) return "the connection is predicted";
    for (const auto& finding : analysis.findings.all())
        if (!finding.rule->id.starts_with("file-")) return fmt::format("{}: {}", finding.rule->id, finding.explain);
    for (const auto& remedies : analysis.remedies)
        for (const auto& remedy : remedies)
            if (remedy.cost != Remedy::Cost::Nothing || std::any_of(remedy.steps.begin(), remedy.steps.end(), acts_on_a_device))
                return "remedy: " + remedy.title;
    return analysis.diagnosis.causes.empty() ? "no cause says what the file is" : "";
}

Bytes filled_up(const Bytes& file, std::uint8_t value, std::size_t at) {
    Bytes whole(flash_size, value);
    std::copy(file.begin(), file.end(), whole.begin() + static_cast<std::ptrdiff_t>(at));
    return whole;
}

/// Where a filled-up file may stand: at slots, at a table, anywhere.
std::size_t place_for(std::size_t size, std::mt19937& random) {
    constexpr std::size_t places[] = {0, 0, 0x200, 0x4000, 0x8000, 0x20000, 0x60000, 0xA0000, 0xC0000};
    const auto wished = random() % 3 ? places[random() % std::size(places)] : random() % flash_size;
    return std::min(wished, flash_size - size);
}

}  // namespace

TEST_CASE("a file of another kind gets no verdict on a device and nothing that writes", "[properties][foreign]") {
    auto files = made_here();
    for (auto& file : files_of_this_machine(300)) files.push_back(std::move(file));
    REQUIRE(files.size() >= 300);
    std::mt19937 random(20);
    std::size_t number = 0;
    for (const auto& file : files) {
        std::vector<std::pair<std::string, Bytes>> forms = {{"as it is", file.bytes}};
        if (file.bytes.size() < flash_size)
            for (const std::uint8_t value : std::initializer_list<std::uint8_t>{0xFF, 0x00}) {
                const auto at = place_for(file.bytes.size(), random);
                forms.emplace_back(fmt::format("filled up with {:02x}, from {:x} on", value, at), filled_up(file.bytes, value, at));
            }
        for (std::size_t form = 0; form < forms.size(); ++form) {
            if (!full_tests() && form != number % forms.size()) continue;
            INFO(file.name << ", " << forms[form].first);
            CHECK(claim_about(forms[form].second) == "");
        }
        ++number;
    }
}
