#include "listing.h"

#include <Zydis/Zydis.h>
#include <fmt/core.h>

#include <bit>

#include "wasm/binary/instr_reader.h"
#include "wasm/opcode.h"

namespace gantry::native_tests {

namespace {

using wasm::ImmKind;

std::string Immediates(const wasm::Instr& instr) {
  switch (instr.info().imm) {
    case ImmKind::None:
    case ImmKind::Fence:
    case ImmKind::Block:
    case ImmKind::TryTable:
    case ImmKind::SelectT:
    case ImmKind::V128:
    case ImmKind::Shuffle:
      return {};
    case ImmKind::I32:
      return fmt::format(" {}", static_cast<int32_t>(instr.value));
    case ImmKind::I64:
      return fmt::format(" {}", static_cast<int64_t>(instr.value));
    case ImmKind::F32:
      return fmt::format(" {}", std::bit_cast<float>(static_cast<uint32_t>(instr.value)));
    case ImmKind::F64:
      return fmt::format(" {}", std::bit_cast<double>(instr.value));
    case ImmKind::MemArg:
    case ImmKind::MemArgLane:
      return (instr.index == 0 ? "" : fmt::format(" {}", instr.index)) +
             (instr.value == 0 ? "" : fmt::format(" offset={}", instr.value));
    case ImmKind::Lane:
      return fmt::format(" {}", instr.lane);
    default:
      return fmt::format(" {}", instr.index);
  }
}

class Lister {
 public:
  Lister(const wasm::Module& module, const abi::CodeBatch& batch)
      : module_(module), batch_(batch), record_(batch.functions.front()) {
    ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    ZydisFormatterInit(&formatter_, ZYDIS_FORMATTER_STYLE_INTEL);
    ZydisFormatterSetProperty(&formatter_, ZYDIS_FORMATTER_PROP_FORCE_SIZE, ZYAN_FALSE);
    ZydisFormatterSetProperty(&formatter_, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
    ZydisFormatterSetProperty(&formatter_, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED);
    ZydisFormatterSetProperty(&formatter_, ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
    ZydisFormatterSetProperty(&formatter_, ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
  }

  std::string Run() {
    out_ = fmt::format("function {}: {} bytes, frame {}\n", record_.func_index, record_.size, record_.frame_size);
    const wasm::Func& func = module_.funcs[record_.func_index];
    wasm::binary::InstrReader reader(module_.Bytes(func.body), func.body.offset, module_.features);
    std::vector<wasm::binary::LocalRun> locals;
    if (!reader.ReadLocals(&locals)) return out_;
    size_t mark = 0;
    wasm::Instr instr{};
    while (reader.Next(&instr)) {
      while (mark < batch_.marks.size() && batch_.marks[mark].offset < instr.offset) ++mark;
      // Without a mark: another instruction took it along, or it cannot be reached.
      if (mark < batch_.marks.size() && batch_.marks[mark].offset == instr.offset) CodeUpTo(batch_.marks[mark].pc);
      out_ += fmt::format("{:#x} {}{}\n", instr.offset, instr.info().text, Immediates(instr));
    }
    CodeUpTo(record_.code_size);
    for (uint32_t at = record_.code_size; at + 4 <= record_.size; at += 4) {
      uint32_t word;
      std::memcpy(&word, Text() + at, 4);
      out_ += fmt::format("  {:>5x}  .long {:#x}\n", at, word);
    }
    return std::move(out_);
  }

 private:
  const uint8_t* Text() const { return batch_.text.data() + record_.start; }

  void CodeUpTo(uint32_t end) {
    while (at_ < end) {
      if (data_ < batch_.data.size() && batch_.data[data_].start == at_) {
        for (const uint32_t table_end = at_ + batch_.data[data_].size; at_ < table_end; at_ += 4) {
          int32_t distance;
          std::memcpy(&distance, Text() + at_, 4);
          out_ += fmt::format("  {:>5x}  .jump {:#x}\n", at_, static_cast<int32_t>(at_) + 4 + distance);
        }
        ++data_;
        continue;
      }
      ZydisDecodedInstruction instruction;
      ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
      if (!ZYAN_SUCCESS(
              ZydisDecoderDecodeFull(&decoder_, Text() + at_, record_.code_size - at_, &instruction, operands))) {
        out_ += fmt::format("  {:>5x}  (bad)\n", at_++);
        continue;
      }
      char text[256];
      ZydisFormatterFormatInstruction(&formatter_, &instruction, operands, instruction.operand_count_visible, text,
                                      sizeof text, at_, nullptr);
      out_ += fmt::format("  {:>5x}  {}{}\n", at_, text, Notes(at_, at_ + instruction.length));
      at_ += instruction.length;
    }
  }

  // What the tables say of the instruction.
  std::string Notes(uint32_t pc, uint32_t end) const {
    std::string notes;
    for (const abi::Relocation& relocation : batch_.relocations) {
      if (relocation.at == record_.start + end - 4) notes += fmt::format("  ; function {}", relocation.func_index);
    }
    for (const abi::TrapSite& trap : batch_.traps) {
      if (trap.pc == pc) notes += fmt::format("  ; {:#x} {}", trap.offset, abi::SuiteText(trap.code));
    }
    for (const abi::CallSite& call : batch_.calls) {
      if (call.return_pc != end) continue;
      notes += fmt::format("  ; {:#x}", call.offset);
      if (call.map == abi::CallSite::kNoMap) continue;
      notes += " roots";
      for (int32_t i = 1; i <= batch_.maps[call.map]; ++i) notes += fmt::format(" {}", 8 * batch_.maps[call.map + i]);
    }
    return notes;
  }

  const wasm::Module& module_;
  const abi::CodeBatch& batch_;
  const abi::FunctionRecord& record_;
  ZydisDecoder decoder_;
  ZydisFormatter formatter_;
  std::string out_;
  uint32_t at_ = 0;
  size_t data_ = 0;
};

}  // namespace

std::string Listing(const wasm::Module& module, const abi::CodeBatch& batch) { return Lister(module, batch).Run(); }

}  // namespace gantry::native_tests
