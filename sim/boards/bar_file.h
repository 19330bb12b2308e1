// A file that stands for the BAR of a board: mapped by the simulation and by the host, as a resourceN file is.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#include "generated/transports.h"

namespace gatebook {

class BarFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class BarFile {
 public:
  // Makes the file, or takes one that is empty or that a simulation left; it is zeros then. While it lives it holds a
  // lock (of the open file, on its first byte; not the one of hosts, which is a flock), so that a host knows that
  // somebody serves the file: the lock ends with the process, however that ends. Throws BarFileError where another
  // simulation serves the file, and for any other file, which is left as it is.
  explicit BarFile(const std::string& path);
  ~BarFile();
  BarFile(const BarFile&) = delete;
  BarFile& operator=(const BarFile&) = delete;

  uint8_t* bytes(uint32_t offset) { return bytes_ + offset; }

  // Words that the other process writes while we read, and the other way round: what was written before is seen first.
  uint32_t load(uint32_t offset) const { return __atomic_load_n(word(offset), __ATOMIC_ACQUIRE); }
  void store(uint32_t offset, uint32_t value) { __atomic_store_n(word(offset), value, __ATOMIC_RELEASE); }
  // Puts `value` there unless the host has written something other than `seen` meanwhile; whether it did.
  bool replace(uint32_t offset, uint32_t seen, uint32_t value) {
    return __atomic_compare_exchange_n(word(offset), &seen, value, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  }
  // Stores as words, each whole: a reader in between sees a line in pieces, as it may from a bus.
  void write(uint32_t offset, const void* from, size_t count) {
    for (size_t at = 0; at < count; at += sizeof(uint64_t)) {
      uint64_t value;
      std::memcpy(&value, static_cast<const uint8_t*>(from) + at, sizeof value);
      __atomic_store_n(reinterpret_cast<uint64_t*>(bytes_ + offset + at), value, __ATOMIC_RELAXED);
    }
  }
  // What is read from a device that is not there.
  void fill_ones() { std::memset(bytes_, 0xff, kBarBytes); }

 private:
  uint32_t* word(uint32_t offset) const { return reinterpret_cast<uint32_t*>(bytes_ + offset); }

  int file_ = -1;
  uint8_t* bytes_ = nullptr;
};

}  // namespace gatebook
