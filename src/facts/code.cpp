#include "facts/code.h"

#include "facts/code_path.h"
#include "facts/header_damage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace photopsy {

namespace {

constexpr std::uint32_t vector_words = 97;
constexpr unsigned most_tables = 32, most_entries = 1024, first_instructions = 16;

/// What runs in its place is what it is there for: a damaged header may name it anything.
std::uint8_t function_of(const Module& module) {
    if (module.part != 0) return FunctionSystemPart;
    return module.slot == "user" ? std::uint8_t{FunctionUserPart} : module.function.value;
}

std::string_view table_name(const Module& module, unsigned number) {
    if (function_of(module) == FunctionUserPart) return number == 0 ? "user" : "";
    return module.home && number < module.home->export_tables.size() ? module.home->export_tables[number] : std::string_view{};
}

std::optional<std::uint32_t> word_at(const Image& image, Address at) {
    const auto bytes = image.bytes(range_of(at, 4));
    return bytes.size() == 4 ? std::optional(little_endian<std::uint32_t>(bytes)) : std::nullopt;
}

bool is_function_of(const Module& module, std::uint32_t pointer) { return (pointer & 1) != 0 && true_extent(module).contains(pointer - 1); }

void count_entries(const Image& image, const Module& module, ExportTable& table) {
    for (; table.entries < most_entries; ++table.entries) {
        const auto pointer = word_at(image, table.at + 4 * table.entries);
        if (!pointer || *pointer == 0) return;
        if (!is_function_of(module, *pointer)) {
            // A table that is followed by other data ends there; one that begins with nonsense is damaged.
            if (table.entries == 0) ++table.bad;
            return;
        }
    }
}

/// Which module a table address belongs to.
const Module* provider_of(const std::vector<Module>& modules, Address pointer_at) {
    for (const auto& module : modules)
        if (module.slot != "ota" && module.slot != "factory" && module.slot_at.contains(pointer_at)) return &module;
    return nullptr;
}

void resolve(const Image& image, const std::vector<Module>& modules, Address pointer_at, ImportStub& stub) {
    const auto* provider = provider_of(modules, pointer_at);
    if (!provider) return;
    stub.provider = provider->slot;
    const auto base = provider->header_at + module_header_size;
    if (pointer_at < base || (pointer_at - base) % 4 != 0) return;
    stub.table = (pointer_at - base) / 4;
    stub.table_name = table_name(*provider, stub.table);
    if (stub.table >= most_tables || !provider->present()) return;
    const auto table = word_at(image, pointer_at);
    if (!table || *table % 4 != 0 || !provider->at.contains(*table) || stub.function > (provider->at.end - *table) / 4) return;
    const auto function = word_at(image, *table + 4 * stub.function);
    if (function && is_function_of(*provider, *function)) stub.target = *function - 1;
}

/// The stub's eight halfwords: push {r3, lr}; ldr r3, [pc, #n]; ldr r3, [r3]; ldr r3, [r3, #4*index]; str r3, [sp, #4]; pop {r3, pc}.
struct StubCode {
    Address literal_at = 0;
    unsigned function = 0;
};
std::optional<StubCode> match_stub(ByteView code, Address at) {
    const auto half = [&](std::size_t i) { return i * 2 + 2 <= code.size() ? little_endian<std::uint16_t>(code.subspan(i * 2, 2)) : std::uint16_t{0}; };
    if (half(0) != 0xB508 || (half(1) & 0xFF00) != 0x4B00 || half(2) != 0x681B) return {};
    StubCode stub{.literal_at = ((at + 2 + 4) & ~Address{3}) + (half(1) & 0xFFu) * 4};
    std::size_t next = 4;
    if ((half(3) & 0xF83F) == 0x681B)
        stub.function = (half(3) >> 6) & 0x1F;
    else if (half(3) == 0xF8D3 && (half(4) & 0xF003) == 0x3000)
        stub.function = (half(4) & 0xFFFu) / 4, next = 5;
    else
        return {};
    if (half(next) != 0x9301 || half(next + 1) != 0xBD08) return {};
    return stub;
}

ImportStub read_stub(const Image& image, const std::vector<Module>& modules, Address at, const StubCode& code) {
    ImportStub stub{.at = at, .function = code.function};
    if (const auto pointer_at = word_at(image, code.literal_at)) resolve(image, modules, *pointer_at, stub);
    return stub;
}

constexpr std::uint32_t memory_begin = 0x20000000, memory_end = 0x20020000;

/// Every released reset handler loads an address of memory among its first instructions, to set up stack or variables; that of part 1 the place of part
/// 2's reset vector instead (system_part1_loader.c@v2.3.1:30).
bool loads_what_it_must(const Image& image, const std::vector<Module>& modules, const Module& module, const CodeFacts& facts) {
    const bool is_part1 = module.part == 1;
    const auto* part2 = find_system_part(modules, 2);
    return std::any_of(facts.entry.begin() + 1, facts.entry.end(), [&](Range at) {
        const auto word = at.size() == 4 ? word_at(image, at.begin) : std::nullopt;
        if (!word) return false;
        return is_part1 ? part2 && *word == part2->slot_at.begin + 4 : *word >= memory_begin && *word <= memory_end;
    });
}

/// Where the way that each start takes leads into a piece that is gone or foreign; 0: nowhere.
Address gap_on_the_way(ByteView code, const Module& module, Address reset) {
    const auto& damage = module.damage;
    if (damage.erased_runs.empty() && damage.zero_runs.empty() && damage.foreign_blocks.empty()) return 0;
    Address first = 0;
    for (const auto executed : executed_for_certain(code, module.slot_at.begin, reset))
        for (const auto* gaps : {&damage.erased_runs, &damage.zero_runs, &damage.foreign_blocks})
            for (const auto gap : *gaps)
                if (const auto hit = intersection(gap, executed); !hit.empty() && (first == 0 || hit.begin < first)) first = hit.begin;
    return first;
}

void read_vectors(const Image& image, const std::vector<Module>& modules, const Module& module, CodeFacts& facts) {
    const auto at_begin = module.slot_at.begin;
    facts.has_vectors = module.header_at > at_begin;
    if (!facts.has_vectors) return;
    const auto code = image.leading(true_extent(module));
    // In the table of a program of one piece other words may stand behind the handlers.
    const unsigned handlers = module.slot == "monolithic" ? 0 : vector_words;
    for (Address at = at_begin + 4; at < at_begin + handlers * 4; at += 4) {
        const auto word = word_at(image, at);
        if (word && *word != 0 && !is_function_of(module, *word)) facts.bad_vectors.push_back(at);
    }
    const auto reset = word_at(image, at_begin + 4);
    // Part 1 jumps through the second word alone: the stack is set up by then, and part 2 sets its own.
    const bool uses_stack_word = module.part == 0 || module.part == 1;
    const auto stack = word_at(image, at_begin);
    // A stack outside the memory faults at the first push: nothing is reached.
    const bool no_stack = uses_stack_word && stack && (*stack < memory_begin || (*stack & ~3U) > memory_end);
    facts.entry = {{at_begin + (uses_stack_word ? 0 : 4), at_begin + 8}};
    if (no_stack) return;
    if (reset && is_function_of(module, *reset)) {
        facts.reset = *reset - 1;
        for (const auto at : certainly_executed(code, at_begin, facts.reset, first_instructions)) facts.entry.push_back(at);
        // What they must load was measured on systems of two parts.
        const bool two_parts = find_system_part(modules, 2) && !find_system_part(modules, 3);
        const bool released = !module.known_as.empty() && two_parts;
        facts.foreign_entry = released && !loads_what_it_must(image, modules, module, facts);
        facts.no_code_at = first_that_is_no_code(code, at_begin, facts.reset, first_instructions);
        if (facts.no_code_at == 0) facts.no_code_at = gap_on_the_way(code, module, facts.reset);
    } else if (facts.bad_vectors.empty())
        facts.bad_vectors.push_back(at_begin + 4);
}

}  // namespace

