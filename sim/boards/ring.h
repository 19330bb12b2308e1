// What waits, first in, first out, in memory taken once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gatebook {

template <class T>
class Ring {
 public:
  // capacity: a power of two
  explicit Ring(size_t capacity) : values_(capacity), mask_(capacity - 1) {}

  size_t size() const { return written_ - read_; }
  size_t room() const { return values_.size() - size(); }
  bool empty() const { return written_ == read_; }
  void clear() { read_ = written_; }

  // There must be room.
  void push(T value) { values_[written_++ & mask_] = value; }
  // There must be a value.
  T front() const { return values_[read_ & mask_]; }
  T pop() { return values_[read_++ & mask_]; }

  // As many as there are.
  size_t read(T* into, size_t count) {
    if (count > size()) count = size();
    for (size_t i = 0; i < count; ++i) into[i] = pop();
    return count;
  }

 private:
  std::vector<T> values_;
  const size_t mask_;
  size_t read_ = 0;
  size_t written_ = 0;
};

}  // namespace gatebook
