// Each rule on a DCD: it fires on the state that it is for, and is silent on a store as it should be.
#include "support/sample/dcd.h"
#include "catch.h"
#include "diagnosis/diagnosis.h"
#include "facts/dcd_writing.h"
#include "facts/store.h"
#include "support/shared.h"

#include <algorithm>

using namespace photopsy;
using photopsy::sample::Chip;
using photopsy::sample::Dcd;
using photopsy::sample::DcdWriter;
using photopsy::test::Bytes;

namespace {

const Layout& modem_device() { return *builtin_layout("electron"); }

constexpr std::uint32_t claimed = 8 + 1825, reserved = 8 + 2018;

struct StoreOfModem {
    Chip chip{modem_device().flash};
    Dcd dcd{chip, {modem_device().dct.copies[0], modem_device().dct.copies[1]}};
    StoreCode code{.system = DcdGeneration::D3, .bootloader = DcdGeneration::D3, .system_version = 2302, .bootloader_version = 1006};

    StoreOfModem() { dcd.put_factory_image(); }
    StoreOfModem(const StoreOfModem&) = delete;

    void write(DcdWriter writer, std::uint8_t value, int times = 1) {
        for (int i = 0; i < times; ++i) dcd.write(writer, claimed, Bytes{static_cast<std::uint8_t>(value + i)});
    }
    void write_cut(DcdWriter writer, std::string step, std::size_t bytes = 0) {
        chip.lose_power_in(std::move(step), bytes);
        write(writer, 0x61);
        REQUIRE(chip.restore_power());
    }
    void set(int copy, std::uint32_t offset, const Bytes& bytes) {
        chip.set(modem_device().dct.copies[static_cast<std::size_t>(copy - 1)].begin + offset, bytes);
    }
    void flip(int copy, std::uint32_t offset) {
        const Address at = modem_device().dct.copies[static_cast<std::size_t>(copy - 1)].begin + offset;
        chip.set(at, Bytes{static_cast<std::uint8_t>(chip.bytes(range_of(at, 1))[0] ^ 0x10)});
    }
    void runs(DcdGeneration system, std::uint16_t version) { code.system = system, code.bootloader = system, code.system_version = version; }

