// Files that are one thing of a device and no dump of it: a firmware module as it is published, a key.
#include "flash/key_file.h"
#include "photopsy.h"

#include "catch.h"
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
            if (spec.linked_at == layout.flash.begin) continue;  // a bootloader that is filled up is how a flash begins
            file.resize(file.size() + 0x1000, 0xFF);
            CHECK(is_one_module(recognize(file, "module.bin", "", layout)));
            ++tried;
        }
    }
    CHECK(tried >= 10);
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
