// Zeroed memory that costs nothing until it is touched: a large profile is cheap to open.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <type_traits>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#define GATEBOOK_HAS_MMAP 1
#endif

namespace gatebook {

// A fixed array of plain records, all bytes 0 at first. Sized once; never grows. Not copyable.
template <typename T>
class ZeroedArray {
  static_assert(std::is_trivially_copyable<T>::value && std::is_trivially_destructible<T>::value, "plain records only");

 public:
  ZeroedArray() = default;
  ZeroedArray(const ZeroedArray&) = delete;
  ZeroedArray& operator=(const ZeroedArray&) = delete;
  ~ZeroedArray() { release(); }

  // Returns false when there is no memory; the array is then empty. Called once.
  bool allocate(size_t count) {
    if (count > static_cast<size_t>(-1) / sizeof(T) - kGranule) return false;
    bytes_ = (count * sizeof(T) + kGranule - 1) / kGranule * kGranule;
    if (bytes_ == 0) return true;
    mapped_ = bytes_ >= kMapBytes && map();
    if (!mapped_) {
      void* memory = std::aligned_alloc(kGranule, bytes_);
      if (memory == nullptr) return false;
      std::memset(memory, 0, bytes_);
      data_ = static_cast<T*>(memory);
    }
    return true;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](size_t position) { return data_[position]; }
  const T& operator[](size_t position) const { return data_[position]; }

 private:
  static constexpr size_t kGranule = alignof(T) > 64 ? alignof(T) : 64;
  // Smaller arrays come from the heap, where thousands of small engines share their pages.
  static constexpr size_t kMapBytes = 64 * 1024;
  static constexpr size_t kSmallPagesBytes = 1024 * 1024;

  bool map() {
#ifdef GATEBOOK_HAS_MMAP
#ifdef MAP_NORESERVE
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
#else
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif
    void* memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED) return false;
    data_ = static_cast<T*>(memory);
#ifdef MADV_HUGEPAGE
    // What is used from end to end is reached faster through huge pages; refusal is no harm. Not the beginning: an
    // engine that uses little of a large profile stays small.
    if (bytes_ > kSmallPagesBytes) ::madvise(data_begin() + kSmallPagesBytes, bytes_ - kSmallPagesBytes, MADV_HUGEPAGE);
#endif
    return true;
#else
    return false;
#endif
  }

  char* data_begin() { return reinterpret_cast<char*>(data_); }

  void release() {
#ifdef GATEBOOK_HAS_MMAP
    if (mapped_) {
      ::munmap(data_, bytes_);
      return;
    }
#endif
    std::free(data_);
  }

  T* data_ = nullptr;
  size_t bytes_ = 0;
  bool mapped_ = false;
};

}  // namespace gatebook
