// The glue between the verilated kernels and Node; checks arguments, holds no rule of the contract.
// One VerilatedEngine belongs to one thread; nothing is shared between engines or threads.
#include <napi.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include "addon_values.h"
#include "kernel.h"
#include "kernel_builds.h"

namespace gatebook {
namespace {

constexpr char kHung[] = "KERNEL_HUNG";
constexpr char kStopped[] = "KERNEL_STOPPED";
constexpr double kMostStall = 95;
constexpr double kMostCount = 9e15;

const KernelBuild* find_build(const std::string& name) {
  for (const KernelBuild& build : kKernelBuilds) {
    if (name == build.name) return &build;
  }
  return nullptr;
}

bool holds(const KernelBuild& build, const Profile& profile) {
  const Profile& most = build.capacity;
  if (build.exact) return std::memcmp(&most, &profile, sizeof profile) == 0;
  return profile.books >= 1 && profile.books <= most.books && profile.pages <= most.pages &&
         profile.baskets <= most.baskets && profile.legs <= most.legs &&
         profile.legs_per_basket <= most.legs_per_basket && profile.fairs <= most.fairs &&
         profile.books_per_message >= 1 && profile.books_per_message <= most.books_per_message &&
         profile.finest_tick >= most.finest_tick && profile.finest_tick <= kTicks[5];
}

// A number of the options; `otherwise` where it is left out.
double option(const Napi::Object& options, const char* name, double otherwise) {
  const Napi::Value value = options.Get(name);
  double number = otherwise;
  napi_get_value_double(options.Env(), value, &number);
  return number;
}

}  // namespace

class VerilatedEngine : public Napi::ObjectWrap<VerilatedEngine> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "VerilatedEngine",
                       {InstanceMethod<&VerilatedEngine::consume>("consume"),
                        InstanceMethod<&VerilatedEngine::reset>("reset"),
                        InstanceMethod<&VerilatedEngine::telemetry>("telemetry"),
                        InstanceMethod<&VerilatedEngine::close>("close"),
                        InstanceAccessor<&VerilatedEngine::max_event_bytes>("maxEventBytes"),
                        InstanceAccessor<&VerilatedEngine::state>("state")});
  }

  // new VerilatedEngine(build: string, profileValues: Uint32Array, options: object); options as in KernelOptions.
  explicit VerilatedEngine(const Napi::CallbackInfo& info) : Napi::ObjectWrap<VerilatedEngine>(info) {
    Napi::Env env = info.Env();
    KernelOptions options;
    const KernelBuild* build = read_arguments(info, &options);
    if (build == nullptr || !state_.make(env)) return;
    guarded(env, [&] {
      kernel_ = build->make(options);
      max_event_bytes_ = kernel_->max_event_bytes();
      state_.set(1, static_cast<double>(kernel_->cycles()));
    });
  }

 private:
  // The build and its options, or nullptr with an exception pending.
  static const KernelBuild* read_arguments(const Napi::CallbackInfo& info, KernelOptions* options) {
    Napi::Env env = info.Env();
    const bool shaped = info.Length() == 3 && info[0].IsString() && info[2].IsObject();
    const KernelBuild* build = shaped ? find_build(info[0].As<Napi::String>().Utf8Value()) : nullptr;
    if (build == nullptr || !profile_of(info[1], &options->profile) || !holds(*build, options->profile)) {
      raise(env, kArgumentInvalid, "the arguments must be a build, a profile of 8 values that it holds, and options");
      return nullptr;
    }
    const Napi::Object given = info[2].As<Napi::Object>();
    const double seed = option(given, "seed", -1);
    options->random_start = seed >= 0;
    options->seed = seed >= 0 && seed <= 4294967295.0 ? static_cast<uint32_t>(seed) : 0;
    const double commands = option(given, "stallCommands", 0);
    const double events = option(given, "stallEvents", 0);
    const double quiet = option(given, "quietCycles", static_cast<double>(options->quiet_cycles));
    const double trace_from = option(given, "traceFrom", 0);
    const auto within = [](double value, double most) { return value >= 0 && value <= most; };
    const bool stalls = within(commands, kMostStall) && within(events, kMostStall);
    if (!stalls || !within(quiet, kMostCount) || !within(trace_from, kMostCount)) {
      raise(env, kArgumentInvalid, "stallCommands and stallEvents must be in 0..95, the other options above 0");
      return nullptr;
    }
    options->stall_commands = static_cast<uint32_t>(commands);
    options->stall_events = static_cast<uint32_t>(events);
    options->quiet_cycles = static_cast<uint64_t>(quiet);
    options->trace_from = static_cast<uint64_t>(trace_from);
    const Napi::Value trace = given.Get("trace");
    if (trace.IsString()) options->trace_path = trace.As<Napi::String>().Utf8Value();
    return build;
  }

  // The kernel, or nullptr with an exception pending.
  VerilatedKernel* open_kernel(Napi::Env env) {
    if (kernel_ == nullptr) raise(env, kDeviceClosed, "the engine is closed");
    return kernel_.get();
  }

  // Turns what a kernel throws into a pending exception; nothing else may pass through Node.
  template <class Action>
  static void guarded(Napi::Env env, const Action& action) {
    try {
      action();
    } catch (const KernelError& error) {
      raise(env, error.kind == KernelError::Kind::kHung ? kHung : kStopped, error.what());
    } catch (const std::bad_alloc&) {
      raise(env, kOutOfMemory, "no memory for an engine of this profile");
    } catch (const std::exception& error) {
      raise(env, kStopped, error.what());
    }
  }

  // consume(commands, from, out): the offset behind the last consumed command.
  Napi::Value consume(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    VerilatedKernel* kernel = open_kernel(env);
    ConsumeArguments given;
    if (kernel == nullptr || !read_consume(info, max_event_bytes_, &given)) return Napi::Value();
    Napi::Value result;
    guarded(env, [&] {
      size_t event_bytes = 0;
      const size_t consumed = kernel->consume(given.commands.data, given.commands.length, given.from, given.out.data,
                                              given.out.length, &event_bytes);
      state_.set(0, static_cast<double>(event_bytes));
      state_.set(1, static_cast<double>(kernel->cycles()));
      result = number(env, static_cast<double>(consumed));
    });
    return result;
  }

  // reset(epoch, out)
  void reset(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    VerilatedKernel* kernel = open_kernel(env);
    uint32_t epoch;
    Bytes out;
    if (kernel == nullptr || !read_reset(info, &epoch, &out)) return;
    guarded(env, [&] {
      kernel->reset(epoch, out.data);
      state_.set(0, kEventBytes);
      state_.set(1, static_cast<double>(kernel->cycles()));
    });
  }

  // telemetry(address): the counter, as a BigInt of 64 bits.
  Napi::Value telemetry(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    VerilatedKernel* kernel = open_kernel(env);
    if (kernel == nullptr) return Napi::Value();
    double address = -1;
    if (info.Length() < 1 || napi_get_value_double(env, info[0], &address) != napi_ok ||
        !(address >= 0 && address <= 255) || address != std::floor(address)) {
      raise(env, kArgumentInvalid, "address must be a whole number in 0..255");
      return Napi::Value();
    }
    Napi::Value result;
    guarded(env, [&] {
      const uint64_t value = kernel->telemetry(static_cast<uint8_t>(address));
      state_.set(1, static_cast<double>(kernel->cycles()));
      result = Napi::BigInt::New(env, value);
    });
    return result;
  }

  void close(const Napi::CallbackInfo&) { kernel_.reset(); }

  Napi::Value max_event_bytes(const Napi::CallbackInfo& info) {
    return number(info.Env(), static_cast<double>(max_event_bytes_));
  }

  // Float64Array of two: the bytes that the last consume or reset wrote, and the clock cycles so far.
  Napi::Value state(const Napi::CallbackInfo& info) { return state_.array(info.Env()); }

  std::unique_ptr<VerilatedKernel> kernel_;
  size_t max_event_bytes_ = 0;
  SharedNumbers<2> state_;
};

