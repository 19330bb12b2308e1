// A BAR as a file: `resourceN` of sysfs, or any file that a simulated device looks at. Opened, locked, mapped.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "guard.h"

namespace gatebook {

// Why a window could not be opened: the call that failed and its errno, 0 where the file is too short.
struct WindowError {
  const char* step = nullptr;  // "open", "lock", "size", "map"
  int number = 0;
};

class Window {
 public:
  // Below, no list of blocks fits; above, nothing of this contract lies.
  static constexpr size_t kLeastBytes = 4096;
  static constexpr size_t kMostBytes = size_t{1} << 24;

  Window() = default;
  ~Window() { close(); }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // False and `error` when it cannot be had. The lock (flock, exclusive) is on the file itself and ends with the
  // process that holds it: a host that is killed leaves nothing behind.
  bool open(const char* path, WindowError* error);

  // Maps [offset, offset + bytes) through another file of the same BAR, whose writes the processor may combine
  // (`resourceN_wc`), and the rest as before; the two kinds of mapping never overlap. Only whole pages.
  // False when that cannot be: the window is then as before, or, in the worst case, closed.
  bool combine(const char* path, size_t offset, size_t bytes);

  // Whether a process serves the file, as that of a simulated card does: it holds a lock on the first byte then, of the
  // open file, which is another one than ours. True where the system cannot tell.
  bool served() const;

  void close();
  bool is_open() const { return base_ != nullptr; }
  bool combines() const { return combines_; }
  size_t bytes() const { return bytes_; }
  volatile uint8_t* base() const { return base_; }

 private:
  volatile uint8_t* map(int file, size_t offset, size_t bytes, void* at) const;

  GuardHold guard_;
  int file_ = -1;
  size_t bytes_ = 0;
  bool combines_ = false;
  volatile uint8_t* base_ = nullptr;
};

}  // namespace gatebook
