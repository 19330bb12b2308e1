// A pseudo-terminal in raw mode: what the host opens is a terminal like that of a USB-serial chip, what is read and
// written here is its other end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace gatebook {

class PtyError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Pty {
 public:
  Pty();  // throws PtyError
  ~Pty() { close(); }
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;

  // What the host opens.
  const std::string& path() const { return path_; }
  bool is_open() const { return master_ >= 0; }
  // As many bytes as are there, 0 where there are none. Throws PtyError.
  size_t read(uint8_t* into, size_t count);
  // As many as the kernel takes, 0 where its buffer is full. Throws PtyError.
  size_t write(const uint8_t* bytes, size_t count);
  // Sleeps until the host wrote something, at most `milliseconds`; whether it did.
  bool wait(int milliseconds);
  // The plug is pulled: who has the terminal open reads its end. Idempotent.
  void close();

 private:
  int master_ = -1;
  int slave_ = -1;  // kept open: without any reader the master reads errors
  std::string path_;
};

}  // namespace gatebook
