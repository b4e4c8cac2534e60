// A Core's two files: what `capture` has written side by side is read together, and nothing else is taken for the second one.
#include "support/key_folder.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

bool lacks_key(const Spoken& said) { return !has(said.out, "private-key-"); }

}  // namespace

TEST_CASE("the file that capture gives to a second flash is read with the one beside it", "[cli]") {
    const auto& core = story("core-key-bit-error").sample;
    const KeyFolder folder("second-flash");
    const auto path = folder.put("my core.bin", core.file);
    CHECK(lacks_key(run({"analyze", path})));
    const auto external = folder.put("my core-external.bin", core.external);
    const auto beside = run({"analyze", path, "--format", "json"}), told = run({"analyze", path, "--external", external, "--format", "json"});
    CHECK(has(beside.out, "private-key-bit-flip"));
    CHECK(beside.out == told.out);
    CHECK(beside.status == told.status);
}

TEST_CASE("what lies beside a dump and is no second flash of it is left alone", "[cli]") {
    const auto& core = story("core-key-bit-error").sample;
    const KeyFolder folder("no-second-flash");
    const auto path = folder.put("core.bin", core.file);
    const auto alone = run({"analyze", path, "--format", "json"});
    for (const auto& other : {Bytes(100, 1), core.file, Bytes()}) {
        folder.put("core-external.bin", other);
        const auto said = run({"analyze", path, "--format", "json"});
        CHECK(said.out == alone.out);
        CHECK(said.status == alone.status);
    }
    const auto photon = folder.put("photon.bin", story("healthy-1.5.2").sample.file);
    folder.put("photon-external.bin", core.external);
    CHECK(run({"analyze", photon}).status == 0);
}
