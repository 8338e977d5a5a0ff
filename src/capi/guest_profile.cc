#include "capi/guest_profile.h"

#include <fmt/core.h>

#include <iterator>

#include "base/utf8.h"
#include "platform/clock.h"
#include "runtime/instance.h"

namespace gantry::capi {

namespace {

using platform::Clock;
using platform::ClockNow;

// A JSON string. Bytes that are no UTF-8 become the replacement character.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    uint32_t code_point = 0;
    const size_t length = DecodeUtf8(text, &code_point);
    if (length == 0) {
      out += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    if (code_point == '"' || code_point == '\\') {
      out += '\\';
      out += static_cast<char>(code_point);
    } else if (code_point < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code_point);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out + '"';
}

// Nanoseconds as milliseconds.
std::string Millis(uint64_t nanos) { return fmt::format("{}.{:06}", nanos / 1'000'000, nanos % 1'000'000); }

// `"key":[cell,cell]`, a cell per row.
template <class Rows, class Cell>
std::string Column(const char* key, const Rows& rows, Cell cell) {
  std::string out = fmt::format("\"{}\":[", key);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i != 0) out += ',';
    out += cell(rows[i]);
  }
  return out + ']';
}

// A column that holds the same in every row.
template <class Rows>
std::string Same(const char* key, const Rows& rows, const char* value) {
  return Column(key, rows, [value](const auto&) { return value; });
}

std::string Number(uint64_t number) { return std::to_string(number); }
std::string RowOrNull(int64_t row) { return row < 0 ? "null" : std::to_string(row); }

// `"key":{"length":n,column,column}`
std::string Table(const char* key, size_t length, std::initializer_list<std::string> columns) {
  std::string out = fmt::format("\"{}\":{{\"length\":{}", key, length);
  for (const std::string& column : columns) out += "," + column;
  return out + '}';
}

// What is the same in every profile: no markers, one category, times in milliseconds.
constexpr const char* kMetaConstants =
    R"("categories":[{"name":"Other","color":"grey","subcategories":["Other"]}],"debug":false,)"
    R"("extensions":{"baseURL":[],"id":[],"length":0,"name":[]},"preprocessedProfileVersion":55,"processType":0,)"
    R"("sampleUnits":{"eventDelay":"ms","threadCPUDelta":"µs","time":"ms"},"symbolicated":false,"pausedRanges":[],)"
    R"("version":24,"usesOnlyOneStackType":true,"sourceCodeIsNotOnSearchfox":true,"markerSchema":[])";
constexpr const char* kNoMarkers =
    R"("markers":{"length":0,"category":[],"data":[],"endTime":[],"name":[],"phase":[],"startTime":[]})";

}  // namespace

GuestProfile::GuestProfile(std::string name, uint64_t interval)
    : name_(std::move(name)),
      interval_(interval),
      start_(ClockNow(Clock::Monotonic)),
      start_realtime_(ClockNow(Clock::Realtime)) {}

void GuestProfile::AddModule(std::string_view name, std::shared_ptr<const engine::Module> module) {
  const Row row = static_cast<Row>(libraries_.size());
  if (module->unit() == nullptr) {
    library_of_.emplace(module->compiled().get(), row);
  } else {
    for (const auto& compiled : module->unit()->modules) library_of_.emplace(compiled.get(), row);
  }
  libraries_.push_back({std::string(name), std::move(module)});
}

GuestProfile::Row GuestProfile::StringRow(std::string text) {
  const auto [place, is_new] = string_rows_.emplace(std::move(text), static_cast<Row>(strings_.size()));
  if (is_new) strings_.push_back(place->first);
  return place->second;
}

GuestProfile::Row GuestProfile::FuncRow(Row library, const runtime::CompiledModule& module, uint32_t func_index) {
  const auto [place, is_new] = func_rows_.emplace(std::pair(&module, func_index), static_cast<Row>(funcs_.size()));
  if (is_new) {
    std::string name(module.names->FunctionName(func_index));
    if (name.empty()) name = fmt::format("<wasm function {}>", func_index);
    const wasm::ByteRange body = module.module.funcs[func_index].body;
    funcs_.push_back(
        {library, StringRow(std::move(name)), static_cast<uint32_t>(body.offset), static_cast<uint32_t>(body.size)});
  }
  return place->second;
}

GuestProfile::Row GuestProfile::FrameRow(Row func, uint32_t address) {
  const auto [place, is_new] = frame_rows_.emplace(std::pair(func, address), static_cast<Row>(frames_.size()));
  if (is_new) frames_.push_back({func, address});
  return place->second;
}

GuestProfile::Row GuestProfile::StackRow(int64_t prefix, Row frame) {
  const auto [place, is_new] = stack_rows_.emplace(std::pair(prefix, frame), static_cast<Row>(stacks_.size()));
  if (is_new) stacks_.push_back({prefix, frame});
  return place->second;
}

