// Writes a random command program to stdout. Arguments: profile as eight numbers with commas, records, seed.
#include <cstdio>
#include <cstdlib>

#include "../test/profile_text.h"
#include "../test/random_commands.h"

int main(int count, char** arguments) {
  gatebook::Profile profile;
  if (count != 4 || !gatebook::parse_profile(arguments[1], &profile)) {
    std::fprintf(stderr, "usage: random_program <eight numbers of the profile> <records> <seed>\n");
    return 2;
  }
  gatebook::RandomCommands source(profile, std::strtoull(arguments[3], nullptr, 10));
  for (long left = std::atol(arguments[2]); left > 0; --left) {
    uint8_t command[16];
    source.next(command);
    if (std::fwrite(command, 1, sizeof command, stdout) != sizeof command) return 1;
  }
  return 0;
}
