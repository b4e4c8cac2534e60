// A repair by the page, with a device that answers anything, a journal that anybody wrote, and calls in any order: an answer or a sentence, and nothing is ever
// written before the journal is kept.
#include "base/bytes.h"
#include "fuzz/script.h"
#include "page/page.h"
#include "support/sample/sample.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using namespace photopsy;

namespace {

using fuzz::Script;
using Bytes = std::vector<std::uint8_t>;

void require(bool truth) {
    if (!truth) std::abort();
}

std::uint32_t count_of(ByteView bytes) { return static_cast<std::uint32_t>(bytes.size()); }

Bytes answered() { return {page_answer(), page_answer() + page_answer_size()}; }
std::string words_answered() { return {reinterpret_cast<const char*>(page_answer()), page_answer_size()}; }

/// What a device of this kind tells of itself.
struct Kind {
    const char* recipe;
    std::uint32_t product;
    const char* maps;
};
constexpr Kind kinds[] = {
    {"device = \"photon\"\nlife = [{ act = \"install-release\", release = \"1.2.1\" }, { act = \"factory-table\", release = \"1.2.1\", version_string = \"x\" "
     "}, "
     "{ act = \"provision\" }, { act = \"write\", field = \"server_public_key\", fill = 0xFF, length = 294 }]\ndamage = [{ act = \"flip\", at = "
     "\"system-part2+0x8000\", bit = 1 }]",
     0xD006, "0\t@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg\n1\t@DCT Flash   /0x00000000/01*016Kg\n"},
    {"device = \"electron\"\nlife = [{ act = \"install-release\", release = \"0.6.3\" }, { act = \"factory-table\", release = \"0.6.3\" }, { act = "
     "\"provision\" }]\n"
     "damage = [{ act = \"flip\", at = \"dct.alt_device_private_key+20\", bit = 3 }]",
     0xD00A, "0\t@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg\n1\t@DCT Flash   /0x00000000/01*016Kg\n"},
    {"device = \"photon\"\nlife = [{ act = \"install-release\", release = \"0.6.3\" }, { act = \"factory-table\", release = \"0.6.3\", version_string = \"x\" "
     "}, "
     "{ act = \"provision\" }]\ndamage = [{ act = \"fill\", at = \"dct.device_private_key\", length = 612, value = 255 }]",
     0xD006, "0\t@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg\n"},
};
constexpr const char* serial = "3d0024000447343138333038";
/// One interface with two alternate settings, DfuSe, 4096 bytes a transfer.
constexpr std::uint8_t configuration[] = {9, 2, 45, 0, 1, 1,    0, 0xC0, 50, 9, 4,    0,    0,    0, 0xFE, 1,  2,    5,
                                          9, 4, 0,  1, 0, 0xFE, 1, 2,    6,  9, 0x21, 0x0B, 0xFF, 0, 0,    16, 0x1A, 1};

/// An honest device: reads from its flash, takes what is written to it. Of the table it says that all is well.
struct HonestDevice {
    Bytes flash;
    std::uint32_t pointer = 0;
    std::uint8_t state = 2;

    Bytes answer(const PageStep& step) {
        if (step.kind == PageStep::SelectAlternate || step.request_type == 0x01) return {};
        switch (step.request) {
            case 1:
                return take(step), Bytes();
            case 2:
                state = 9;
                return part(step);
            case 3: {
                const Bytes told{0, 0, 0, 0, state, 0};
                if (state == 4) state = 5;
                return told;
            }
            case 5:
                return {state};
            default:
                state = 2;
                return {};
        }
    }

private:
    static constexpr std::uint32_t base = 0x08000000, sector = 0x20000;
    std::size_t offset_of(const PageStep& step) const { return pointer - base + (step.value - 2u) * static_cast<std::size_t>(step.length); }

    Bytes part(const PageStep& step) const {
        Bytes bytes;
        for (std::size_t i = offset_of(step); bytes.size() < step.length; ++i) bytes.push_back(i < flash.size() ? flash[i] : 0);
        return bytes;
    }
    void take(const PageStep& step) {
        state = step.payload_size == 0 ? 7 : 4;
        const bool addressed = step.value == 0 && step.payload_size == 5;
        if (addressed) std::memcpy(&pointer, step.payload + 1, 4);
        if (addressed && step.payload[0] == 0x41 && pointer - base < flash.size())
            std::fill_n(flash.begin() + (pointer - base) / sector * sector, sector, std::uint8_t{0xFF});
        if (step.value >= 2 && offset_of(step) + step.payload_size <= flash.size())
            std::copy_n(step.payload, step.payload_size, flash.begin() + static_cast<std::ptrdiff_t>(offset_of(step)));
    }
};

struct World {
    const Kind& kind;
    Bytes flash;
    HonestDevice device;
    bool may_write = false;

    explicit World(const Kind& of) : kind(of) {
        const auto sample = sample::make_sample("title = \"a base\"\nseed = 7\n" + std::string(of.recipe), "base");
        require(static_cast<bool>(sample));
        flash = sample->flash;
    }
    void capture() {
        page_forget();
        require(page_identify(0x2B04, kind.product, 0x0250, serial));
        require(page_capture_begin(configuration, sizeof configuration, kind.maps, 2, "2026-01-02T03:04:05Z", "a test"));
        for (const PageStep* step = page_capture_step(); step->kind != PageStep::Finished; step = page_capture_step()) {
            require(step->kind == PageStep::Transfer || step->kind == PageStep::SelectAlternate);
            const auto bytes = device.answer(*step);
            page_capture_told(0, bytes.data(), count_of(bytes));
        }
    }
    static inline const World* read = nullptr;  ///< the one whose flash the page holds

