// How long the key files are that are written over DFU: a serial flash takes an even number of bytes only.
#include "handshake/device_slot.h"
#include "mend/keys.h"
#include "support/key_folder.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

bool is_good(const Bytes& file) { return read_device_slot(slot_of(file)).what == DeviceKeyClass::Good; }

}  // namespace

TEST_CASE("a new key for a serial flash is a file of even length; for any other device it is the key alone", "[cli][keys]") {
    const KeyFolder folder("keys-even");
    struct Kind {
        std::string name, command;
        std::size_t size;
    };
    for (const auto& kind : {Kind{"core", "-d 1d50:607f -a 1 -s 8192", 612}, Kind{"photon", "-d 2b04:d006 -a 1 -s 34", 611}}) {
        const auto made = run({"keys", "new", "--kind", kind.name, "-o", folder.file(kind.name + ".der")});
        CHECK(made.status == 0);
        CHECK(folder.get(kind.name + ".der").size() == kind.size);
        CHECK(is_good(folder.get(kind.name + ".der")));
        CHECK(has(made.out, kind.command));
    }
    CHECK(run({"keys", "new", "--kind", "core", "--ec", "-o", folder.file("ec.der")}).status == 2);
    CHECK(run({"keys", "new", "--kind", "toaster", "-o", folder.file("none.der")}).status == 2);
}

TEST_CASE("a recovered key is as long as its device takes it, and the report's line says for which device one is made", "[cli][keys]") {
    const KeyFolder folder("recovered-even");
    const auto& core = story("core-key-bit-error").sample;
    const auto serial = folder.put("serial.bin", core.external);
    CHECK(run({"keys", "recover", serial, "-o", folder.file("back.der")}).status == 0);
    CHECK(folder.get("back.der").size() % 2 == 0);
    CHECK(is_good(folder.get("back.der")));
    const auto photon = folder.put("photon.bin", story("healthy-1.5.2").sample.file);
    CHECK(run({"keys", "recover", photon, "-o", folder.file("own.der")}).status == 0);
    CHECK(folder.get("own.der").size() == 611);
    auto erased = core.external;
    std::fill_n(erased.begin() + 0x2000, 612, std::uint8_t{0});
    const auto internal = folder.put("core.bin", core.file), without_key = folder.put("core-external.bin", erased);
    CHECK(has(run({"analyze", internal, "--full"}).out, "keys new --kind core -o"));
}