std::vector<ExportTable> read_export_tables(const Image& image, const Module& module) {
    std::vector<ExportTable> tables;
    const auto function = function_of(module);
    const bool exports = function == FunctionSystemPart || function == FunctionUserPart;
    if (!module.present() || !exports) return tables;
    const auto first = module.header_at + module_header_size;
    const unsigned most = function == FunctionUserPart ? 1 : most_tables;
    for (unsigned number = 0; number < most; ++number) {
        ExportTable table{.number = number, .name = table_name(module, number), .pointer_at = first + 4 * number};
        const auto pointer = word_at(image, table.pointer_at);
        if (!pointer || *pointer % 4 != 0 || *pointer < first || !module.at.contains(*pointer)) break;
        table.at = *pointer;
        count_entries(image, module, table);
        if (table.entries == 0) break;  // behind the last table stands code
        tables.push_back(table);
    }
    return tables;
}

/// Without a header that can be read it is executed all the same.
static bool is_damaged_header(const Module& module) { return module.presence == Presence::NoHeader && module.header_resembles; }

CodeFacts read_code(const Image& image, const std::vector<Module>& modules, const Module& module) {
    CodeFacts facts{.slot = module.slot};
    const auto code = image.bytes(module.at);
    if (is_damaged_header(module)) read_vectors(image, modules, module, facts);
    if (!module.present() || code.empty()) return facts;
    read_vectors(image, modules, module, facts);
    facts.tables = read_export_tables(image, module);
    const std::string_view text(reinterpret_cast<const char*>(code.data()), code.size());
    constexpr std::string_view push = "\x08\xB5";  // push {r3, lr}
    for (auto at = text.find(push); at != text.npos && at + 14 <= code.size(); at = text.find(push, at + 1)) {
        if (at % 2 != 0) continue;
        const auto address = module.at.begin + static_cast<Address>(at);
        const auto stub = match_stub(code.subspan(at), address);
        if (!stub) continue;
        facts.stubs.push_back(read_stub(image, modules, address, *stub));
        facts.unresolved += !facts.stubs.back().resolves();
    }
    return facts;
}

