// What the page calls gives the same bytes as the program, and never more than it was asked for.
#include "page/hands.h"

#include "flash/capture_record.h"
#include "mend/keys.h"
#include "support/fleet_folder.h"
#include "support/spoken.h"
#include "support/story.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

int take(const Bytes& bytes, const std::string& name) { return page_take_file(bytes.data(), static_cast<std::uint32_t>(bytes.size()), name.c_str()); }

/// The report on one file alone.
std::string report_on(const Bytes& bytes, const std::string& name, const char* format) {
    page_forget();
    REQUIRE(take(bytes, name));
    REQUIRE(page_judge());
    REQUIRE(page_report(format));
    return answered();
}

const sample::Sample& sample_of(const std::string& name) {
    for (const auto& story : stories())
        if (story.name == name) return story.sample;
    FAIL("no story " + name);
    return stories().front().sample;
}

PhotonDevice device_holding(const Bytes& flash) {
    PhotonDevice device;
    std::ranges::copy(flash, device.flash.bytes.begin());
    return device;
}

}  // namespace

TEST_CASE("the page's report on a file is the program's, in every format, with the light and the record", "[page]") {
    for (const auto* name : {"mixed-key", "healthy-zipped-hex", "truncated-capture", "electron-healthy-2.3.1"}) {
        const auto& sample = sample_of(name);
        const ScratchDirectory folder;
        const auto path = folder.put("dump.bin", sample.file);
        for (const auto* format : {"json", "markdown", "html", "text"}) {
            INFO(name << " " << format);
            CHECK(report_on(sample.file, "dump.bin", format) == run({"analyze", path, "--format", format, "-o", "-"}).out);
        }
        REQUIRE(page_set_light("3 orange"));
        REQUIRE(page_judge());
        REQUIRE(page_report("json"));
        CHECK(answered() == run({"analyze", path, "--format", "json", "--led", "3 orange"}).out);
    }
    CHECK(page_set_light("like a disco") == 0);
    CHECK(answered().find("breathing magenta") != std::string::npos);
}

TEST_CASE("a row names the dump as it was given: packed, in a folder, or two of them", "[page]") {
    const ScratchDirectory folder;
    const auto& plain = sample_of("mixed-key").file;
    const auto zipped = archive_of({{"inner.bin", plain}}, archive_write_set_format_zip, archive_write_add_filter_none);
    for (const bool is_packed : {true, false}) {
        const std::string name = is_packed ? "mixed-key-zipped" : "mixed-key-given";
        const auto& file = is_packed ? zipped : plain;
        const auto path = folder.put(name, file);
        for (const auto* format : {"csv", "ndjson", "junit", "json", "text", "markdown", "html"}) {
            INFO(name << " " << format);
            CHECK(report_on(file, path, format) == run({"analyze", path, "--format", format, "-o", "-"}).out);
        }
    }
    REQUIRE(take(sample_of("erased-key").file, "second.bin"));
    REQUIRE(page_judge());
    REQUIRE(page_report("csv"));
    CHECK(answered().find("\nsecond.bin,") != std::string::npos);
    CHECK(answered().find("\nmixed-key-given,") != std::string::npos);
}

TEST_CASE("a second flash and a record are found among the files that were taken, in any order", "[page]") {
    for (const auto* name : {"core-healthy-0.7.0", "core-blank-serial-flash"}) {
        const auto& sample = sample_of(name);
        const ScratchDirectory folder;
        const auto expected =
            run({"analyze", folder.put("core.bin", sample.file), "--external", folder.put("serial.bin", sample.external), "--format", "json"}).out;
        for (const bool internal_first : {true, false}) {
            INFO(name << internal_first);
            page_forget();
            REQUIRE((internal_first ? take(sample.file, "core.bin") : take(sample.external, "serial.bin")));
            REQUIRE((internal_first ? take(sample.external, "serial.bin") : take(sample.file, "core.bin")));
            REQUIRE(page_judge());
            CHECK(page_judged() == 1);
            REQUIRE(page_report("json"));
            CHECK(answered() == expected);
        }
    }
    const auto& other = sample_of("healthy-1.5.2");
    CaptureRecord record;
    record.sha256 = "00";
    const auto text = record_text(record);
    page_forget();
    REQUIRE(take(other.file, "dump.bin"));
    REQUIRE(take({text.begin(), text.end()}, "dump.bin.json"));
    REQUIRE(page_judge());
    REQUIRE(page_report("text"));
    CHECK(answered().find("belongs to other bytes") != std::string::npos);
}

