#include "pty.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gatebook {
namespace {

[[noreturn]] void fail(const char* what) { throw PtyError(std::string(what) + ": " + std::strerror(errno)); }

bool would_wait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Pty::Pty() {
  master_ = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (master_ < 0) fail("posix_openpt");
  const char* name = nullptr;
  if (::grantpt(master_) == 0 && ::unlockpt(master_) == 0) name = ::ptsname(master_);
  if (name != nullptr) {
    path_ = name;
    slave_ = ::open(name, O_RDWR | O_NOCTTY);
  }
  termios settings;
  const bool raw = slave_ >= 0 && ::tcgetattr(slave_, &settings) == 0;
  if (raw) {
    ::cfmakeraw(&settings);
    // Without a carrier nothing is lost when the host closes it.
    settings.c_cflag |= CLOCAL;
  }
  const bool ready = raw && ::tcsetattr(slave_, TCSANOW, &settings) == 0 &&
                     ::fcntl(master_, F_SETFL, ::fcntl(master_, F_GETFL) | O_NONBLOCK) == 0 &&
                     ::fcntl(master_, F_SETFD, FD_CLOEXEC) == 0 && ::fcntl(slave_, F_SETFD, FD_CLOEXEC) == 0;
  if (ready) return;
  const int error = errno;
  close();
  errno = error;
  fail("pseudo-terminal");
}

size_t Pty::read(uint8_t* into, size_t count) {
  if (count == 0) return 0;
  const ssize_t got = ::read(master_, into, count);
  if (got >= 0) return static_cast<size_t>(got);
  if (would_wait()) return 0;
  fail("read of the pseudo-terminal");
}

size_t Pty::write(const uint8_t* bytes, size_t count) {
  if (count == 0) return 0;
  const ssize_t taken = ::write(master_, bytes, count);
  if (taken >= 0) return static_cast<size_t>(taken);
  if (would_wait()) return 0;
  fail("write of the pseudo-terminal");
}

bool Pty::wait(int milliseconds) {
  pollfd entry{master_, POLLIN, 0};
  return ::poll(&entry, 1, milliseconds) > 0 && (entry.revents & POLLIN) != 0;
}

void Pty::close() {
  if (slave_ >= 0) ::close(slave_);
  if (master_ >= 0) ::close(master_);
  slave_ = -1;
  master_ = -1;
}

}  // namespace gatebook
