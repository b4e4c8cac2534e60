#pragma once
// Do the addresses that hold the modules together lead anywhere? Vector tables, export (dynalib) tables, and the import stubs through which
// one module calls another. Format: docs/formats/code.md. Never read for a healthy dump: only when asked, or for modules that are not whole.
#include "facts/modules.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

struct ExportTable {
    unsigned number = 0;
    std::string_view name;   ///< "hal_dct"; "" unknown
    Address pointer_at = 0;  ///< the word that names the table
    Address at = 0;          ///< the table itself: function pointers, ended by 0
    unsigned entries = 0;    ///< up to the first 0
    unsigned bad = 0;        ///< entries that are not odd (Thumb) or not inside the module
};

/// A call into another module (dynalib.h@v2.3.1:128-145).
struct ImportStub {
    Address at = 0;
    std::string_view provider;  ///< slot it calls into; "" if its table address lies in none
    unsigned table = 0, function = 0;
    std::string_view table_name;
    Address target = 0;  ///< without the Thumb bit; 0 if it does not resolve
    bool resolves() const { return target != 0; }
};

struct CodeFacts {
    std::string slot;
    bool has_vectors = false;
    Address reset = 0;                 ///< reset handler without the Thumb bit; 0: none
    Address no_code_at = 0;            ///< on the way that each start takes from the reset handler: where no code, or foreign code, stands; 0: nowhere
    bool foreign_entry = false;        ///< a released module whose first instructions do not load what those of every released one do
    std::vector<Range> entry;          ///< what a start reads for certain: the first vector words, the first instructions, the words they load
    std::vector<Address> bad_vectors;  ///< words of the vector table that point outside the module or are even
    std::vector<ExportTable> tables;
    std::vector<ImportStub> stubs;
    unsigned unresolved = 0;  ///< stubs whose target, in the module that is installed there, is no function
};

/// Export tables of a module, as far as they are plausible. Bounded: at most 32 tables of 1024 entries.
std::vector<ExportTable> read_export_tables(const Image&, const Module&);

/// True where the processor faults before the module has done anything: no reset handler, no code on its first steps, or a flipped bit in what is read
/// there for certain.
bool fails_at_entry(const CodeFacts&, const Module&);

/// Everything about the code of one module; stubs are resolved in the modules that are installed. Empty for a module without a header.
CodeFacts read_code(const Image&, const std::vector<Module>&, const Module&);

/// The code of all running modules, where there is reason to look: one is damaged, a dependency is not met, or the system parts differ.
/// Empty for a healthy set.
std::vector<CodeFacts> read_suspect_code(const Image&, const std::vector<Module>&);

/// The stub whose code begins at `at`, if the bytes there are one.
std::optional<ImportStub> stub_at(const Image&, const std::vector<Module>&, Address at);

/// "hal_dct[0]", "system-part2 table 25[3]".
std::string name_of(const ImportStub&);

/// True where some KiB of the bytes calls functions nearby (BL to within 256 KiB) as often as compiled code does: six times or more, of which four
/// differ. Released modules have 21 and more in some KiB; of random bytes one KiB in a billion has six, text and tables have none. `bytes` begin at an even
/// address.
bool holds_thumb_code(ByteView bytes);

/// One decoded instruction.
struct Instruction {
    Address at = 0;
    unsigned size = 2;
    std::string text;   ///< "push {r3, lr}"; ".short 0xde00" for what is no instruction
    Address calls = 0;  ///< target of bl, b.w or blx with an immediate; 0: none
};

/// Up to `count` Thumb instructions from `at` (even) on, fewer where the bytes end. (Capstone, code_capstone.cpp)
std::vector<Instruction> disassemble(ByteView bytes, Address at, unsigned count);

/// Follows the code of a module (`bytes`, whose first lies at `base`) from `at` on for up to `count` instructions as they would be executed. The place
/// of the first that is no instruction, is undefined for good, is a halfword of zeros, or leaves the module by a branch; 0 where there is none.
/// What lies behind a jump through a register is not known, so it counts as plausible. (Capstone, code_capstone.cpp)
Address first_that_is_no_code(ByteView bytes, Address base, Address at, unsigned count);

/// The bytes that are executed for certain from `at` on, up to `count` instructions, and the words they load from beside the code: up to the first
/// decision or jump through a register. (Capstone, code_capstone.cpp)
std::vector<Range> certainly_executed(ByteView bytes, Address base, Address at, unsigned count);

}  // namespace photopsy