TEST_CASE("several dumps are told of together, compared, and a broken one has a sentence of its own", "[page]") {
    page_forget();
    REQUIRE(take(sample_of("mixed-key").file, "a.bin"));
    REQUIRE(take(sample_of("healthy-0.6.3").file, "b.bin"));
    REQUIRE(take({'P', 'K', 3, 4, 1, 2, 3}, "c.zip"));
    REQUIRE(page_judge());
    CHECK(answered().find("c.zip") != std::string::npos);
    CHECK(page_judged() == 2);
    REQUIRE(page_difference("text"));
    CHECK(answered().find("a.bin") != std::string::npos);
    REQUIRE(page_difference("json"));
    CHECK(answered().front() == '{');
    page_forget();
    CHECK(page_judge() == 0);
    CHECK(page_report("json") == 0);
    CHECK(page_difference("text") == 0);
    REQUIRE(take({'P', 'K', 3, 4, 1, 2, 3}, "c.zip"));
    CHECK(page_judge() == 0);
}

TEST_CASE("what the page gives away is what the program gives away", "[page]") {
    const auto& sample = sample_of("mixed-key");
    report_on(sample.file, "dump.bin", "text");
    REQUIRE(page_redact(0));
    REQUIRE(page_redacted(0));
    const auto copy = answered();
    CHECK(copy.size() == sample.file.size());
    CHECK(copy != std::string(sample.file.begin(), sample.file.end()));
    REQUIRE(page_redacted(2));
    CHECK(answered().front() == '{');
    CHECK(page_redact(7) == 0);
    const ScratchDirectory folder;
    REQUIRE(page_ticket());
    CHECK(answered() == run({"report", folder.put("dump.bin", sample.file), "-o", "-"}).out);
}

TEST_CASE("keys are listed without a secret in the list, given when asked for, and made", "[page]") {
    report_on(sample_of("mixed-key").file, "dump.bin", "text");
    REQUIRE(page_find_keys(0));
    const auto table = answered();
    CHECK(table.find("named") != std::string::npos);
    REQUIRE(page_found_key(0, 0));
    const auto der = answered();
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(der.data());
    const auto key = parse_key_file({bytes, der.size()});
    REQUIRE(key);
    CHECK(key->holds_private_key());
    CHECK(page_found_key(99, 0) == 0);
    REQUIRE(page_found_key(0, 1));
    CHECK(page_answer_size() == 612);
    CHECK(page_find_keys_in_file(bytes, static_cast<std::uint32_t>(der.size())) == 1);
    for (const std::uint32_t kind : {0u, 1u}) {
        REQUIRE(page_make_key(kind));
        CHECK(page_answer_size() > 100);
        REQUIRE(page_made_public());
        CHECK(answered().starts_with("-----BEGIN PUBLIC KEY-----"));
    }
    page_forget();
    const auto& serial = sample_of("core-key-bit-error");  // into a serial flash only an even number of bytes can be written
    REQUIRE((take(serial.file, "core.bin") && take(serial.external, "serial.bin") && page_judge()));
    REQUIRE(page_make_key(0));
    CHECK(page_answer_size() % 2 == 0);
    REQUIRE(page_find_keys(0));
    REQUIRE(page_found_key(0, 0));
    CHECK(page_answer_size() % 2 == 0);
    page_forget();
    CHECK(page_made_public() == 0);
    CHECK(page_find_keys(0) == 0);
}

TEST_CASE("the page captures a device byte for byte, and its report carries the record", "[page]") {
    page_forget();
    const auto& sample = sample_of("healthy-1.5.2");
    auto device = device_holding(sample.file);
    device.faults = {
        {Fault::Kind::Stall, 10, 2}, {Fault::Kind::Silence, 40, 1}, {Fault::Kind::FlipBit, 60, 1, true, 99}, {Fault::Kind::Unplug, 120, 1, true, 2}};
    REQUIRE(begin(device));
    const auto end = carry_out(device, never);
    CHECK(end.kind == PageStep::Finished);
    CHECK(end.arrived > 0);
    REQUIRE(page_capture_bytes());
    CHECK(answered() == std::string(sample.file.begin(), sample.file.end()));
    REQUIRE(page_capture_record());
    const auto record = parse_record(answered());
    REQUIRE(record);
    CHECK(record->reads == 2);
    CHECK(record->reconnects == 1);
    CHECK(record->serial == device.serial());
    const ScratchDirectory folder;
    const auto path = folder.put("dump.bin", sample.file);
    folder.put("dump.bin.json", {page_answer(), page_answer() + page_answer_size()});
    REQUIRE(page_capture_take("dump.bin"));
    REQUIRE(page_judge());
    REQUIRE(page_report("json"));
    CHECK(answered() == run({"analyze", path, "--format", "json"}).out);
    CHECK(device.trespasses().empty());
}

