// What a simulation begins with.
#pragma once
#include <cstdint>

namespace gatebook {

struct StartOptions {
  bool random = false;  // registers and memories begin as `seed` says, not as zeros
  uint32_t seed = 0;
};

}  // namespace gatebook
