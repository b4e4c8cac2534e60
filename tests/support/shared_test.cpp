#include "support/shared.h"

#include "catch.h"

using namespace photopsy::test;

TEST_CASE("the shared archives are read where they are there") {
    if (!shared_directory()) {
        WARN("no shared material beside this checkout: tests on real firmware are not run");
        return;
    }
    CHECK(shared_archive("dumps/dumps.tar.zst").size() >= 51);
    CHECK(shared_archive("corpus/firmware.tar.zst").size() >= 300);
    CHECK(shared_archive("no/such.tar.zst").empty());
}