    /// Read twice, and judged; a run on the device of the run before begins with what is known of it.
    void judge() {
        device = {flash};
        page_repair_forget();
        if (read == this) return;
        capture();
        read = this;
        require(page_capture_take("dump.bin"));
        require(page_judge());
    }
};

bool changes_the_device(const PageStep& step) {
    const bool downloads = step.kind == PageStep::Transfer && step.request_type == 0x21 && step.request == 1;
    return downloads && (step.value >= 2 || step.payload_size > 5 || (step.payload_size > 0 && step.payload[0] == 0x41));
}

/// A step is answered: by what an honest device would say, or by anything.
void answer(const PageStep& step, Script& script, World& world) {
    const auto chance = script.number();
    switch (step.kind) {
        case PageStep::Note:
            require(page_repair_journal() && words_answered().find(serial) == std::string::npos);
            world.may_write = chance != 1;
            return page_repair_answered(chance != 1);
        case PageStep::Proceed:
        case PageStep::ResetIntoDfu:
            return page_repair_answered(chance != 1);
        case PageStep::Reconnect:
            return page_repair_reconnected(chance % 8 == 1 ? script.number() : 0);
        default:
            break;
    }
    require(!changes_the_device(step) || world.may_write);
    const bool garbage = chance % 16 == 1;
    const auto bytes = garbage ? script.bytes(512) : world.device.answer(step);
    page_repair_told(garbage ? chance % 6 : 0, bytes.data(), count_of(bytes));
}

void carry_on(Script& script, World& world, unsigned steps) {
    for (unsigned done = 0; done < steps * 16; ++done) {
        const PageStep* step = page_repair_step();
        if (!step) return;
        if (step->kind == PageStep::Ended) {
            require(page_repair_end() == 1 && page_answer_size() > 4);
            return;
        }
        answer(*step, script, world);
    }
}

int backup(Script& script, Bytes& kept) {
    if (kept.empty() && page_repair_backup()) kept = answered();
    auto bytes = script.number() % 2 ? kept : script.bytes(2048);
    for (int edit = script.number() % 4; edit > 0 && !bytes.empty(); --edit)
        bytes[(script.number() * 65536u + script.number() * 256u + script.number()) % bytes.size()] ^= script.number();
    World::read = nullptr;  // a backup takes the place of what was read
    return page_repair_open_backup(bytes.data(), count_of(bytes));
}

int begin(Script& script, World& world, std::string& journal) {
    auto told = Bytes(std::begin(configuration), std::end(configuration));
    if (script.number() % 8 == 0) told = script.bytes(64);
    world.may_write = false;
    const auto text = script.number() % 3 == 0 ? "" : script.edited(journal);
    const auto maps = script.edited(world.kind.maps);
    if (!page_repair_begin(told.data(), count_of(told), maps.c_str(), text.c_str())) return 0;
    require(page_repair_journal());
    if (journal.empty()) journal = words_answered();
    return 1;
}

/// The word for a bootloader that is no released file, as the plan that was answered asks for it; "" where it does not.
std::string word_for_bootloader() {
    constexpr std::string_view begins = "unknown-bootloader=";
    const auto plan = words_answered();
    const auto at = plan.find(begins);
    return at == std::string::npos ? "" : plan.substr(at, begins.size() + 64);
}

int call(Script& script, World& world, Bytes& kept, std::string& journal) {
    static constexpr const char* words[] = {"", "new-key", "other-server\nnew-key", "replace-sound-module", "everything", "unknown-module=00"};
    switch (script.number() % 13) {
        case 0:
            return page_repair_consent(words[script.number() % 6]);
        case 1: {
            const auto bytes = script.bytes(4096);
            return page_repair_take_file(bytes.data(), count_of(bytes), script.edited("file.bin").c_str());
        }
        case 2:
            return page_repair_steps();
        case 3:
            return page_repair_missing();
        case 4:
            return backup(script, kept);
        case 5:
            return page_repair_make_again();
        case 6:
        case 7:
            return begin(script, world, journal);
        case 8:
            return page_repair_journal();
        case 9:
            return page_repair_end();
        case 10:
            return page_repair_compare() && page_repair_plan_restoration();
        case 11:
            return page_repair_begin_restoration(configuration, sizeof configuration, world.kind.maps);
        default:
            return page_repair_public_half();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t length) {
    static World worlds[] = {World(kinds[0]), World(kinds[1]), World(kinds[2])};
    Script script{bytes, length};
    const auto drawn = script.number() % 16;  // another device than in the run before must be read first, which takes long
    World& world = worlds[drawn < 14 ? 0 : drawn - 13];
    world.judge();
    Bytes kept;
    std::string journal;
    if (world.kind.product == 0xD006 && script.number() % 32 == 0) require(page_repair_make_key());
    require(page_repair_plan());
    const auto word = word_for_bootloader();
    require(page_repair_consent(word.c_str()) && page_repair_plan());
    for (int calls = 0; script.left > 0 && calls < 32; ++calls) {
        if (call(script, world, kept, journal) == 0 && page_answer_size() == 0) std::abort();  // a failure has a sentence
        carry_on(script, world, script.number());
    }
    return 0;
}
