// Replays: command bytes from stdin, event bytes to stdout. Argument: the profile as eight numbers with commas.
#include <cstdio>
#include <vector>

#include "../engine.h"
#include "../test/profile_text.h"

int main(int count, char** arguments) {
  gatebook::Profile profile;
  if (count != 2 || !gatebook::parse_profile(arguments[1], &profile)) {
    std::fprintf(stderr, "usage: engine_pipe <eight numbers of the profile, with commas>\n");
    return 2;
  }
  gatebook::Engine engine(profile);
  if (!engine.ok()) {
    std::fprintf(stderr, "engine_pipe: no memory for an engine of this profile\n");
    return 1;
  }
  std::vector<uint8_t> commands(16 * 4096);
  std::vector<uint8_t> out(engine.max_event_bytes() + 65536);
  for (;;) {
    const size_t bytes = std::fread(commands.data(), 1, commands.size(), stdin);
    if (bytes % 16 != 0) {
      std::fprintf(stderr, "engine_pipe: the input ends inside a record\n");
      return 1;
    }
    for (size_t from = 0; from < bytes;) {
      size_t events = 0;
      from = engine.consume(commands.data(), bytes, from, out.data(), out.size(), &events);
      if (std::fwrite(out.data(), 1, events, stdout) != events) return 1;
    }
    if (bytes < commands.size()) return 0;
  }
}
