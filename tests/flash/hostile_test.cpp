// Files made to crash a reader, or to keep it busy: what they hold is bounded, and the report says where a bound was reached.
#include "flash/capture.h"

#include "flash/dump_files.h"
#include "flash/formats.h"
#include "flash/placement.h"
#include "flash/toy_flash.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Bytes noise(std::size_t size) {
    std::mt19937 random(7);
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

Bytes from(const Bytes& bytes, std::size_t begin) { return {bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end()}; }

/// The header of a user part: without any mark of a flash a file is another file, and nothing of it is read.
const Bytes user_header = {0, 0, 0x0A, 8, 0, 0x10, 0x0A, 8, 0, 0, 6, 0, 6, 0, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0};

std::string marked_rows() {
    std::string row = ":18000000";
    unsigned sum = 0x18;
    for (const auto byte : user_header) {
        row += fmt::format("{:02X}", byte);
        sum += byte;
    }
    return ":02000004080AE8\n" + row + fmt::format("{:02X}\n", (256u - sum % 256u) % 256u);
}

std::string one_byte(std::uint16_t offset, std::uint8_t byte) {
    const unsigned sum = 1u + offset / 256u + offset % 256u + byte;
    return fmt::format(":01{:04X}00{:02X}{:02X}\n", offset, byte, (256u - sum % 256u) % 256u);
}

/// A user part's header and one byte of every `step`, not the first, `times` times over: as many places as bytes, and one.
Bytes scattered_hex(unsigned step, unsigned times) {
    std::string text = marked_rows() + ":020000040800F2\n";
    for (unsigned round = 0; round < times; ++round)
        for (unsigned at = 1; at < 0x10000; at += step) text += one_byte(static_cast<std::uint16_t>(at), static_cast<std::uint8_t>(at));
    text += ":00000001FF\n";
    return {text.begin(), text.end()};
}

/// A DfuSe target of `count` elements of `size` bytes each; for the flash itself a user part's header stands before them.
Bytes many_elements(std::uint32_t count, std::uint32_t size, std::uint8_t alternate) {
    Bytes file{'D', 'f', 'u', 'S', 'e', 1, 0, 0, 0, 0, 1, 'T', 'a', 'r', 'g', 'e', 't', alternate};
    file.resize(file.size() + 4 + 255 + 4);
    append_u32(file, alternate == 0 ? count + 1 : count);
    if (alternate == 0) {
        append_u32(file, 0x080A0000);
        append_u32(file, static_cast<std::uint32_t>(user_header.size()));
        file.insert(file.end(), user_header.begin(), user_header.end());
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        append_u32(file, 0x08000001 + 2 * i);
        append_u32(file, size);
        file.resize(file.size() + size, 0x5A);
    }
    return file;
}

}  // namespace

TEST_CASE("bytes behind a flash whose start is missing are compared with what is there", "[hostile]") {
    const auto flash = toy_flash();
    for (const std::size_t missing : {std::size_t{4}, std::size_t{0x188}, std::size_t{0x4000}, std::size_t{0x20000}, std::size_t{0x60000}}) {
        CAPTURE(missing);
        const auto rest = from(flash, missing);
        for (const std::size_t extra : {missing + 1, std::size_t{0x80000}, std::size_t{0x100000}, std::size_t{0x200000}}) {
            if (extra <= missing) continue;
            CAPTURE(extra);
            const auto capture = read(rest + noise(extra));
            CHECK(capture.has(CaptureDefect::Oversized));
            CHECK(said(capture).find("belong to nothing") != std::string::npos);
        }
        if (missing <= 0x4000) CHECK(said(read(rest + rest)).find("repeat it byte by byte") != std::string::npos);
        // A second dump may have the start that the first lacks.
        CHECK(compare_tail(rest, flash, missing).kind == Tail::Kind::SameDump);
        CHECK(compare_tail(rest, rest, missing).kind == Tail::Kind::SameDump);
        CHECK(compare_tail(rest, from(flash, 1), missing).kind == Tail::Kind::Other);
    }
    CHECK(said(read(flash + Bytes(flash.begin(), flash.begin() + 0x5000))).find("repeat its beginning") != std::string::npos);
}

TEST_CASE("no offset of a file leads outside it, wherever it is cut and whatever follows", "[hostile]") {
    const auto flash = toy_flash();
    const auto tail = noise(0x40000);
    std::mt19937 random(11);
    for (int run = 0; run < 60; ++run) {
        const std::size_t before = random() % 3 ? 0 : random() % 0x9000, begin = random() % 0x90000, end = begin + 0x10000 + random() % (0xF0000 - begin);
        auto file = Bytes(tail.begin(), tail.begin() + static_cast<std::ptrdiff_t>(before)) + cut(flash, begin, random() % 2 ? end : 0x100000);
        file = std::move(file) + Bytes(tail.begin(), tail.begin() + static_cast<std::ptrdiff_t>(random() % tail.size()));
        CAPTURE(before, begin, end, file.size());
        for (const auto name : builtin_layout_names()) {
            const auto capture = recognize(file, "dump.bin", "", *builtin_layout(name));
            for (const auto& problem : capture.problems) CHECK(problem.where.begin <= problem.where.end);
        }
    }
}

TEST_CASE("a file that names more places than any dump is read so far and no farther", "[hostile]") {
    for (const auto& file : {scattered_hex(2, 3), many_elements(100000, 1, 0)}) {
        CHECK(decode(file).pieces.size() <= most_pieces + 1);
        const auto capture = read(file);
        CHECK(capture.untrustworthy());
        CHECK(capture.image.present().size() <= 1000);
        CHECK(said(capture).find("more than 65536 separate places") != std::string::npos);
        CHECK(said(capture).find("only the 1000 largest were read") != std::string::npos);
    }
    const auto crumbs = read(scattered_hex(4, 1));
    CHECK(crumbs.image.present().size() == 1000);
    CHECK(said(crumbs).find("holds 16385 separate parts") != std::string::npos);
    CHECK(read(scattered_hex(128, 1)).image.present().size() == 513);
}

TEST_CASE("elements that are left out are counted in one remark", "[hostile]") {
    const auto capture = read(many_elements(50000, 0, 1));
    CHECK(capture.remarks.size() <= 3);
    CHECK(said(capture).find("50000 elements for DFU alternate setting 1 were left out") != std::string::npos);
    CHECK(said(read(many_elements(1, 4, 7))).find("an element for DFU alternate setting 7 was left out") != std::string::npos);
}

TEST_CASE("pieces put into an image are told apart by place, whatever their order and number", "[hostile]") {
    const auto byte = Bytes{0x11};
    std::vector<Piece> pieces;
    for (Address at = 200000; at-- > 0;)
        if (at % 3 != 0) pieces.push_back({0x08000000 + at, byte});
    Image image(range_of(0x08000000, 0x100000));
    image.put_all(pieces);
    CHECK(image.present().size() == 66667);
    CHECK(image.has({0x08000001, 0x08000003}));
    CHECK_FALSE(image.has({0x08000001, 0x08000004}));
    CHECK_FALSE(image.has({0x08000000, 0x08000001}));
    CHECK(image.leading({0x0801D4BE, 0x0801D4D0}).size() == 2);
    image.put(0x08000000, Bytes(200000, 0x22));
    CHECK(image.present().size() == 1);
    CHECK(image.bytes({0x08000005, 0x08000006})[0] == 0x22);
}
