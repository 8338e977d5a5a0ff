// Compiles every module of scripts and files in every way and proves the code harmless (scanner.h):
//
//   gantry_scan [--quick] PATH…     folders, .wast, .wat and .wasm files; --quick: as this processor would, and without
//   guards
//
// Ends with what was looked at; the exit status is 1 if something was found.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "compiled_module.h"
#include "scanner.h"
#include "wasm/binary/instr_reader.h"

namespace {

using namespace gantry;
using namespace gantry::native_tests;

struct Way {
  std::string name;
  pipeline::Options options;
};

std::vector<Way> Ways(bool quick) {
  std::vector<Way> ways;
  pipeline::Options host;
  host.cpu = platform::HostCpu();
  if (!quick) {
    for (const platform::CpuLevel& level : platform::LevelsOf(host.cpu)) {
      pipeline::Options options;
      options.cpu = level.features;
      ways.push_back({level.name, options});
    }
    pipeline::Options oldest;
    oldest.guard_pages = false;
    ways.push_back({"SSE2 without guards", oldest});
  }
  ways.push_back({"host", host});
  pipeline::Options checked = host, counted = host, staying = host, constant = host, calling = host;
  calling.guard_pages = calling.fault_traps = false;
  ways.push_back({"without faults", calling});
  checked.guard_pages = false;
  counted.consume_fuel = counted.polls = true;
  staying.tail_calls_leave = constant.table_writes = false;
  ways.push_back({"without guards", checked});
  ways.push_back({"with fuel and polls", counted});
  ways.push_back({"without tail calls that leave", staying});
  ways.push_back({"without writes to tables", constant});
  return ways;
}

std::vector<std::string> Files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      const std::string name = entry.path().string();
      if (name.ends_with(".wast") || name.ends_with(".wat") || name.ends_with(".wasm")) files.push_back(name);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Totals {
  uint64_t modules = 0, functions = 0, bytes = 0, instructions = 0, accesses = 0, findings = 0;
};

using IsWanted = bool (*)(const wasm::Module& module, const wasm::Instr& instr);

bool IsTailCallOut(const wasm::Module& module, const wasm::Instr& instr) {
  const wasm::OpFamily family = instr.info().family;
  return family == wasm::OpFamily::ReturnCallIndirect || family == wasm::OpFamily::ReturnCallRef ||
         (family == wasm::OpFamily::ReturnCall && module.is_imported_func(instr.index));
}

bool IsTableWrite(const wasm::Module&, const wasm::Instr& instr) {
  switch (instr.info().family) {
    case wasm::OpFamily::TableSet:
    case wasm::OpFamily::TableInit:
    case wasm::OpFamily::TableCopy:
    case wasm::OpFamily::TableGrow:
    case wasm::OpFamily::TableFill:
      return true;
    default:
      return false;
  }
}

bool Has(const wasm::Module& module, IsWanted is_wanted) {
  for (uint32_t i = module.imported_funcs; i < module.funcs.size(); ++i) {
    const wasm::ByteRange body = module.funcs[i].body;
    wasm::binary::InstrReader reader(module.Bytes(body), body.offset, module.features);
    std::vector<wasm::binary::LocalRun> locals;
    reader.ReadLocals(&locals);
    for (wasm::Instr instr{}; reader.Next(&instr);) {
      if (is_wanted(module, instr)) return true;
    }
  }
  return false;
}

void ScanModule(const std::string& file, const wasm::Module& module, const Way& way, Totals* totals) {
  if (!way.options.tail_calls_leave && Has(module, &IsTailCallOut)) return;
  if (!way.options.table_writes && Has(module, &IsTableWrite)) return;
  const pipeline::ModuleCompiler compiler(module, way.options);
  Scanner scanner(module, way.options);
  const char* why = nullptr;
  for (uint32_t func = module.imported_funcs; func < module.funcs.size(); ++func) {
    abi::CodeBatch batch;
    if (!compiler.Compile(func, &batch, &why)) continue;
    std::vector<std::string> findings;
    scanner.Scan(batch, batch.functions[0], &findings);
    for (const std::string& finding : findings) fmt::print("{} ({}): {}\n", file, way.name, finding);
    totals->findings += findings.size();
    ++totals->functions;
    totals->bytes += batch.text.size();
  }
  totals->instructions += scanner.instructions();
  totals->accesses += scanner.accesses();
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = false;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--quick")
      quick = true;
    else
      paths.emplace_back(argv[i]);
  }
  if (paths.empty()) {
    std::fprintf(stderr, "usage: gantry_scan [--quick] PATH...\n");
    return 2;
  }
  const std::vector<Way> ways = Ways(quick);
  Totals totals;
  for (const std::string& file : Files(paths)) {
    for (const auto& valid : ReadModules(file)) {
      ++totals.modules;
      for (const Way& way : ways) ScanModule(file, valid->module, way, &totals);
    }
  }
  fmt::print(
      "{} modules, {} ways each: {} functions, {} bytes, {} instructions, {} accesses to memories: {} findings\n",
      totals.modules, ways.size(), totals.functions, totals.bytes, totals.instructions, totals.accesses,
      totals.findings);
  return totals.findings != 0 || totals.functions == 0;
}
