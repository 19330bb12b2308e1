// Access to mapped memory that may vanish: a file that is truncated, a card that is pulled. The kernel then answers an
// access with SIGBUS, and the process would end. Inside `guarded` the access is abandoned instead.
#pragma once
#include <cstddef>

namespace gatebook {

// Installs the handler with the first guard of the process and takes it away with the last, so that no handler stays
// behind when the addon is unloaded. Signals at other addresses or in other threads go to whoever was there before.
class GuardHold {
 public:
  GuardHold();
  ~GuardHold();
  GuardHold(const GuardHold&) = delete;
  GuardHold& operator=(const GuardHold&) = delete;
};

// Runs action(context); false when an access to [begin, begin + bytes) faulted. What action was doing is then half
// done: it must own nothing that has to be released. Not to be nested. A GuardHold must live.
bool guarded(const volatile void* begin, size_t bytes, void (*action)(void*), void* context);

// The same for anything callable without arguments.
template <typename Action>
bool guarded(const volatile void* begin, size_t bytes, Action& action) {
  return guarded(begin, bytes, [](void* context) { (*static_cast<Action*>(context))(); }, &action);
}

}  // namespace gatebook
