// Files that are one thing of a device and no dump of it: a firmware module as it is published, a key.
#include "flash/key_file.h"
#include "flash/table_upload.h"
#include "photopsy.h"

#include "catch.h"
#include "support/fleet_folder.h"
#include "support/sample/module.h"

#include <algorithm>

using namespace photopsy;

namespace {

bool is_one_module(const Capture& capture) {
    return capture.problems.size() == 1 && capture.problems.front().modules_only &&
           capture.problems.front().detail.starts_with("the file is one firmware module");
}

KeyFileKind kind_of(std::string_view text) { return key_file_form({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}).holds; }

}  // namespace

TEST_CASE("each module of a release is told from a dump, also where it carries another one or is filled up", "[flash]") {
    std::size_t tried = 0;
    for (const auto name : {"photon", "p1", "electron"}) {
        const auto& layout = *builtin_layout(name);
        const auto release = *sample::find_release("1.5.2");
        const auto bootloader = sample::build_module(sample::spec_of(layout, *layout.slot("bootloader"), release, 3));
        for (const auto* slot : {"bootloader", "system-part1", "system-part2", "system-part3", "user"}) {
            if (!layout.slot(slot)) continue;
            auto spec = sample::spec_of(layout, *layout.slot(slot), release, 3);
            if (spec.function == 4) spec.carries = bootloader;
            auto file = sample::build_module(spec);
            INFO(name << " " << slot);
            CHECK(is_one_module(recognize(file, "module.bin", "", layout)));
            CHECK(layout_for(file).name == name);
            auto among_zeros = file;
            among_zeros.resize(0x100000, 0x00);  // no flash is left so
            CHECK(is_one_module(recognize(among_zeros, "module.bin", "", layout)));
            if (spec.linked_at == layout.flash.begin) continue;  // a bootloader with erased flash behind it is how a flash begins
            file.resize(file.size() + 0x1000, 0xFF);
            CHECK(is_one_module(recognize(file, "module.bin", "", layout)));
            ++tried;
        }
    }
    CHECK(tried >= 10);
}

TEST_CASE("an upload of the table's data is known by what it holds, also where somebody filled it up", "[flash]") {
    const auto& layout = *builtin_layout("photon");
    const auto& flash = test::dump_of("healthy-1.5.2");
    const auto analysis = analyze(recognize(flash, "dump.bin", "", layout), layout);
    REQUIRE(analysis.facts.dct.current());
    const auto begin = analysis.facts.dct.current()->at.begin - layout.flash.begin + layout.dct.application_offset;
    const test::Bytes upload(flash.begin() + begin, flash.begin() + begin + 0x4000);
    for (const std::uint8_t filling : {0xFF, 0x00})
        for (const std::size_t size : {0x4000, 0x8000, 0x100000}) {
            auto file = upload;
            file.resize(size, filling);
            const auto capture = recognize(file, "dct.bin", "", layout);
            INFO(int(filling) << " " << size);
            CHECK(capture.is_dct_upload);
            CHECK(capture.problems.size() == 1);
            CHECK(capture.has(CaptureDefect::DctOnly));
            CHECK(capture.image.present().front().begin == layout.dct.copies.front().begin + layout.dct.application_offset);
        }
    auto with_more = upload;
    with_more.resize(0x100000, 0xFF);
    with_more[0x80000] = 0x12;  // no filling any more
    CHECK_FALSE(recognize(with_more, "dct.bin", "", layout).is_dct_upload);
}

namespace {

/// What DFU alternate setting 1 gives of one copy of the sample's table.
test::Bytes upload_of(const std::string& sample, const Layout& layout, int copy, std::size_t length = 0x4000) {
    const auto& flash = test::dump_of(sample);
    const auto begin = flash.begin() + (layout.dct.copies[static_cast<std::size_t>(copy - 1)].begin - layout.flash.begin + layout.dct.application_offset);
    return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

void copy_field(test::Bytes& to, const test::Bytes& from, const Layout& layout, std::string_view name) {
    const auto& field = *layout.dct.field(name);
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(field.offset), field.size, to.begin() + static_cast<std::ptrdiff_t>(field.offset));
}

}  // namespace

