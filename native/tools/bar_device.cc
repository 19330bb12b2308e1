// Serves a BAR file with the C++ engine as its kernel, as fast as it can: for tests and benches of the host in another
// process. Arguments: the file, which is made anew, and the profile as eight numbers with commas. Prints `ready`; ends
// when its standard input does.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "../test/bar_device.h"
#include "../test/profile_text.h"

namespace {

constexpr int kTurnsBetweenLooks = 1 << 16;
constexpr int kIdleTurns = 2000;

bool input_ended() {
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  char byte;
  return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

}  // namespace

int main(int count, char** arguments) {
  gatebook::Profile profile;
  if (count != 3 || !gatebook::parse_profile(arguments[2], &profile)) {
    std::fprintf(stderr, "usage: bar_device FILE <eight numbers of the profile, with commas>\n");
    return 2;
  }
  const int file = open(arguments[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ftruncate(file, gatebook::kBarBytes) != 0) {
    std::perror(arguments[1]);
    return 1;
  }
  void* memory = mmap(nullptr, gatebook::kBarBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) {
    std::perror("mmap");
    return 1;
  }
  gatebook::BarDevice device(static_cast<uint8_t*>(memory), profile);
  if (!device.ok()) {
    std::fprintf(stderr, "bar_device: no memory for an engine of this profile\n");
    return 1;
  }
  std::printf("ready\n");
  std::fflush(stdout);
  int idle = 0;
  for (int turns = 0;; ++turns) {
    if (turns == kTurnsBetweenLooks) {
      if (input_ended()) return 0;
      turns = 0;
    }
    if (device.turn()) {
      idle = 0;
    } else if (++idle > kIdleTurns) {
      // Two cores may be all there are: one that has nothing to do gives way.
      sched_yield();
    }
  }
}
