#include "window.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gatebook {
namespace {

bool fail(WindowError* error, const char* step, int number) {
  error->step = step;
  error->number = number;
  return false;
}

}  // namespace

volatile uint8_t* Window::map(int file, size_t offset, size_t bytes, void* at) const {
  const int flags = MAP_SHARED | (at == nullptr ? 0 : MAP_FIXED);
  void* mapped = mmap(at, bytes, PROT_READ | PROT_WRITE, flags, file, static_cast<off_t>(offset));
  return mapped == MAP_FAILED ? nullptr : static_cast<volatile uint8_t*>(mapped);
}

bool Window::open(const char* path, WindowError* error) {
  close();
  file_ = ::open(path, O_RDWR | O_CLOEXEC);
  if (file_ < 0) return fail(error, "open", errno);
  bool done = false;
  struct stat status;
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    fail(error, "lock", errno);
  } else if (fstat(file_, &status) != 0) {
    fail(error, "size", errno);
  } else if (status.st_size < static_cast<off_t>(kLeastBytes)) {
    fail(error, "size", 0);
  } else {
    const size_t size = static_cast<size_t>(status.st_size);
    bytes_ = size < kMostBytes ? size : kMostBytes;
    base_ = map(file_, 0, bytes_, nullptr);
    done = base_ != nullptr;
    if (!done) fail(error, "map", errno);
  }
  if (!done) close();
  return done;
}

bool Window::combine(const char* path, size_t offset, size_t bytes) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t end = offset + bytes;
  if (base_ == nullptr || offset % page != 0 || bytes % page != 0 || bytes == 0 || end > bytes_) return false;
  const int other = ::open(path, O_RDWR | O_CLOEXEC);
  if (other < 0) return false;
  void* base = const_cast<uint8_t*>(base_);
  const auto at = [base](size_t place) { return static_cast<uint8_t*>(base) + place; };
  // Reserved in between, so that the addresses stay ours; the kernel gives a page one memory type at a time.
  void* reserved = mmap(base, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  bool whole = reserved != MAP_FAILED;
  whole = whole && (offset == 0 || map(file_, 0, offset, at(0)) != nullptr);
  whole = whole && (end == bytes_ || map(file_, end, bytes_ - end, at(end)) != nullptr);
  combines_ = whole && map(other, offset, bytes, at(offset)) != nullptr;
  if (whole && !combines_) whole = map(file_, offset, bytes, at(offset)) != nullptr;
  ::close(other);
  if (!whole) close();
  return combines_;
}

bool Window::served() const {
#ifdef F_OFD_GETLK
  struct flock first_byte = {};
  first_byte.l_type = F_WRLCK;
  first_byte.l_whence = SEEK_SET;
  first_byte.l_len = 1;
  return fcntl(file_, F_OFD_GETLK, &first_byte) != 0 || first_byte.l_type != F_UNLCK;
#else
  return true;
#endif
}

void Window::close() {
  if (base_ != nullptr) munmap(const_cast<uint8_t*>(base_), bytes_);
  // Closing the file gives the lock back.
  if (file_ >= 0) ::close(file_);
  base_ = nullptr;
  file_ = -1;
  bytes_ = 0;
  combines_ = false;
}

}  // namespace gatebook