namespace {

// { name: { profile: Uint32Array, exact: boolean } }
Napi::Object builds(Napi::Env env) {
  Napi::Object all = Napi::Object::New(env);
  for (const KernelBuild& build : kKernelBuilds) {
    Napi::Uint32Array profile = Napi::Uint32Array::New(env, kProfileFields);
    std::memcpy(profile.Data(), &build.capacity, sizeof build.capacity);
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("profile", profile);
    entry.Set("exact", Napi::Boolean::New(env, build.exact));
    all.Set(build.name, entry);
  }
  return all;
}

// A model is one aligned block of megabytes. Once such a block was freed, glibc takes the next from the heap, where
// alignment leaves holes that no other model fits into: a thousand engines made and closed kept gigabytes. Blocks of
// their own go back to the system.
void return_large_blocks() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  return_large_blocks();
  exports.Set("VerilatedEngine", VerilatedEngine::define(env));
  exports.Set("contractDigest", Napi::String::New(env, kRtlContractDigest));
  exports.Set("sources", Napi::String::New(env, kSourceDigest));
  exports.Set("builds", builds(env));
#ifdef __VERSION__
  exports.Set("build", Napi::String::New(env, std::string(kVerilatorVersion) + ", compiled by " __VERSION__));
#else
  exports.Set("build", Napi::String::New(env, kVerilatorVersion));
#endif
  return exports;
}

}  // namespace
}  // namespace gatebook

static Napi::Object init_module(Napi::Env env, Napi::Object exports) { return gatebook::init(env, exports); }

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init_module)