/// BL to within 256 KiB (encoding T1, ARMv7-M A7.7.18): the sign stands in the bits 18 to 24 of the distance alike.
static bool is_near_call(std::uint16_t first, std::uint16_t second) {
    const bool backwards = (first & 0xFFC0) == 0xF7C0, forwards = (first & 0xFFC0) == 0xF000;
    return (backwards || forwards) && (second & 0xF800) >= 0xF800;
}

bool holds_thumb_code(ByteView bytes) {
    constexpr std::size_t window = 1024, least = 6, least_different = 4;
    for (std::size_t from = 0; from + window <= bytes.size(); from += window) {
        std::vector<std::uint32_t> calls;
        for (std::size_t at = from; at + 4 <= from + window; at += 2) {
            const auto first = little_endian<std::uint16_t>(bytes.subspan(at)), second = little_endian<std::uint16_t>(bytes.subspan(at + 2));
            if (is_near_call(first, second)) calls.push_back(static_cast<std::uint32_t>(first) << 16 | second), at += 2;
        }
        if (calls.size() < least) continue;
        std::sort(calls.begin(), calls.end());
        if (static_cast<std::size_t>(std::unique(calls.begin(), calls.end()) - calls.begin()) >= least_different) return true;
    }
    return false;
}

bool fails_at_entry(const CodeFacts& code, const Module& module) {
    if (!code.has_vectors || module.good()) return false;
    if (code.reset == 0 || code.no_code_at != 0 || code.foreign_entry) return true;
    const auto& bit = module.damage.flipped_bit;
    // The processor takes the two lowest bits of a stack pointer for zero.
    const bool unread = bit && bit->at.begin == module.at.begin && bit->value < 2;
    const auto is_entered = [&](Range wrong) { return std::any_of(code.entry.begin(), code.entry.end(), [&](Range at) { return at.overlaps(wrong); }); };
    if (bit) return !unread && is_entered(bit->at);
    // Of several wrong bits those count that the blocks of its release show to the byte.
    constexpr std::uint32_t known_to_the_byte = 8;
    const Range may_be_unread = range_of(module.slot_at.begin, 1);
    const auto& blocks = module.damage.blocks;
    return blocks && std::any_of(blocks->runs.begin(), blocks->runs.end(), [&](const BlockRun& run) {
               return run.kind == BlockRun::Kind::Unknown && run.at.size() <= known_to_the_byte && run.at != may_be_unread && is_entered(run.at);
           });
}

static bool is_running(const Module& module) { return (module.present() || is_damaged_header(module)) && runs_in_place(module); }

std::vector<CodeFacts> read_suspect_code(const Image& image, const std::vector<Module>& modules) {
    bool suspect = false;
    for (const auto& module : modules)
        suspect = suspect || (is_running(module) && (module.integrity == Integrity::Bad || is_damaged_header(module) || module.dependencies_ok == false));
    const auto *part1 = find_system_part(modules, 1), *part2 = find_system_part(modules, 2);
    suspect = suspect || (part1 && part2 && part1->good() && part2->good() && part1->version.value != part2->version.value);
    std::vector<CodeFacts> list;
    if (!suspect) return list;
    for (const auto& module : modules)
        if (is_running(module)) list.push_back(read_code(image, modules, module));
    return list;
}

std::optional<ImportStub> stub_at(const Image& image, const std::vector<Module>& modules, Address at) {
    const auto stub = match_stub(image.leading(range_of(at, 16)), at);
    return stub ? std::optional(read_stub(image, modules, at, *stub)) : std::nullopt;
}

std::string name_of(const ImportStub& stub) {
    if (!stub.table_name.empty()) return fmt::format("{}[{}]", stub.table_name, stub.function);
    return stub.provider.empty() ? "an unknown table" : fmt::format("{} table {}[{}]", stub.provider, stub.table, stub.function);
}

}  // namespace photopsy
