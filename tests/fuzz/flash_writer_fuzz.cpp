// Whatever a device answers: the writer ends, stays inside its rules, and never sends a change twice.
#include "dfu/flash_writer.h"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace photopsy;
using namespace photopsy::dfu;

static void require(bool truth) {
    if (!truth) std::abort();
}

namespace {

struct Tape {
    ByteView bytes;
    std::uint8_t take() {
        if (bytes.empty()) return 0;
        const std::uint8_t first = bytes.front();
        bytes = bytes.subspan(1);
        return first;
    }
    std::uint32_t take_word() {
        std::uint32_t word = 0;
        for (int i = 0; i < 4; ++i) word = word << 8 | take();
        return word;
    }
};

}  // namespace

static void check_write(const WriteRequest& request, unsigned& changes) {
    if (request.what() == WriteRequest::What::SelectTable) return;
    ++changes;
    require(request.payload().size() <= 4096 && !request.payload().empty());
    require((request.block() == 0) == (request.what() == WriteRequest::What::Erase));
    if (request.what() == WriteRequest::What::Erase) require(request.payload().size() == 5 && request.payload()[0] == 0x41);
}

static void drive(FlashWriter& writer, Tape& tape, unsigned most_changes) {
    std::array<std::uint8_t, 64> stage{};
    unsigned changes = 0;
    for (unsigned steps = 0;; ++steps) {
        require(steps < 20000);
        const auto step = writer.step();
        if (step.kind != WriteStep::Kind::Transfer) break;
        require(step.wait_ms <= 1000 && step.timeout_ms <= 10000);
        if (const auto* write = std::get_if<WriteRequest>(&step.request)) check_write(*write, changes);
        const std::uint8_t choice = tape.take();
        const std::size_t length = choice & 0x20 ? tape.take() % stage.size() : 6;
        for (std::size_t i = 0; i < std::min<std::size_t>(length, 6); ++i) stage[i] = tape.take();
        if (choice & 0x40) stage = {0, 0, 0, 0, static_cast<std::uint8_t>(choice % 11), 0};
        writer.told({choice % 16 < 13 ? TransferResult::Done : static_cast<TransferResult>(choice % 4 + 1), ByteView(stage).first(length)});
    }
    require(changes <= most_changes);
}

constexpr static Range sector{0x08020000, 0x08040000}, other{0x08040000, 0x08060000}, page{0x1000, 0x2000}, next_page{0x2000, 0x3000};

/// The internal flash's two sectors, or those of the flash beside it.
static bool may_be_erased(Address at, std::uint32_t size, bool has_second) {
    const bool internal = (at == sector.begin || at == other.begin) && size == sector.size();
    return internal || (has_second && (at == page.begin || at == next_page.begin) && size == page.size());
}

static bool may_be_programmed(Address at, std::size_t length, bool has_second) {
    const auto inside = [&](Range range) { return at >= range.begin && at + length <= range.end; };
    return at % 4 == 0 && (inside(sector) || inside(other) || (has_second && (inside(page) || inside(next_page))));
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    constexpr std::size_t longest = 3 * 4096;
    static const std::vector<std::uint8_t> content(longest, 0x5A);
    Tape tape{{bytes, size}};
    WriteRules rules{.sectors = {sector, other}, .system_parts = sector, .table_size = 8391, .table = static_cast<WriteRules::Table>(tape.take() % 3)};
    const bool has_second = tape.take() % 2 == 1;
    if (has_second) rules.second = {{page, next_page}, 1};
    FlashWriter writer(rules);
    for (int work = 0; work < 4 && !tape.bytes.empty(); ++work) {
        const std::uint8_t kind = tape.take() % 4;
        const Address at = tape.take_word();
        const std::size_t length = tape.take_word() % (longest + 8);
        if (kind == 3) writer.device_was_reset();
        const std::uint32_t size = tape.take() % 2 == 1 ? page.size() : sector.size();
        if (kind == 0 && writer.erase({at, at + size})) {
            require(may_be_erased(at, size, has_second));
            drive(writer, tape, 1);
        }
        if (kind == 1 && length <= longest && writer.program(at, ByteView(content).first(length))) {
            require(may_be_programmed(at, length, has_second));
            drive(writer, tape, static_cast<unsigned>(length / 4096 + 1));
        }
        if (kind == 2 && length <= longest && writer.write_table(at, ByteView(content).first(length))) {
            require(!writer.table_is_closed() && at + length <= 8391 && length <= 4096);
            drive(writer, tape, 1);
        }
    }
    return 0;
}
