// Files that are one thing of a device and no dump of it: a firmware module as it is published, a key.
#include "flash/key_file.h"
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
