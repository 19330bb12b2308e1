#include "bar_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace gatebook {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw BarFileError("the file of the BAR, " + path + ": " + std::strerror(errno));
}

}  // namespace

BarFile::BarFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) fail(path);
  void* memory = MAP_FAILED;
  if (::ftruncate(file, kBarBytes) == 0) {
    memory = ::mmap(nullptr, kBarBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  const int error = errno;
  ::close(file);
  errno = error;
  if (memory == MAP_FAILED) fail(path);
  bytes_ = static_cast<uint8_t*>(memory);
  std::memset(bytes_, 0, kBarBytes);
}

BarFile::~BarFile() { ::munmap(bytes_, kBarBytes); }

}  // namespace gatebook
