#include "facts/code_path.h"

#include <capstone/capstone.h>

#include <algorithm>
#include <set>

namespace photopsy {

namespace {

class CertainPath {
public:
    CertainPath(ByteView bytes, Address base) : bytes_(bytes), base_(base) {
        if (cs_open(CS_ARCH_ARM, static_cast<cs_mode>(CS_MODE_THUMB | CS_MODE_MCLASS), &handle_) != CS_ERR_OK) return;
        cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
        instruction_ = cs_malloc(handle_);
    }
    ~CertainPath() {
        if (instruction_) cs_free(instruction_, 1);
        if (handle_) cs_close(&handle_);
    }
    CertainPath(const CertainPath&) = delete;
    CertainPath& operator=(const CertainPath&) = delete;

    void follow(Address function, unsigned depth) {
        constexpr unsigned deepest = 8;
        if (depth > deepest || !entered_.insert(function).second) return;
        Way way{function};
        while (way.open && left_ > 0) {
            --left_;
            step(way, depth);
        }
    }

    std::vector<Range> ranges() const {
        std::vector<Range> merged;
        for (const auto& [begin, end] : executed_) {
            if (!merged.empty() && merged.back().end >= begin)
                merged.back().end = std::max(merged.back().end, end);
            else
                merged.push_back({begin, end});
        }
        return merged;
    }

private:
    /// Where in a function the way stands. `certain_from`: both ways of the decisions so far meet there.
    struct Way {
        Address at = 0, certain_from = 0;
        bool open = true;
        bool certain() const { return at >= certain_from; }
    };

    void step(Way& way, unsigned depth) {
        const auto* code = decode(way.at);
        if (way.certain()) executed_.emplace(way.at, way.at + (code ? code->size : 2));
        if (!code || code->id == ARM_INS_UDF) {
            way.open = false;
            return;
        }
        const auto next = way.at + code->size;
        const auto target = target_of(*code);
        if (is_call(*code)) {
            const bool unconditional = way.certain() && !decides(*code);
            if (unconditional && inside(target)) follow(target, depth + 1);  // `code` is no longer this instruction behind it
            way.at = next;
        } else if (target) {
            branch(way, target, next, decides(*code));
        } else {
            way.open = !leaves(*code);
            way.at = next;
        }
    }

    static void branch(Way& way, Address target, Address next, bool decision) {
        if (decision || !way.certain()) {
            if (target > way.at) way.certain_from = std::max(way.certain_from, target);
            way.at = next;
        } else {
            way.open = target > way.at;  // backwards for ever
            way.at = target;
        }
    }

    bool inside(Address at) const { return at >= base_ && at - base_ < bytes_.size(); }

    /// Nothing where the bytes end, are erased or zero, or are no instruction.
    const cs_insn* decode(Address at) {
        if (!instruction_ || !inside(at) || bytes_.size() - (at - base_) < 4) return nullptr;
        const auto here = bytes_.subspan(at - base_, 4);
        const auto* code = here.data();
        std::size_t size = here.size();
        std::uint64_t address = at;
        if (all_equal(here, 0) || all_equal(here, 0xFF)) return nullptr;
        return cs_disasm_iter(handle_, &code, &size, &address, instruction_) ? instruction_ : nullptr;
    }

    static bool is_call(const cs_insn& code) { return code.id == ARM_INS_BL || code.id == ARM_INS_BLX; }

    static bool decides(const cs_insn& code) {
        if (code.id == ARM_INS_CBZ || code.id == ARM_INS_CBNZ) return true;
        const auto condition = code.detail->arm.cc;
        return condition != ARM_CC_AL && condition != ARM_CC_INVALID;
    }

    /// Of a call or branch to a place that stands in the instruction; 0: none.
    static Address target_of(const cs_insn& code) {
        const auto& arm = code.detail->arm;
        const bool two_operands = code.id == ARM_INS_CBZ || code.id == ARM_INS_CBNZ;
        if (!two_operands && code.id != ARM_INS_B && !is_call(code)) return 0;
        const auto& operand = arm.operands[two_operands ? 1 : 0];
        return operand.type == ARM_OP_IMM ? static_cast<Address>(operand.imm) & ~Address{1} : 0;
    }

    /// bx, tbb, pop {..., pc} and whatever else writes the program counter.
    static bool leaves(const cs_insn& code) {
        if (code.id == ARM_INS_BX || code.id == ARM_INS_TBB || code.id == ARM_INS_TBH) return true;
        const auto& arm = code.detail->arm;
        const bool list = code.id == ARM_INS_POP || code.id == ARM_INS_LDM;
        const bool one = code.id == ARM_INS_LDR || code.id == ARM_INS_MOV || code.id == ARM_INS_ADD;
        const int targets = list ? arm.op_count : one ? std::min<int>(arm.op_count, 1) : 0;
        for (int i = 0; i < targets; ++i)
            if (arm.operands[i].type == ARM_OP_REG && arm.operands[i].reg == ARM_REG_PC) return true;
        return false;
    }

    ByteView bytes_;
    Address base_;
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
    std::set<Address> entered_;
    std::set<std::pair<Address, Address>> executed_;
    unsigned left_ = 4000;
};

}  // namespace

std::vector<Range> executed_for_certain(ByteView bytes, Address base, Address at) {
    CertainPath path(bytes, base);
    path.follow(at, 0);
    return path.ranges();
}

}  // namespace photopsy