void GuestProfile::AddSample(std::span<const runtime::Frame> frames, uint64_t cpu_time) {
  int64_t stack = kNoRow;
  for (size_t i = frames.size(); i-- > 0;) {
    const runtime::Frame& frame = frames[i];
    const runtime::CompiledModule& module = *frame.instance->compiled();
    const auto library = library_of_.find(&module);
    if (library == library_of_.end()) continue;
    stack = StackRow(stack, FrameRow(FuncRow(library->second, module, frame.func_index), frame.offset));
  }
  samples_.push_back({stack, ClockNow(Clock::Monotonic) - start_, cpu_time});
}

std::string GuestProfile::Json() const {
  const uint64_t end = ClockNow(Clock::Monotonic) - start_;
  // Names of libraries stand behind those of functions.
  std::vector<std::string> strings = strings_;
  for (const Library& library : libraries_) strings.push_back(library.name);
  Row next_name = static_cast<Row>(strings_.size());
  Row next_library = 0;
  uint64_t before = 0;

  const std::string meta = fmt::format("\"meta\":{{{},\"interval\":{},\"product\":{},\"startTime\":{}}}",
                                       kMetaConstants, Millis(interval_), Quoted(name_), Millis(start_realtime_));
  const std::string libs = Column("libs", libraries_, [](const Library& library) {
    return fmt::format(
        R"({{"name":{},"path":"","debugName":"","debugPath":"","breakpadId":"{:033}","codeId":null,"arch":null}})",
        Quoted(library.name), 0);
  });
  const std::string frame_table =
      Table("frameTable", frames_.size(),
            {Column("address", frames_, [](const Frame& f) { return Number(f.address); }),
             Same("inlineDepth", frames_, "0"), Same("category", frames_, "0"), Same("subcategory", frames_, "0"),
             Column("func", frames_, [](const Frame& f) { return Number(f.func); }),
             Column("nativeSymbol", frames_, [](const Frame& f) { return Number(f.func); }),
             Same("innerWindowID", frames_, "0"), Same("line", frames_, "null"), Same("column", frames_, "null")});
  const std::string func_table = Table(
      "funcTable", funcs_.size(),
      {Column("name", funcs_, [](const Func& f) { return Number(f.name); }), Same("isJS", funcs_, "false"),
       Same("relevantForJS", funcs_, "false"),
       Column("resource", funcs_, [](const Func& f) { return Number(f.library); }), Same("fileName", funcs_, "null"),
       Same("lineNumber", funcs_, "null"), Same("columnNumber", funcs_, "null")});
  const std::string symbols = Table("nativeSymbols", funcs_.size(),
                                    {Column("address", funcs_, [](const Func& f) { return Number(f.address); }),
                                     Column("functionSize", funcs_, [](const Func& f) { return Number(f.size); }),
                                     Column("libIndex", funcs_, [](const Func& f) { return Number(f.library); }),
                                     Column("name", funcs_, [](const Func& f) { return Number(f.name); })});
  const std::string resources =
      Table("resourceTable", libraries_.size(),
            {Column("lib", libraries_, [&](const Library&) { return Number(next_library++); }),
             Column("name", libraries_, [&](const Library&) { return Number(next_name++); }),
             Same("host", libraries_, "null"), Same("type", libraries_, "1")});
  const std::string samples =
      Table("samples", samples_.size(),
            {R"("weightType":"samples")", Column("stack", samples_, [](const Sample& s) { return RowOrNull(s.stack); }),
             Column("timeDeltas", samples_,
                    [&](const Sample& s) {
                      const uint64_t delta = s.time - before;
                      before = s.time;
                      return Millis(delta);
                    }),
             Same("weight", samples_, "1"),
             Column("threadCPUDelta", samples_, [](const Sample& s) { return Number(s.cpu_time / 1000); })});
  const std::string stacks = Table("stackTable", stacks_.size(),
                                   {Column("prefix", stacks_, [](const Stack& s) { return RowOrNull(s.prefix); }),
                                    Column("frame", stacks_, [](const Stack& s) { return Number(s.frame); })});
  const std::string thread = fmt::format(
      R"("threads":[{{{},{},{},"name":{},"isMainThread":true,{},"pausedRanges":[],"pid":"0","processName":{},)"
      R"("processShutdownTime":{},"processStartupTime":0.0,"processType":"default","registerTime":0.0,{},{},{},{},"tid":"0",)"
      R"("unregisterTime":{},"showMarkersInTimeline":false}}])",
      frame_table, func_table, kNoMarkers, Quoted(name_), symbols, Quoted(name_), Millis(end), resources, samples,
      stacks, Column("stringArray", strings, [](const std::string& text) { return Quoted(text); }), Millis(end));
  return fmt::format(R"({{{},{},{},"pages":[],"profilerOverhead":[],"counters":[]}})", meta, libs, thread);
}

}  // namespace gantry::capi
