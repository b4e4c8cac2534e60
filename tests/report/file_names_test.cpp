// What is made from a dump is called after it, and after no other.
#include "report/commands.h"

#include "report/discretion.h"
#include "support/written_analysis.h"

#include "catch.h"

#include <set>

using namespace photopsy;

TEST_CASE("two dumps whose names differ in what a line leaves out share no file that is made from them", "[report]") {
    const auto key_of = [](const char* typed, std::uint8_t content) {
        auto analysis = test::healthy_device();
        analysis.capture.typed = typed;
        analysis.capture.sha256[0] = content;
        ReportStyle style;
        style.owner_reads = true;
        return file_name({.kind = RemedyFile::Kind::DeviceKey}, command_names(analysis, style, Discretion(analysis, style)));
    };
    std::set<std::string> names;
    std::uint8_t content = 0;
    for (const char* typed :
         {"unit-1.bin", "unit 1.bin", "unit#1.bin", "unit--1.bin", "unit-1.dfu", "unit-1.hex", "unit-1.bin.gz", "unit-1-.bin", ".unit-1.bin"})
        CHECK(names.insert(key_of(typed, ++content)).second);
    CHECK(names.contains("unit-1-key.der"));
    for (const auto& name : names) CHECK(name.find_first_of(" #") == std::string::npos);
}
