#include "base/packed_text.h"

#include "catch.h"
#include "support/shared.h"

#include <fstream>
#include <iterator>

using namespace photopsy;
using namespace photopsy::test;

namespace photopsy {
extern const PackedText embedded_report_schema;
}

TEST_CASE("a text that lies packed in the program is that of its file") {
    std::ifstream file(source_path("docs/report.schema.json"), std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    REQUIRE(whole.size() > 10'000);
    CHECK(embedded_report_schema.text() == whole);
    CHECK(embedded_report_schema.gzip.size() * 3 < whole.size());
}

TEST_CASE("a packed text that is cut or has a wrong bit is none, and takes no more memory than its bytes can give") {
    const auto whole = embedded_report_schema.gzip;
    for (const std::size_t size : {std::size_t{0}, std::size_t{17}, std::size_t{18}, whole.size() / 2, whole.size() - 1}) {
        INFO(size);
        CHECK(PackedText{whole.substr(0, size)}.text().empty());
    }
    std::string wrong(whole);
    wrong[wrong.size() / 2] ^= 1;
    CHECK(PackedText{wrong}.text().empty());
    std::string boast(whole);
    boast.replace(boast.size() - 4, 4, "\xFF\xFF\xFF\xFF");
    CHECK(PackedText{boast}.text().empty());
}
