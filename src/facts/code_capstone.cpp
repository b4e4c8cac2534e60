#include "facts/code.h"

#include <capstone/capstone.h>
#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

Address call_target(const cs_insn& instruction) {
    const bool branches = instruction.id == ARM_INS_BL || instruction.id == ARM_INS_BLX || instruction.id == ARM_INS_B;
    if (!branches || !instruction.detail || instruction.detail->arm.op_count != 1) return 0;
    const auto& operand = instruction.detail->arm.operands[0];
    return operand.type == ARM_OP_IMM ? static_cast<Address>(operand.imm) & ~Address{1} : 0;
}

/// The address is taken from a register or from memory: bx, pop {..., pc}, ldr pc, mov pc.
bool jumps_through_register(const cs_insn& instruction) {
    if (instruction.id == ARM_INS_BX || instruction.id == ARM_INS_TBB || instruction.id == ARM_INS_TBH) return true;
    if (instruction.id != ARM_INS_POP && instruction.id != ARM_INS_LDM && instruction.id != ARM_INS_LDR && instruction.id != ARM_INS_MOV) return false;
    const auto& arm = instruction.detail->arm;
    // Of a load the first operand is the target; of a list any.
    const int targets = instruction.id == ARM_INS_LDR || instruction.id == ARM_INS_MOV ? std::min<int>(arm.op_count, 1) : arm.op_count;
    for (int i = 0; i < targets; ++i)
        if (arm.operands[i].type == ARM_OP_REG && arm.operands[i].reg == ARM_REG_PC) return true;
    return false;
}

/// A handle of the library, closed on the way out.
class Decoder {
public:
    Decoder() {
        if (cs_open(CS_ARCH_ARM, static_cast<cs_mode>(CS_MODE_THUMB | CS_MODE_MCLASS), &handle_) != CS_ERR_OK) return;
        cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
        instruction_ = cs_malloc(handle_);
    }
    ~Decoder() {
        if (instruction_) cs_free(instruction_, 1);
        if (handle_) cs_close(&handle_);
    }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// Nothing where the bytes are no instruction.
    const cs_insn* decode(ByteView bytes, Address at) {
        const auto* code = bytes.data();
        auto size = bytes.size();
        std::uint64_t address = at;
        return instruction_ && cs_disasm_iter(handle_, &code, &size, &address, instruction_) ? instruction_ : nullptr;
    }

private:
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
};

}  // namespace

std::vector<Instruction> disassemble(ByteView bytes, Address at, unsigned count) {
    std::vector<Instruction> list;
    Decoder decoder;
    while (list.size() < count && bytes.size() >= 2) {
        Instruction line{.at = at};
        if (const auto* decoded = decoder.decode(bytes.first(bytes.size() < 4 ? 2 : 4), at)) {
            line.size = decoded->size;
            line.text = decoded->op_str[0] ? fmt::format("{} {}", decoded->mnemonic, decoded->op_str) : decoded->mnemonic;
            line.calls = call_target(*decoded);
        } else {
            line.text = fmt::format(".short 0x{:04x}", little_endian<std::uint16_t>(bytes.first(2)));
        }
        bytes = bytes.subspan(line.size);
        at += line.size;
        list.push_back(std::move(line));
    }
    return list;
}

static bool decides(const cs_insn& instruction) {
    const auto id = instruction.id;
    if (id == ARM_INS_CBZ || id == ARM_INS_CBNZ || id == ARM_INS_IT) return true;
    const auto condition = instruction.detail->arm.cc;
    return condition != ARM_CC_AL && condition != ARM_CC_INVALID;
}

/// The word that an instruction loads from beside the code; empty if it loads none.
static Range literal_of(const cs_insn& instruction, Address at) {
    const auto& arm = instruction.detail->arm;
    if (instruction.id != ARM_INS_LDR || arm.op_count != 2 || arm.operands[1].type != ARM_OP_MEM || arm.operands[1].mem.base != ARM_REG_PC) return {};
    return range_of(((at + 4) & ~Address{3}) + static_cast<Address>(arm.operands[1].mem.disp), 4);
}

std::vector<Range> certainly_executed(ByteView bytes, Address base, Address at, unsigned count) {
    Decoder decoder;
    std::vector<Range> read;
    const auto end = base + static_cast<Address>(bytes.size());
    for (; count > 0 && at >= base && at < end && end - at >= 4; --count) {
        const auto* decoded = decoder.decode(bytes.subspan(at - base, 4), at);
        if (!decoded || decides(*decoded)) return read;
        read.push_back(range_of(at, decoded->size));
        if (const auto literal = literal_of(*decoded, at); !literal.empty()) read.push_back(literal);
        if (jumps_through_register(*decoded)) return read;
        const auto target = call_target(*decoded);
        at = decoded->id == ARM_INS_B && target ? target : at + decoded->size;
    }
    return read;
}

Address first_that_is_no_code(ByteView bytes, Address base, Address at, unsigned count) {
    Decoder decoder;
    const auto end = base + static_cast<Address>(bytes.size());
    for (; count > 0; --count) {
        if (at < base || at >= end || end - at < 4) return at;
        const auto here = bytes.subspan(at - base, 4);
        const auto* decoded = decoder.decode(here, at);
        if (!decoded || decoded->id == ARM_INS_UDF || little_endian<std::uint16_t>(here) == 0) return at;
        const auto target = call_target(*decoded);
        if (target && (target < base || target >= end)) return at;
        if (jumps_through_register(*decoded)) return 0;
        const bool always = decoded->id == ARM_INS_B && decoded->detail->arm.cc == ARM_CC_AL;
        at = always && target ? target : at + decoded->size;
    }
    return 0;
}

}  // namespace photopsy
