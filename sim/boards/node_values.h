// What the classes of this addon share: arguments checked, and what a simulation throws turned into errors with codes.
#pragma once
#include <napi.h>

#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "../verilator/kernel.h"
#include "addon_values.h"
#include "model.h"

namespace gatebook {

constexpr char kHung[] = "KERNEL_HUNG";
constexpr char kStopped[] = "KERNEL_STOPPED";
constexpr char kIo[] = "IO";
constexpr double kMostCount = 9e15;
constexpr double kMostWord = 4294967295.0;

// Turns what an action throws into a pending exception; nothing else may pass through Node.
template <class Action>
void guarded(Napi::Env env, const char* code, const Action& action) {
  try {
    action();
  } catch (const KernelError& error) {
    raise(env, error.kind == KernelError::Kind::kHung ? kHung : kStopped, error.what());
  } catch (const std::bad_alloc&) {
    raise(env, kOutOfMemory, "no memory for a simulated board");
  } catch (const std::exception& error) {
    raise(env, code, error.what());
  }
}

// A whole number in least..most; otherwise an exception is pending and the result false.
inline bool whole(const Napi::CallbackInfo& info, size_t position, const char* name, double least, double most,
                  double* value) {
  const napi_env env = info.Env();
  const bool number = info.Length() > position && napi_get_value_double(env, info[position], value) == napi_ok;
  if (number && *value >= least && *value <= most && *value == std::floor(*value)) return true;
  raise(env, kArgumentInvalid,
        std::string(name) + " must be a whole number in " + std::to_string(static_cast<int64_t>(least)) + ".." +
            std::to_string(static_cast<int64_t>(most)));
  return false;
}

inline bool byte_argument(const Napi::CallbackInfo& info, size_t position, Bytes* bytes) {
  if (info.Length() > position && bytes_of(info.Env(), info[position], bytes)) return true;
  raise(info.Env(), kArgumentInvalid, "bytes must be a Uint8Array");
  return false;
}

// A number of an object of options; `otherwise` where it is left out.
inline double option(const Napi::Value& options, const char* name, double otherwise) {
  double number = otherwise;
  if (options.IsObject()) {
    napi_get_value_double(options.Env(), options.As<Napi::Object>().Get(name), &number);
  }
  return number;
}

// { seed }: a random start, where there is a seed.
inline StartOptions start_of(const Napi::Value& options) {
  StartOptions start;
  const double seed = option(options, "seed", -1);
  start.random = seed >= 0 && seed <= kMostWord;
  if (start.random) start.seed = static_cast<uint32_t>(seed);
  return start;
}

// The build of that name in a table of `count`, or nullptr with an exception pending.
template <class Build>
const Build* build_named(const Napi::CallbackInfo& info, const Build* builds, size_t count) {
  const std::string name = info.Length() > 0 && info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : "";
  for (size_t i = 0; i < count; ++i) {
    if (name == builds[i].name) return &builds[i];
  }
  raise(info.Env(), kArgumentInvalid, "'" + name + "' is no model of this addon");
  return nullptr;
}

}  // namespace gatebook
