// The glue between the engine and Node; checks arguments, holds no rule of the contract.
// One NativeEngine belongs to one thread; nothing is shared between engines or threads.
#include <napi.h>

#include <memory>
#include <new>
#include <string>

#include "addon_values.h"
#ifndef _WIN32
#include "bar/bar_addon.h"
#endif
#include "crc32.h"
#include "engine.h"

namespace gatebook {

class NativeEngine : public Napi::ObjectWrap<NativeEngine> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "NativeEngine",
                       {InstanceMethod<&NativeEngine::consume>("consume"),
                        InstanceMethod<&NativeEngine::reset>("reset"),
                        InstanceMethod<&NativeEngine::close>("close"),
                        InstanceAccessor<&NativeEngine::max_event_bytes>("maxEventBytes"),
                        InstanceAccessor<&NativeEngine::state>("state")});
  }

  // new NativeEngine(profileValues: Uint32Array): the values in the order of the profile table.
  explicit NativeEngine(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeEngine>(info) {
    Napi::Env env = info.Env();
    Profile profile;
    if (info.Length() < 1 || !profile_of(info[0], &profile) || !profile_is_valid(profile)) {
      raise(env, kArgumentInvalid, "profileValues must be a Uint32Array of 8 values in their ranges");
      return;
    }
    engine_.reset(new (std::nothrow) Engine(profile));
    if (engine_ == nullptr || !engine_->ok()) {
      engine_.reset();
      raise(env, kOutOfMemory, "no memory for an engine of this profile");
      return;
    }
    max_event_bytes_ = engine_->max_event_bytes();
    if (!state_.make(env)) engine_.reset();
  }

 private:
  // The engine, or nullptr with an exception pending.
  Engine* open_engine(Napi::Env env) {
    if (engine_ == nullptr) raise(env, kDeviceClosed, "the engine is closed");
    return engine_.get();
  }

  // consume(commands, from, out): the offset behind the last consumed command.
  Napi::Value consume(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    Engine* engine = open_engine(env);
    ConsumeArguments given;
    if (engine == nullptr || !read_consume(info, max_event_bytes_, &given)) return Napi::Value();
    size_t event_bytes = 0;
    const size_t consumed = engine->consume(given.commands.data, given.commands.length, given.from, given.out.data,
                                            given.out.length, &event_bytes);
    state_.set(0, static_cast<double>(event_bytes));
    return number(env, static_cast<double>(consumed));
  }

  // reset(epoch, out)
  void reset(const Napi::CallbackInfo& info) {
    Engine* engine = open_engine(info.Env());
    uint32_t epoch;
    Bytes out;
    if (engine == nullptr || !read_reset(info, &epoch, &out)) return;
    engine->reset(epoch, out.data);
    state_.set(0, kEventBytes);
  }

  void close(const Napi::CallbackInfo&) { engine_.reset(); }

  Napi::Value max_event_bytes(const Napi::CallbackInfo& info) {
    return number(info.Env(), static_cast<double>(max_event_bytes_));
  }

  // Float64Array of one: the bytes that the last consume or reset wrote.
  Napi::Value state(const Napi::CallbackInfo& info) { return state_.array(info.Env()); }

  std::unique_ptr<Engine> engine_;
  size_t max_event_bytes_ = 0;
  SharedNumbers<1> state_;
};

namespace {

std::string build_string() {
  std::string build = "native";
#ifdef __VERSION__
  build += ", compiled by " __VERSION__;
#endif
  return build + (crc32_has_folding() ? ", CRC by carry-less multiplication" : ", CRC by tables");
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("NativeEngine", NativeEngine::define(env));
#ifndef _WIN32
  exports.Set("BarWindow", define_bar_window(env));
#endif
  exports.Set("contractDigest", Napi::String::New(env, kContractDigest));
  exports.Set("build", Napi::String::New(env, build_string()));
  return exports;
}

}  // namespace
}  // namespace gatebook

static Napi::Object init_module(Napi::Env env, Napi::Object exports) { return gatebook::init(env, exports); }

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init_module)