    Facts facts() const {
        Image image(modem_device().flash);
        image.put(modem_device().flash.begin, chip.all());
        Facts found;
        found.layout = &modem_device();
        found.system.system_version = code.system_version;
        found.dct = read_store({image, modem_device(), code});
        found.keys = key_set_in_use(image, modem_device(), found.dct);
        return found;
    }
};

std::vector<std::string> fired(const Facts& facts) {
    const KeyFacts keys;
    const HandshakeOutcome handshake;
    const BootOutcome boot;
    std::vector<std::string> ids;
    const auto found = find_problems({facts, keys, handshake, boot});
    for (const auto& finding : found.all())
        if (finding.rule->id.starts_with("dcd-") && std::find(ids.begin(), ids.end(), finding.rule->id) == ids.end()) ids.emplace_back(finding.rule->id);
    return ids;
}

std::vector<std::string> causes_of(const Facts& facts) {
    const KeyFacts keys;
    const HandshakeOutcome handshake;
    const BootOutcome boot;
    const Observations seen{facts, keys, handshake, boot};
    std::vector<std::string> ids;
    const auto diagnosis = diagnose(seen, find_problems(seen));
    for (const auto& named : diagnosis.causes)
        if (named.cause->id.starts_with("dct-")) ids.emplace_back(named.cause->id);
    return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a DCD as its code leaves it is in order, whichever code it was", "[dcd][rules]") {
    struct Era {
        DcdWriter writer;
        DcdGeneration generation;
        std::uint16_t version;
    };
    for (const auto& era :
         {Era{DcdWriter::D1, DcdGeneration::D1, 109}, Era{DcdWriter::D2, DcdGeneration::D2, 207}, Era{DcdWriter::D3, DcdGeneration::D3, 2302}})
        for (const int writes : {0, 1, 2, 5}) {
            StoreOfModem store;
            store.runs(era.generation, era.version);
            store.write(era.writer, 0x31, writes);
            INFO(era.version << " after " << writes << " writes");
            CHECK(fired(store.facts()) == Ids{});
        }
}

TEST_CASE("a write that was cut off is named at each of its steps", "[dcd][rules]") {
    for (const auto* step : {"body", "footer", "checksum", "watermark", "seal", "retire-old"}) {
        StoreOfModem store;
        store.write(DcdWriter::D3, 0x31, 3);
        store.write_cut(DcdWriter::D3, step, step == std::string("seal") || step == std::string("watermark") ? 0 : 3);
        INFO(step);
        const bool over = step == std::string("retire-old");  // the new copy is in use by then
        CHECK(fired(store.facts()) == Ids{"dcd-write-unfinished"});
        CHECK(store.facts().dct.selected == (over ? 1 : 2));
        CHECK(causes_of(store.facts()) == Ids{"dct-write-interrupted"});
    }
}

TEST_CASE("two valid copies of code without a counter: the second is used, and that is said", "[dcd][rules]") {
    for (const int writes : {2, 3}) {
        StoreOfModem store;
        store.runs(DcdGeneration::D1, 109);
        store.write(DcdWriter::D1, 0x31, writes);
        store.write_cut(DcdWriter::D1, "retire-old");
        const auto facts = store.facts();
        CHECK(facts.dct.dcd->tie);
        CHECK(facts.dct.selected == 2);
        CHECK(fired(facts) == Ids{"dcd-write-unfinished"});
        CHECK(causes_of(facts) == Ids{"dct-write-interrupted"});
    }
}

TEST_CASE("one flipped bit anywhere takes the last write back", "[dcd][rules]") {
    StoreOfModem store;
    store.write(DcdWriter::D3, 0x31, 3);
    store.flip(2, reserved);
    const auto facts = store.facts();
    CHECK(facts.dct.selected == 1);
    CHECK(fired(facts) == Ids{"dcd-newest-copy-fails-checksum"});
    CHECK(causes_of(facts) == Ids{"dct-copy-crc-bad"});
    REQUIRE(facts.dct.copy(2)->damage);
    CHECK(facts.dct.copy(2)->damage->proof == DctDamage::Proof::OneByte);
    CHECK(facts.dct.copy(2)->damage->places.front().begin == 0x08008000 + reserved);
}

TEST_CASE("an update from 0.7.0 of a unit with the factory's table undoes every second write", "[dcd][rules]") {
    for (const int writes : {1, 2, 3, 4}) {
        StoreOfModem store;
        store.write(DcdWriter::D2, 0x31, writes);
        const auto facts = store.facts();
        INFO(writes << " writes");
        CHECK(facts.dct.selected == 2);
        const bool undone = writes % 2 == 0;
        CHECK(fired(facts) == (undone ? Ids{"dcd-newest-copy-not-counted"} : Ids{}));
        CHECK(causes_of(facts) == (undone ? Ids{"dct-last-write-undone"} : Ids{}));
    }
}

TEST_CASE("the same store is in order to the release that wrote it", "[dcd][rules]") {
    StoreOfModem store;
    store.write(DcdWriter::D2, 0x31, 2);
    store.runs(DcdGeneration::D2, 207);
    CHECK(fired(store.facts()) == Ids{});
}

TEST_CASE("where only a superseded copy is left, one generation reads it and another blanks the store", "[dcd][rules]") {
    StoreOfModem store;
    store.write(DcdWriter::D3, 0x31, 3);
    store.set(2, 0, Bytes(8, 0xFF));
    CHECK(store.facts().dct.selected == 1);
    CHECK(fired(store.facts()) == Ids{"dcd-newest-copy-lost"});
    CHECK(causes_of(store.facts()) == Ids{"dct-copy-crc-bad"});
    store.code.bootloader = DcdGeneration::D2;
    // This bootloader blanks copy 2; copy 1 stays the newer one to the system all the same.
    CHECK(fired(store.facts()) == Ids{"dcd-newest-copy-lost", "dcd-generations-differ"});
    CHECK(store.facts().dct.selected == 1);
    store.runs(DcdGeneration::D2, 207);
    CHECK(store.facts().dct.would_reinitialize);
    CHECK(fired(store.facts()) == Ids{"dcd-none-usable"});
    CHECK(causes_of(store.facts()) == Ids{"dct-both-copies-invalid"});
}

TEST_CASE("a blank table is told, and the old one beside it", "[dcd][rules]") {
    StoreOfModem store;
    store.write(DcdWriter::D3, 0x31, 3);
    for (const int copy : {1, 2}) store.set(copy, 0, Bytes(4, 0));
    CHECK(fired(store.facts()) == Ids{"dcd-none-usable"});
    store.dcd.reinitialize(DcdWriter::D3);
    const auto facts = store.facts();
    CHECK(facts.dct.selected == 2);
    CHECK(fired(facts) == Ids{"dcd-blank-table", "dcd-other-copy-unreadable", "dcd-old-table-left"});
    CHECK(causes_of(facts) == Ids{"dct-reset-to-default"});
}

TEST_CASE("a table that was just reset is no write that was cut off, whatever is left of the old one", "[dcd][rules]") {
    const Bytes no_header(8, 0xFF), open_seal{0x9A, 0x27, 0x1C, 0x1E, 0xFF, 0xFF, 0xFF, 0xFF};
    for (const auto& [writer, generation, version] : {std::tuple{DcdWriter::D1, DcdGeneration::D1, 108}, std::tuple{DcdWriter::D2, DcdGeneration::D2, 207},
                                                      std::tuple{DcdWriter::D3, DcdGeneration::D3, 2302}})
        for (const auto& header : {no_header, open_seal, Bytes{}}) {
            StoreOfModem store;
            store.runs(generation, static_cast<std::uint16_t>(version));
            store.write(writer, 0x31, 3);
            for (const int copy : {1, 2}) store.set(copy, 0, header.empty() ? Bytes(0x4000, 0xFF) : header);
            store.dcd.reinitialize(writer);
            INFO(version << " " << header.size());
            CHECK(causes_of(store.facts()) == Ids{"dct-reset-to-default"});
            const auto ids = fired(store.facts());
            CHECK(std::find(ids.begin(), ids.end(), "dcd-old-table-left") == (header.empty() ? ids.end() : ids.end() - 1));
        }
    StoreOfModem store;  // the same remains beside a table that is none of a reset
    store.write(DcdWriter::D3, 0x31, 3);
    store.set(1, 0, open_seal);
    CHECK(causes_of(store.facts()) == Ids{"dct-write-interrupted"});
}

TEST_CASE("whether a write of the bootloader reaches the system is foreseen from the headers", "[dcd][rules]") {
    const std::tuple<DcdWriter, DcdGeneration> codes[] = {
        {DcdWriter::D1, DcdGeneration::D1}, {DcdWriter::D2, DcdGeneration::D2}, {DcdWriter::D3, DcdGeneration::D3}};
    int reaching = 0, lost = 0;
    for (const auto& [earlier, of_history] : codes)
        for (const auto& [writer, bootloader] : codes)
            for (const auto& [later, system] : codes)
                for (const int writes : {1, 2, 3, 4}) {
                    StoreOfModem store;
                    store.write(earlier, 0x31, writes);
                    store.code.bootloader = bootloader, store.code.system = system;
                    const auto before = store.facts();
                    INFO(int(of_history) << " " << int(bootloader) << " " << int(system) << " " << writes);
                    store.write(writer, 0x71);
                    const auto after = store.facts();
                    const bool from_the_used = before.dct.dcd->read_by_bootloader == before.dct.selected;
                    const bool read = after.dct.dcd->read_by_system == 3 - before.dct.dcd->read_by_bootloader;
                    CHECK(write_reaches_system(before.dct) == (from_the_used && read));
                    ++(write_reaches_system(before.dct) ? reaching : lost);
                }
    CHECK(reaching > 90);
    CHECK(lost > 3);
}

TEST_CASE("damage where nothing better is there, and where nobody looks", "[dcd][rules]") {
    StoreOfModem used;
    used.write(DcdWriter::D3, 0x31, 3);
    used.write_cut(DcdWriter::D3, "body", 100);  // the other copy is no table now
    used.flip(2, reserved);
    const auto facts = used.facts();
    CHECK(facts.dct.selected == 2);
    CHECK(fired(facts) == Ids{"dcd-write-unfinished", "dcd-copy-fails-checksum"});
    StoreOfModem spare;
    spare.write(DcdWriter::D3, 0x31, 3);
    spare.flip(1, reserved);
    CHECK(spare.facts().dct.selected == 2);
    CHECK(fired(spare.facts()) == Ids{"dcd-superseded-copy-damaged"});
    StoreOfModem header;
    header.write(DcdWriter::D3, 0x31, 3);
    header.set(1, 0, Bytes(8, 0x77));
    CHECK(fired(header.facts()) == Ids{"dcd-other-copy-unreadable"});
}

TEST_CASE("a table of the older format is converted", "[dcd][rules]") {
    StoreOfModem store;
    Bytes sector(0x4000, 0xFF);
    sector[8] = 0, sector[9] = 1;
    store.set(1, 0, sector);
    store.set(2, 0, Bytes(0x4000, 0xFF));
    CHECK(store.facts().dct.dcd->migrated_from == 1);
    CHECK(fired(store.facts()) == Ids{"dcd-table-converted"});
}

TEST_CASE("bootloader and system of different generations are named", "[dcd][rules]") {
    StoreOfModem store;
    store.write(DcdWriter::D3, 0x31, 3);
    CHECK(fired(store.facts()) == Ids{});
    store.code.bootloader = DcdGeneration::D1;
    CHECK(fired(store.facts()) == Ids{"dcd-generations-differ"});
}
