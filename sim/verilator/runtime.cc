// Verilator's runtime, with $finish, $stop and $fatal as exceptions: as it comes it ends the process, and Node with it.
#include <verilated.cpp>
#include <verilated_threads.cpp>
#ifdef GATEBOOK_TRACE
#include <verilated_fst_c.cpp>
#endif

#include <cstdarg>
#include <cstdio>
#include <string>

#include "kernel.h"

namespace {

using gatebook::KernelError;

constexpr size_t kMostText = 4096;

// What the model printed since the last error: $fatal prints its message before it ends the simulation.
thread_local std::string printed;

[[noreturn]] void end_simulation(const char* what, const char* file, int line) {
  std::string message = std::string(what) + " at " + file + ":" + std::to_string(line);
  if (!printed.empty()) message += ": " + printed;
  printed.clear();
  throw KernelError(KernelError::Kind::kStopped, message);
}

}  // namespace

// VL_PRINTF: standard output belongs to the commands of the host.
int gatebook_print(const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (printed.size() < kMostText) printed += text;
  return length;
}

void vl_finish(const char* file, int line, const char*) { end_simulation("$finish", file, line); }

void vl_stop(const char* file, int line, const char*) { end_simulation("$stop", file, line); }

void vl_fatal(const char* file, int line, const char*, const char* message) {
  end_simulation(message == nullptr || *message == '\0' ? "$fatal" : message, file, line);
}