TEST_CASE("an upload of the table's data is read as that of the device whose it is", "[flash]") {
    const auto &photon = *builtin_layout("photon"), &electron = *builtin_layout("electron");
    for (const auto* sample : {"electron-healthy-2.3.1", "electron-key-erased", "electron-switched-to-tcp", "electron-tie-0.6.3"})
        for (const int copy : {1, 2})
            for (const std::size_t length : {0x4000, 0x2000}) {
                const auto file = upload_of(sample, electron, copy, length);
                INFO(sample << " " << copy << " " << length);
                REQUIRE(&layout_for(file) == &electron);
                const auto analysis = analyze(recognize(file, "dct.bin", "", electron), electron);
                CHECK(analysis.capture.is_dct_upload);
                CHECK(analysis.capture.problems.size() == 1);
                const auto at = electron.dct.copies[0].begin + electron.dct.application_offset;
                CHECK(analysis.capture.image.present().front() == Range{at, std::min<Address>(at + static_cast<Address>(length), electron.dct.copies[0].end)});
                CHECK(analysis.facts.dct.from_dfu_upload);
            }
    for (const auto* sample : {"healthy-1.5.2", "erased-key", "static-address", "healthy-0.6.3"})
        for (const int copy : {1, 2}) {
            const auto file = upload_of(sample, photon, copy);
            const bool empty = device_of_upload(file) == nullptr && !is_table_upload(file, photon);
            INFO(sample << " " << copy);
            CHECK((empty || &layout_for(file) == &photon));
            if (!empty) CHECK(recognize(file, "dct.bin", "", photon).problems.front().where.size() > 0);
        }
}

TEST_CASE("an upload of the table's data given as another device's is not judged as that one's", "[flash]") {
    const auto &photon = *builtin_layout("photon"), &electron = *builtin_layout("electron");
    const auto of_electron = recognize(upload_of("electron-healthy-2.3.1", electron, 2), "dct.bin", "", photon);
    CHECK(of_electron.has(CaptureDefect::OtherPlatform));
    CHECK_FALSE(of_electron.has(CaptureDefect::DctOnly));
    CHECK(recognize(upload_of("healthy-1.5.2", photon, 1), "dct.bin", "", electron).has(CaptureDefect::OtherPlatform));
}

TEST_CASE("where an upload does not tell its device, no command names one", "[flash]") {
    const auto &photon = *builtin_layout("photon"), &electron = *builtin_layout("electron");
    const auto of_electron = upload_of("electron-healthy-2.3.1", electron, 2), of_photon = upload_of("healthy-1.5.2", photon, 1);
    test::Bytes flags_only(0x4000, 0xFF), both(0x4000, 0xFF);
    for (const auto* name : {"system_flags", "server_public_key"}) copy_field(flags_only, of_electron, electron, name);
    for (const auto* name : {"device_private_key", "server_public_key", "server_address"}) copy_field(both, of_photon, photon, name);
    for (const auto* name : {"alt_server_public_key", "alt_server_address"}) copy_field(both, of_electron, electron, name);
    for (const auto& file : {flags_only, both}) {
        const auto analysis = analyze(recognize(file, "dct.bin", "", layout_for(file)), layout_for(file));
        REQUIRE(analysis.capture.has(CaptureDefect::DctOnly));
        CHECK(analysis.capture.problems.front().where.empty());
        CHECK(analysis.capture.problems.front().detail.ends_with("whether it is of a Particle Photon or of a Particle Electron, it does not tell"));
        for (const auto& cause : analysis.remedies)
            for (const auto& remedy : cause)
                for (const auto& step : remedy.steps) CHECK(step.kind != RemedyStep::Kind::ReadFlash);
    }
    CHECK_FALSE(recognize(of_electron, "dct.bin", "", electron).problems.front().where.empty());
}

TEST_CASE("bytes that stand twice move the marks behind them and not the file", "[flash]") {
    const auto& layout = *builtin_layout("photon");
    const auto& flash = test::dump_of("healthy-1.5.2");
    for (const std::size_t at : {0x5000, 0x30000, 0x70000}) {
        auto file = flash;
        file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), flash.begin() + static_cast<std::ptrdiff_t>(at),
                    flash.begin() + static_cast<std::ptrdiff_t>(at) + 0x1000);
        const auto capture = recognize(file, "dump.bin", "", layout);
        INFO(at);
        CHECK_FALSE(capture.has(CaptureDefect::Shifted));
        CHECK(capture.has(CaptureDefect::RepeatedBlocks));
    }
    auto behind_others = flash;  // what stands before the flash is something else
    behind_others.insert(behind_others.begin(), 0x1000, 0xA7);
    CHECK(recognize(behind_others, "dump.bin", "", layout).has(CaptureDefect::Shifted));
}

TEST_CASE("of several keys in one file the private one counts", "[flash]") {
    constexpr std::string_view public_block = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                               private_block = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
                               certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    CHECK(kind_of(public_block) == KeyFileKind::Public);
    CHECK(kind_of(std::string(public_block) + std::string(private_block)) == KeyFileKind::Private);
    CHECK(kind_of(std::string(private_block) + std::string(public_block)) == KeyFileKind::Private);
    CHECK(kind_of(std::string(certificate) + std::string(public_block)) == KeyFileKind::Public);
    CHECK(kind_of(certificate) == KeyFileKind::None);
}