TEST_CASE("a capture that was stopped goes on with the same device, and begins anew with another", "[page]") {
    page_forget();
    auto device = device_holding(sample_of("healthy-1.5.2").file);
    REQUIRE(begin(device));
    CHECK(carry_out(device, [] { return page_capture_step()->arrived > 0x8000; }).kind == PageStep::Stopped);
    CHECK(device.state() == 2);
    CHECK(page_capture_take("dump.bin") == 0);
    REQUIRE(page_capture_bytes());
    const auto held = page_answer_size();
    CHECK(held > 0x7000);
    REQUIRE(begin(device));
    CHECK(carry_out(device, never).kind == PageStep::Finished);
    REQUIRE(page_capture_bytes());
    CHECK(answered() == std::string(device.flash.bytes.begin(), device.flash.bytes.end()));

    REQUIRE(begin(device));
    carry_out(device, [] { return page_capture_step()->arrived > 0x8000; });
    PhotonDevice other;
    other.device_id = "111111111111222222222222";
    REQUIRE(begin(other));
    CHECK(page_capture_step()->expected == 2 * 0x100000);
}

TEST_CASE("the second flash of a Core and of a P1 is read behind the first, and a stop in it is gone on with there", "[page]") {
    for (const auto* name : {"core-healthy-0.7.0", "p1"}) {
        INFO(name);
        const bool core = std::string(name) != "p1";
        page_forget();
        const auto& sample = sample_of(core ? name : "healthy-p1");
        PhotonDevice device;
        core ? device.become_core() : device.become_p1();
        std::ranges::copy(sample.file, device.flash.bytes.begin());
        std::ranges::copy(sample.external, device.second->flash.bytes.begin());
        REQUIRE(begin(device));
        CHECK(answered() == (core ? "0\talways\n" : "0\toffered\n"));
        CHECK(page_capture_begin_second() == 0);
        REQUIRE(carry_out(device, never).kind == PageStep::Finished);
        REQUIRE(page_capture_begin_second());
        CHECK(carry_out(device, [] { return page_capture_step()->arrived > 0x9000; }).kind == PageStep::Stopped);
        CHECK(page_capture_take("dump.bin") == 0);
        REQUIRE(begin(device));
        REQUIRE(carry_out(device, never).kind == PageStep::Finished);
        REQUIRE(page_capture_bytes());
        CHECK(answered() == std::string(sample.file.begin(), sample.file.end()));
        REQUIRE(page_capture_begin_second());
        CHECK(page_capture_step()->expected < 2 * device.second->flash.bytes.size());
        REQUIRE(carry_out(device, never).kind == PageStep::Finished);
        REQUIRE(page_capture_bytes());
        const auto second = answered();
        CHECK(second == std::string(device.second->flash.bytes.begin(), device.second->flash.bytes.end()));
        const ScratchDirectory folder;
        const auto path = folder.put("dump.bin", sample.file), other = folder.put("dump-external.bin", {second.begin(), second.end()});
        REQUIRE(page_capture_record());
        const auto record = parse_record(answered());
        REQUIRE(record);
        CHECK(record->external);
        folder.put("dump.bin.json", {page_answer(), page_answer() + page_answer_size()});
        REQUIRE(page_capture_take("dump.bin"));
        REQUIRE(page_judge());
        REQUIRE(page_report("json"));
        CHECK(answered() == run({"analyze", path, "--external", other, "--format", "json"}).out);
        CHECK(device.trespasses().empty());
    }
}

TEST_CASE("what is not there, not known or not allowed has a sentence", "[page]") {
    page_forget();
    CHECK(page_capture_step() == nullptr);
    page_capture_told(0, nullptr, 0);
    page_capture_reconnected(0);
    page_capture_stop();
    CHECK(page_capture_bytes() == 0);
    REQUIRE(page_identify(0x1234, 0x5678, 0, ""));
    CHECK(answered().starts_with("foreign"));
    CHECK(page_capture_begin(nullptr, 0, "", 2, "", "") == 0);
    PhotonDevice device;
    CHECK(begin(device, 0) == 0);
    REQUIRE(page_identify(device.vendor, device.product, 0x0250, device.serial().c_str()));
    CHECK(page_capture_begin(nullptr, 0, "0\t@Internal Flash   /0x08000000/04*016Kd\n", 2, "", "") == 0);
    CHECK(answered().find("cannot be read") != std::string::npos);
    for (std::uint32_t trouble = 1; trouble < 40; ++trouble)
        for (const std::uint32_t system : {0u, 1u, 2u, 9u}) {
            REQUIRE(page_trouble(trouble, system, 0x08004000));
            CHECK(std::ranges::count(answered(), '\n') == 2);
            CHECK(answered().find("--resume") == std::string::npos);
        }
    REQUIRE(page_usb_ids());
    CHECK(answered().find("11012\t53254\t") != std::string::npos);  // 2b04:d006
    REQUIRE(page_udev_rule());
    CHECK(answered().find("2b04") != std::string::npos);
}
