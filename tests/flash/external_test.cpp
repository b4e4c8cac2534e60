// Devices with two flashes: which file is which, what becomes of the pair, and what is wrong with either.
#include "flash/external.h"
#include "photopsy.h"

#include "catch.h"
#include "support/spoken.h"
#include "support/story.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const Layout& core() { return *builtin_layout("core"); }

const sample::Sample& healthy() {
    for (const auto& story : stories())
        if (story.name == "core-healthy-0.7.0") return story.sample;
    return stories().front().sample;
}

nlohmann::json report(std::vector<std::string> words) {
    words.insert(words.begin(), "analyze");
    words.insert(words.end(), {"--format", "json"});
    const auto spoken = run(words);
    INFO(spoken.err);
    return nlohmann::json::parse(spoken.out, nullptr, false);
}

std::vector<std::string> defects_of(const Capture& capture) {
    std::vector<std::string> details;
    for (const auto& problem : capture.problems) details.push_back(problem.detail);
    return details;
}

}  // namespace

TEST_CASE("an image of two flashes keeps their addresses apart", "[external]") {
    Image image(Range{0x08000000, 0x08000100});
    image.add_flash({0, 0x200});
    const std::uint8_t bytes[] = {1, 2, 3, 4};
    image.put(0x080000FE, bytes);
    image.put(0x1FE, bytes);
    image.put(0x300, bytes);
    CHECK(image.present().size() == 2);
    CHECK(image.bytes({0x1FE, 0x200})[1] == 2);
    CHECK(image.bytes({0x080000FE, 0x08000100})[0] == 1);
    CHECK(image.bytes({0x1FE, 0x201}).empty());
    CHECK(image.everything().size() == 0x100);
    CHECK(image.flash_at(0x10) == Range{0, 0x200});
    CHECK(image.flash_at(0x300).empty());
    CHECK_FALSE(image.has(Range{}));
}

TEST_CASE("the two flashes of a Core are told apart by their bytes", "[external]") {
    const auto& sample = healthy();
    CHECK(layout_for(sample.file).name == "core");
    CHECK(layout_for(sample.external).name == "core");
    CHECK(flash_of_file(sample.file, core()) == FlashOfFile::Internal);
    CHECK(flash_of_file(sample.external, core()) == FlashOfFile::External);
    const Bytes blank(sample.external.size(), 0xFF);
    CHECK(flash_of_file(blank, core()) == FlashOfFile::Unknown);
    CHECK(external_flash_begin(ByteView(sample.external).subspan(0x1000, 0x2000), core()) == Address{0x1000});
    CHECK_FALSE(external_flash_begin(sample.external, *builtin_layout("photon")));
}

TEST_CASE("a file of the serial flash alone is what it is, whole or cut", "[external]") {
    const auto& sample = healthy();
    const auto whole = recognize(sample.external, "serial.bin", "", core());
    CHECK(whole.problems.empty());
    CHECK(whole.external);
    CHECK(whole.image.has({0, 0x200000}));
    CHECK_FALSE(whole.image.has({0x08000000, 0x08000001}));
    const auto cut = recognize(ByteView(sample.external).first(0x10000), "serial.bin", "", core());
    CHECK(cut.has(CaptureDefect::Truncated));
    CHECK(cut.image.has({0, 0x10000}));
    const auto keys = recognize(ByteView(sample.external).subspan(0x1000, 0x2000), "keys.bin", "", core());
    CHECK(keys.has(CaptureDefect::Shifted));
    CHECK(keys.image.has({0x1000, 0x3000}));
    auto longer = sample.external;
    longer.resize(longer.size() + 16, 0);
    Capture pair = recognize(sample.file, "internal.bin", "", core());
    put_external(pair, longer, "serial.bin", "", core());
    CHECK(defects_of(pair) == std::vector<std::string>{"16 bytes follow the end of the serial flash"});
}

TEST_CASE("a file of a quarter of the size is all of an early unit's chip; any other short one is cut", "[external]") {
    const auto& sample = healthy();
    const auto with = [&](std::size_t size) {
        Capture pair = recognize(sample.file, "internal.bin", "", core());
        put_external(pair, ByteView(sample.external).first(size), "serial.bin", "", core());
        return pair;
    };
    const auto quarter = with(0x80000);
    CHECK(quarter.problems.empty());
    CHECK(quarter.image.has({0, 0x200000}));
    CHECK(quarter.image.bytes({0x1000, 0x3000}).front() == quarter.image.bytes({0x181000, 0x183000}).front());
    REQUIRE_FALSE(quarter.remarks.empty());
    CHECK(quarter.remarks.front().find("524288 bytes, as the chip of early units does") != std::string::npos);
    CHECK(analyze(quarter, core()).diagnosis.outcome == Outcome::Healthy);
    CHECK(flash_of_file(ByteView(sample.external).first(0x80000), core()) == FlashOfFile::External);
    for (const auto size : {std::size_t{0x80000} - 1024, std::size_t{0x80000} + 1024, std::size_t{0x10000}, std::size_t{0x100000}}) {
        INFO(size);
        CHECK(with(size).has(CaptureDefect::Truncated));
    }
    const auto& p1 = *builtin_layout("p1");  // keeps no keys there, and no unit had a smaller chip
    Capture of_p1 = recognize(Bytes(0x100000, 0xFF), "p1.bin", "", p1);
    put_external(of_p1, Bytes(0x40000, 1), "spi.bin", "", p1);
    CHECK(of_p1.image.has({0, 0x40000}));
    CHECK_FALSE(of_p1.image.has({0x40000, 0x80000}));  // one file, and not four times
}

