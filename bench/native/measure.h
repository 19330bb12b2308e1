// Runs a thing several times and prints one JSON line: medians, not best cases.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace gatebook {

constexpr int kRuns = 11;

struct Result {
  double median;
  double min;
  double max;
};

// `run` does the work once and returns how many units it was; `prepare` is not timed.
inline Result measure(const std::function<void()>& prepare, const std::function<size_t()>& run) {
  std::vector<double> times;
  for (int n = -1; n < kRuns; ++n) {  // one run to warm up
    prepare();
    const auto begin = std::chrono::steady_clock::now();
    const size_t units = run();
    const auto end = std::chrono::steady_clock::now();
    const double elapsed = std::chrono::duration<double, std::nano>(end - begin).count();
    if (n >= 0) times.push_back(elapsed / static_cast<double>(units));
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times.front(), times.back()};
}

// `more`: further fields, each with a leading comma.
inline void report(const std::string& name, const std::string& unit, const Result& result, double events_per_command,
                   const std::string& more = "") {
  std::printf("{\"name\":\"%s\",\"unit\":\"%s\",\"median\":%.2f,\"min\":%.2f,\"max\":%.2f,\"runs\":%d,"
              "\"events_per_command\":%.3f%s}\n",
              name.c_str(), unit.c_str(), result.median, result.min, result.max, kRuns, events_per_command,
              more.c_str());
  std::fflush(stdout);
}

}  // namespace gatebook
