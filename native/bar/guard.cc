#include "guard.h"

#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace gatebook {
namespace {

struct Frame {
  sigjmp_buf jump;
  uintptr_t begin;
  uintptr_t end;
};

// Of this thread: what it accesses now. Written by `guarded`, read by the handler in the same thread.
thread_local Frame* volatile current = nullptr;

std::mutex mutex;
int holds = 0;
struct sigaction before;

void on_bus_error(int signal, siginfo_t* info, void* context) {
  Frame* frame = current;
  const uintptr_t address = reinterpret_cast<uintptr_t>(info->si_addr);
  if (frame != nullptr && address >= frame->begin && address < frame->end) siglongjmp(frame->jump, 1);
  if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
  } else {
    // The access is repeated when this returns, and the process ends as it would have without us.
    ::signal(signal, SIG_DFL);
  }
}

}  // namespace

GuardHold::GuardHold() {
  const std::lock_guard<std::mutex> lock(mutex);
  if (holds++ != 0) return;
  struct sigaction action = {};
  action.sa_sigaction = on_bus_error;
  // NODEFER: the handler is left by a jump, which would leave the signal blocked.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &before);
}

GuardHold::~GuardHold() {
  const std::lock_guard<std::mutex> lock(mutex);
  if (--holds != 0) return;
  struct sigaction now = {};
  sigaction(SIGBUS, nullptr, &now);
  // Somebody who came later chains to us: taking ours away is not possible then.
  if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_bus_error) sigaction(SIGBUS, &before, nullptr);
}

bool guarded(const volatile void* begin, size_t bytes, void (*action)(void*), void* context) {
  Frame frame;
  frame.begin = reinterpret_cast<uintptr_t>(begin);
  frame.end = frame.begin + bytes;
  if (sigsetjmp(frame.jump, 0) != 0) {
    current = nullptr;
    return false;
  }
  current = &frame;
  action(context);
  current = nullptr;
  return true;
}

}  // namespace gatebook
