/// \file wasmtime/trap.h
///
/// Traps: how running WebAssembly ends when it cannot go on. They are wasm.h's `wasm_trap_t`, with a code where the
/// cause is one of the language's, and frames with names.
///
/// Threads: a trap never changes once it exists; any thread may read it or delete it.

#ifndef WASMTIME_TRAP_H
#define WASMTIME_TRAP_H

#include <wasm.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why an instruction trapped; one of #wasmtime_trap_code_enum.
typedef uint8_t wasmtime_trap_code_t;

/// The causes of traps. 17 to 49 concern the Component Model, except where they say otherwise.
enum wasmtime_trap_code_enum {
  /// The call stack is exhausted.
  WASMTIME_TRAP_CODE_STACK_OVERFLOW = 0,
  /// An access beyond the end of a memory.
  WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS = 1,
  /// An atomic access at an address that is not a multiple of its size.
  WASMTIME_TRAP_CODE_HEAP_MISALIGNED = 2,
  /// An access beyond the end of a table.
  WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS = 3,
  /// A call through a table element that is null.
  WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL = 4,
  /// A call through a table element of another type.
  WASMTIME_TRAP_CODE_BAD_SIGNATURE = 5,
  /// An integer result that cannot be represented.
  WASMTIME_TRAP_CODE_INTEGER_OVERFLOW = 6,
  /// An integer division by zero.
  WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO = 7,
  /// The conversion of a NaN to an integer.
  WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER = 8,
  /// The instruction `unreachable`.
  WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED = 9,
  /// The host interrupted the code, as an epoch's deadline does.
  WASMTIME_TRAP_CODE_INTERRUPT = 10,
  /// All fuel is used up.
  WASMTIME_TRAP_CODE_OUT_OF_FUEL = 11,
  /// An atomic wait on a memory that is not shared.
  WASMTIME_TRAP_CODE_ATOMIC_WAIT_NON_SHARED_MEMORY = 12,
  /// A null reference where an object is needed.
  WASMTIME_TRAP_CODE_NULL_REFERENCE = 13,
  /// An access beyond the end of an array.
  WASMTIME_TRAP_CODE_ARRAY_OUT_OF_BOUNDS = 14,
  /// An object too large to exist.
  WASMTIME_TRAP_CODE_ALLOCATION_TOO_LARGE = 15,
  /// A reference cast to a type that it does not have.
  WASMTIME_TRAP_CODE_CAST_FAILURE = 16,
  /// A call into a component that must not be entered now.
  WASMTIME_TRAP_CODE_CANNOT_ENTER_COMPONENT = 17,
  /// An asynchronous function that ended without a result.
  WASMTIME_TRAP_CODE_NO_ASYNC_RESULT = 18,
  /// Stack switching: a suspension to a tag that nobody handles.
  WASMTIME_TRAP_CODE_UNHANDLED_TAG = 19,
  /// Stack switching: a continuation that was resumed before.
  WASMTIME_TRAP_CODE_CONTINUATION_ALREADY_CONSUMED = 20,
  /// Bytecode that was turned off when it was compiled.
  WASMTIME_TRAP_CODE_DISABLED_OPCODE = 21,
  /// Nothing is left that asynchronous code could wait for.
  WASMTIME_TRAP_CODE_ASYNC_DEADLOCK = 22,
  /// A call out of a component that must not be left now.
  WASMTIME_TRAP_CODE_CANNOT_LEAVE_COMPONENT = 23,
  /// A synchronous task that wanted to wait before it returned.
  WASMTIME_TRAP_CODE_CANNOT_BLOCK_SYNC_TASK = 24,
  /// A number that is no character.
  WASMTIME_TRAP_CODE_INVALID_CHAR = 25,
  /// An adapter's own check: a string was not recoded to its end.
  WASMTIME_TRAP_CODE_DEBUG_ASSERT_STRING_ENCODING_FINISHED = 26,
  /// An adapter's own check: numbers of code units differ.
  WASMTIME_TRAP_CODE_DEBUG_ASSERT_EQUAL_CODE_UNITS = 27,
  /// An adapter's own check: a pointer is not aligned.
  WASMTIME_TRAP_CODE_DEBUG_ASSERT_POINTER_ALIGNED = 28,
  /// An adapter's own check: upper bits of a number are set.
  WASMTIME_TRAP_CODE_DEBUG_ASSERT_UPPER_BITS_UNSET = 29,
  /// A string beyond the end of a memory.
  WASMTIME_TRAP_CODE_STRING_OUT_OF_BOUNDS = 30,
  /// A list beyond the end of a memory.
  WASMTIME_TRAP_CODE_LIST_OUT_OF_BOUNDS = 31,
  /// A variant's case that does not exist.
  WASMTIME_TRAP_CODE_INVALID_DISCRIMINANT = 32,
  /// A pointer to a value that is not aligned.
  WASMTIME_TRAP_CODE_UNALIGNED_POINTER = 33,
  /// `task.cancel` of a task that nobody cancelled.
  WASMTIME_TRAP_CODE_TASK_CANCEL_NOT_CANCELLED = 34,
  /// `task.cancel` or `task.return` a second time.
  WASMTIME_TRAP_CODE_TASK_CANCEL_OR_RETURN_TWICE = 35,
  /// `subtask.cancel` after the subtask's end.
  WASMTIME_TRAP_CODE_SUBTASK_CANCEL_AFTER_TERMINAL = 36,
  /// `task.return` with a wrong type.
  WASMTIME_TRAP_CODE_TASK_RETURN_INVALID = 37,
  /// `waitable-set.drop` of a set that somebody waits for.
  WASMTIME_TRAP_CODE_WAITABLE_SET_DROP_HAS_WAITERS = 38,
  /// `subtask.drop` before the subtask's end.
  WASMTIME_TRAP_CODE_SUBTASK_DROP_NOT_RESOLVED = 39,
  /// `thread.new-indirect` with a function of a wrong type.
  WASMTIME_TRAP_CODE_THREAD_NEW_INDIRECT_INVALID_TYPE = 40,
  /// `thread.new-indirect` with a null function.
  WASMTIME_TRAP_CODE_THREAD_NEW_INDIRECT_UNINITIALIZED = 41,
  /// The counter of backpressure overflowed.
  WASMTIME_TRAP_CODE_BACKPRESSURE_OVERFLOW = 42,
  /// An asynchronous function's callback returned an unknown code.
  WASMTIME_TRAP_CODE_UNSUPPORTED_CALLBACK_CODE = 43,
  /// A thread was resumed that was not suspended.
  WASMTIME_TRAP_CODE_CANNOT_RESUME_THREAD = 44,
  /// A future or stream was read or written while an earlier read or write was going on.
  WASMTIME_TRAP_CODE_CONCURRENT_FUTURE_STREAM_OP = 45,
  /// A count of references overflowed.
  WASMTIME_TRAP_CODE_REFERENCE_COUNT_OVERFLOW = 46,
  /// A read or write of 2^28 or more items of a stream.
  WASMTIME_TRAP_CODE_STREAM_OP_TOO_BIG = 47,
  /// A waitable was waited for alone and in a set at the same time.
  WASMTIME_TRAP_CODE_WAITABLE_SYNC_AND_ASYNC = 48,
  /// An exception that a component did not catch.
  WASMTIME_TRAP_CODE_UNCAUGHT_EXCEPTION = 49,
};

