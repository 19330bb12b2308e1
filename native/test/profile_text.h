// A profile as the programs of this room take it: eight numbers with commas, in the order of the profile table.
#pragma once
#include <cstdio>

#include "../engine.h"

namespace gatebook {

inline bool parse_profile(const char* text, Profile* profile) {
  const int read = std::sscanf(text, "%u,%u,%u,%u,%u,%u,%u,%u", &profile->books, &profile->pages, &profile->baskets,
                               &profile->legs, &profile->legs_per_basket, &profile->fairs,
                               &profile->books_per_message, &profile->finest_tick);
  return read == 8 && profile_is_valid(*profile);
}

}  // namespace gatebook
