#include "bar_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace gatebook {
namespace {

[[noreturn]] void fail(const std::string& path, const char* why) {
  throw BarFileError("the file of the BAR, " + path + ": " + why);
}

// False where another simulation has it.
bool lock(int file) {
#ifdef F_OFD_SETLK
  struct flock first_byte = {};
  first_byte.l_type = F_WRLCK;
  first_byte.l_whence = SEEK_SET;
  first_byte.l_len = 1;
  if (::fcntl(file, F_OFD_SETLK, &first_byte) == 0) return true;
  // A file system without such locks serves one simulation as well as any.
  return errno != EAGAIN && errno != EACCES;
#else
  static_cast<void>(file);
  return true;
#endif
}

// An empty file, or one that a simulation left: it begins with the magic, or is zeros (killed before that) or all ones.
bool is_ours(int file) {
  struct stat status;
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (status.st_size == 0) return true;
  std::vector<uint8_t> bytes(kBarBytes);
  const ssize_t length = ::pread(file, bytes.data(), bytes.size(), 0);
  if (length != status.st_size || status.st_size != kBarBytes) return false;
  uint32_t magic;
  std::memcpy(&magic, bytes.data(), sizeof magic);
  const auto is = [&](uint8_t value) { return std::count(bytes.begin(), bytes.end(), value) == length; };
  return magic == kBarMagic || is(0) || is(0xff);
}

}  // namespace

BarFile::BarFile(const std::string& path) {
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) fail(path, std::strerror(errno));
  if (!is_ours(file_)) {
    ::close(file_);
    fail(path, "holds something else than the BAR of a simulated board, and is left as it is");
  }
  if (!lock(file_)) {
    ::close(file_);
    fail(path, "another simulation serves it");
  }
  void* memory = MAP_FAILED;
  if (::ftruncate(file_, kBarBytes) == 0) {
    memory = ::mmap(nullptr, kBarBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  }
  if (memory == MAP_FAILED) {
    const int error = errno;
    ::close(file_);
    fail(path, std::strerror(error));
  }
  bytes_ = static_cast<uint8_t*>(memory);
  std::memset(bytes_, 0, kBarBytes);
}

BarFile::~BarFile() {
  ::munmap(bytes_, kBarBytes);
  ::close(file_);
}

}  // namespace gatebook