/// Makes a trap with a message of the host's, without a code.
///
/// \param msg     the message, which is copied and need not end with NUL.
/// \param msg_len its length in bytes.
/// \return a trap that the caller owns; a host function's callback passes it on by returning it.
WASM_API_EXTERN wasm_trap_t* wasmtime_trap_new(const char* msg, size_t msg_len);

/// Makes the trap that an instruction with this cause would raise.
///
/// \param code one of #wasmtime_trap_code_enum.
/// \return a trap that the caller owns.
WASM_API_EXTERN wasm_trap_t* wasmtime_trap_new_code(wasmtime_trap_code_t code);

/// Reads the cause of a trap.
///
/// \param trap the trap; it stays the caller's.
/// \param code receives the cause, one of #wasmtime_trap_code_enum; untouched if there is none.
/// \return whether there is one. Traps with a message of the host's have none.
WASM_API_EXTERN bool wasmtime_trap_code(const wasm_trap_t* trap, wasmtime_trap_code_t* code);

/// The name of the frame's function, from the module's name section.
///
/// \return a name that lives as long as the frame, or NULL if there is none.
WASM_API_EXTERN const wasm_name_t* wasmtime_frame_func_name(const wasm_frame_t* frame);

/// The name of the frame's module, from its name section.
///
/// \return a name that lives as long as the frame, or NULL if there is none.
WASM_API_EXTERN const wasm_name_t* wasmtime_frame_module_name(const wasm_frame_t* frame);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // WASMTIME_TRAP_H
