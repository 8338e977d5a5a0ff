// Text of register code, one instruction per line:   position  name  operands. Branch targets are positions.
#include <fmt/format.h>

#include <cstring>

#include "runtime/interp/fuse.h"
#include "runtime/interp/rcode.h"

namespace gantry::interp {

namespace {

// One text and not an array of pointers, which every process would relocate when it starts.
constexpr char kNames[] =
#define RC(Name, format) #Name "\0"
#include "runtime/interp/rcode.def"
    ;

std::string_view NameOf(ROp op) {
  const char* name = kNames;
  for (int i = 0; i < static_cast<int>(op); ++i) name += std::strlen(name) + 1;
  return name;
}

std::string Field(char letter, uint16_t value, uint32_t position) {
  switch (letter) {
    case 'd':
    case 's':
    case 'D':
    case 'A':
      return fmt::format(" s{}", value);
    case 'i':
      return fmt::format(" {}", static_cast<int16_t>(value));
    case 'u':
      return fmt::format(" {}", value);
    case 't':
      return fmt::format(" @{}", static_cast<int64_t>(position) + static_cast<int16_t>(value));
    default:
      return "";
  }
}

std::string Instruction(const FuncCode& func, uint32_t* at) {
  const uint32_t position = *at;
  const Word& word = func.code[position];
  const ROp op = SingleOf(word.op);
  const ROpInfo& info = InfoOf(op);
  std::string text = fmt::format("{:5}  {}", position, NameOf(op));
  const uint16_t fields[3] = {word.a, word.b, word.c};
  for (int i = 0; i < 3; ++i) {
    if (info.field[i] == 'W')
      text += fmt::format(" {}", word.bc());
    else if (info.field[i] == 'J')
      text += fmt::format(" @{}", static_cast<int64_t>(position) + static_cast<int32_t>(word.bc()));
    else
      text += Field(info.field[i], fields[i], position);
  }
  uint32_t next = position + 1;
  for (char letter : std::string_view(info.words, info.word_count)) {
    const Word& more = func.code[next++];
    if (letter == 'K')
      text += fmt::format(" {:#x}", more.bits());
    else if (letter == 'L')
      text += fmt::format(" {} {}", more.low(), more.bc());
    else
      text += fmt::format(" [{} {} {} {}]", more.op, more.a, more.b, more.c);
  }
  if (word.rop() == ROp::BrTable || word.rop() == ROp::BrTableQ) {
    for (uint32_t i = 0; i <= word.bc(); ++i) {
      const uint64_t entries = func.code[next + i / 2].bits();
      text += fmt::format(" @{}", static_cast<int64_t>(position) + static_cast<int32_t>(entries >> (i % 2 * 32)));
    }
    next += (word.bc() + 2) / 2;
  }
  *at = next;
  if (word.op >= kROpCount) text += " +";  // a pair with the next one
  return text + "\n";
}

}  // namespace

std::string DumpCode(ModuleCode& code, uint32_t func_index) {
  if (func_index < code.module.imported_funcs || func_index >= code.module.funcs.size()) return "";
  const FuncCode& func = *code.Get(func_index - code.module.imported_funcs);
  std::string text =
      fmt::format("func {}: {} words, frame {}, link {}\n", func_index, func.size, func.frame_slots, func.link);
  for (uint32_t at = 0; at < func.size;) text += Instruction(func, &at);
  for (const Handler& handler : func.handlers) {
    text += fmt::format("  handler [{}, {}) kind {} tag {} -> @{} s{}\n", handler.begin, handler.end,
                        static_cast<int>(handler.kind), handler.tag, handler.target, handler.slot);
  }
  return text;
}

}  // namespace gantry::interp