TEST_CASE("a file of a second flash in which no firmware keeps anything says nothing of the device", "[external]") {
    const auto& p1 = *builtin_layout("p1");
    const auto sound = std::ranges::find(stories(), "healthy-p1", &test::Story::name);
    REQUIRE(sound != stories().end());
    for (const auto& file :
         {Bytes(0x80000, 0xFF), Bytes(0x80000, 7), Bytes(512, 0xFF), Bytes{}, Bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13}}) {
        INFO(file.size());
        Capture capture = recognize(sound->sample.file, "p1.bin", "", p1);
        put_external(capture, file, "spi.bin", "", p1);
        CHECK(capture.problems.empty());
        CHECK(std::ranges::any_of(capture.remarks,
                                  [](const std::string& remark) { return remark.find("the rest is judged all the same") != std::string::npos; }));
        CHECK(analyze(capture, p1).diagnosis.outcome == Outcome::Healthy);
    }
    Capture capture = recognize(sound->sample.file, "p1.bin", "", p1);
    put_external(capture, Bytes(0x100001, 7), "spi.bin", "", p1);
    CHECK(capture.has(CaptureDefect::Oversized));
    Capture of_core = recognize(healthy().file, "core.bin", "", core());  // keeps its keys there
    put_external(of_core, ByteView(healthy().external).first(0x10000), "spi.bin", "", core());
    CHECK(of_core.has(CaptureDefect::Truncated));
}

TEST_CASE("a chip of a quarter of the size, a blank one and a picture are named", "[external]") {
    const auto& sample = healthy();
    const auto remarks = [&](const Bytes& serial) {
        Capture capture = recognize(sample.file, "internal.bin", "", core());
        put_external(capture, serial, "serial.bin", "", core());
        std::string text;
        for (const auto& remark : capture.remarks) text += remark + "\n";
        for (const auto& problem : capture.problems) text += problem.detail + "\n";
        return text;
    };
    Bytes quarter = sample.external;
    for (std::size_t i = 1; i < 4; ++i) std::copy_n(sample.external.begin(), 0x80000, quarter.begin() + static_cast<std::ptrdiff_t>(i * 0x80000));
    CHECK(remarks(quarter).find("repeats its first quarter four times") != std::string::npos);
    CHECK(remarks(Bytes(0x200000, 0xFF)).find("erased, or the chip does not answer") != std::string::npos);
    CHECK(remarks(Bytes(0x200000, 0xFF)).find("That is normal") == std::string::npos);  // a Core keeps its keys there
    const auto& p1 = *builtin_layout("p1");
    Capture of_p1 = recognize(Bytes(0x100000, 0xFF), "p1.bin", "", p1);
    put_external(of_p1, Bytes(0x100000, 0xFF), "spi.bin", "", p1);
    CHECK(
        std::any_of(of_p1.remarks.begin(), of_p1.remarks.end(), [](const std::string& remark) { return remark.find("That is normal") != std::string::npos; }));
    CHECK(remarks(Bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13}).find("not the bytes of a flash") != std::string::npos);
    CHECK(remarks(Bytes{}).find("holds no byte") != std::string::npos);
    CHECK(remarks(sample.external).empty());
}

TEST_CASE("a pair is one dump in either order and side by side; each half alone says what it lacks", "[external]") {
    const auto& sample = healthy();
    const ScratchDirectory folder;
    const auto internal = folder.put("core.bin", sample.file), serial = folder.put("serial.bin", sample.external);
    const auto straight = report({internal, "--external", serial});
    CHECK(straight == report({serial, "--external", internal}));
    CHECK(straight == report({internal, serial}).at(0));
    CHECK(straight.at("input").at("name") == "core.bin");
    CHECK(straight.at("input").at("external").at("name") == "serial.bin");
    CHECK(straight.at("device").at("external_flash").at("length") == 0x200000);
    CHECK(straight.at("verdict").at("outcome") == "healthy");
    std::uint64_t covered = 0;
    for (const auto& region : straight.at("regions")) covered += region.at("length").get<std::uint64_t>();
    CHECK(covered == 0x220000);

    const auto without_keys = report({internal});
    CHECK(without_keys.at("handshake").at("unknown") == "the device's key slot is not in the file");
    CHECK(without_keys.dump().find("give it with --external") != std::string::npos);
    const auto without_firmware = report({serial});
    CHECK(without_firmware.at("boot").at("result") == "unknown");
    CHECK(without_firmware.at("handshake").at("predictions").at(0).at("step") == "done");
}

TEST_CASE("two files of the same flash, and a device without a second one, are refused in one sentence", "[external]") {
    const auto& sample = healthy();
    const ScratchDirectory folder;
    const auto internal = folder.put("core.bin", sample.file), serial = folder.put("serial.bin", sample.external);
    const auto refused = [&](const std::vector<std::string>& words, std::string_view says) {
        const auto spoken = run(words);
        INFO(spoken.err);
        CHECK(spoken.status == 2);
        CHECK(spoken.err.find(says) != std::string::npos);
    };
    refused({"analyze", internal, "--external", internal}, "are both the internal flash");
    refused({"analyze", serial, "--external", serial}, "are both the serial flash");
    refused({"analyze", internal, serial, "--external", serial}, "--external belongs to one dump");
    refused({"analyze", internal, "--external", serial, "--device", "photon"}, "has one flash only");
    const auto shareable = folder.put("x.bin", {});
    CHECK(run({"redact", internal, "--external", serial, "-o", shareable, "--force"}).status == 0);
    const auto copies = run({"analyze", shareable, "--external", shareable.substr(0, shareable.size() - 4) + ".external.bin"});
    CHECK(copies.status == run({"analyze", internal, "--external", serial}).status);
    CHECK(copies.out.find("made by photopsy redact") != std::string::npos);
}
