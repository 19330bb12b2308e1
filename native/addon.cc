// The glue between the engine and Node; checks arguments, holds no rule of the contract.
// One NativeEngine belongs to one thread; nothing is shared between engines or threads.
#include <napi.h>

#include <cmath>
#include <memory>
#include <new>
#include <string>

#include "crc32.h"
#include "engine.h"

namespace gatebook {
namespace {

constexpr char kArgumentInvalid[] = "ARGUMENT_INVALID";
constexpr char kDeviceClosed[] = "DEVICE_CLOSED";
constexpr char kOutOfMemory[] = "OUT_OF_MEMORY";
constexpr uint32_t kProfileFields = 8;
static_assert(sizeof(Profile) == kProfileFields * sizeof(uint32_t), "one value a field");

// Makes a JavaScript Error with a stable `code` pending. Without effect in a thread that is being terminated, where
// every call of Node's fails; the wrappers of node-addon-api would end the process there.
void raise(napi_env env, const char* code, const std::string& message) {
  napi_throw_error(env, code, message.c_str());
}

Napi::Value number(napi_env env, double value) {
  napi_value result = nullptr;
  if (napi_create_double(env, value, &result) != napi_ok) return Napi::Value();
  return Napi::Value(env, result);
}

struct Bytes {
  uint8_t* data;
  size_t length;
};

// The bytes of a Uint8Array (a Buffer is one, and shared memory may lie behind it); false for anything else.
bool bytes_of(napi_env env, napi_value value, Bytes* bytes) {
  bool typed = false;
  if (napi_is_typedarray(env, value, &typed) != napi_ok || !typed) return false;
  napi_typedarray_type type;
  void* data = nullptr;
  napi_value buffer;
  if (napi_get_typedarray_info(env, value, &type, &bytes->length, &data, &buffer, nullptr) != napi_ok) return false;
  if (type != napi_uint8_array) return false;
  if (bytes->length == 0) {
    bool detached = false;
    if (napi_is_detached_arraybuffer(env, buffer, &detached) != napi_ok || detached) return false;
  }
  bytes->data = static_cast<uint8_t*>(data);
  return true;
}

bool aligned(const void* data, size_t bytes) { return reinterpret_cast<uintptr_t>(data) % bytes == 0; }

}  // namespace

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
    if (!read_profile(info, &profile)) {
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
    make_state(env);
  }

 private:
  static bool read_profile(const Napi::CallbackInfo& info, Profile* profile) {
    if (info.Length() < 1 || !info[0].IsTypedArray()) return false;
    const Napi::TypedArray array = info[0].As<Napi::TypedArray>();
    if (array.TypedArrayType() != napi_uint32_array || array.ElementLength() != kProfileFields) return false;
    const uint32_t* values = info[0].As<Napi::Uint32Array>().Data();
    *profile = {values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]};
    return profile_is_valid(*profile);
  }

  // One double that JavaScript reads without a call. It lives as long as either side holds it.
  void make_state(Napi::Env env) {
    state_ = std::make_shared<double>(0);
    auto* held = new (std::nothrow) std::shared_ptr<double>(state_);
    if (held == nullptr) {
      engine_.reset();
      raise(env, kOutOfMemory, "no memory for an engine of this profile");
      return;
    }
    const auto release = [](Napi::Env, void*, std::shared_ptr<double>* memory) { delete memory; };
    Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, state_.get(), sizeof(double), release, held);
    if (env.IsExceptionPending()) return;
    state_array_ = Napi::Persistent(Napi::Float64Array::New(env, 1, buffer, 0).As<Napi::Object>());
  }

  // The engine, or nullptr with an exception pending.
  Engine* open_engine(Napi::Env env) {
    if (engine_ == nullptr) raise(env, kDeviceClosed, "the engine is closed");
    return engine_.get();
  }

  // consume(commands, from, out): the offset behind the last consumed command.
  Napi::Value consume(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    Engine* engine = open_engine(env);
    if (engine == nullptr) return Napi::Value();
    Bytes commands;
    Bytes out;
    double from = -1;
    if (info.Length() < 3 || !bytes_of(env, info[0], &commands) || commands.length % kCommandBytes != 0) {
      raise(env, kArgumentInvalid, "commands must be a Uint8Array of whole records of 16 bytes");
      return Napi::Value();
    }
    if (napi_get_value_double(env, info[1], &from) != napi_ok || !(from >= 0) ||
        !(from <= static_cast<double>(commands.length)) || std::fmod(from, kCommandBytes) != 0) {
      raise(env, kArgumentInvalid, "from must be a multiple of 16 inside commands");
      return Napi::Value();
    }
    if (!check_out(env, info[2], &out, max_event_bytes_)) return Napi::Value();
    size_t event_bytes = 0;
    const size_t consumed = engine->consume(commands.data, commands.length, static_cast<size_t>(from), out.data,
                                            out.length, &event_bytes);
    *state_ = static_cast<double>(event_bytes);
    return number(env, static_cast<double>(consumed));
  }

  // reset(epoch, out)
  void reset(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    Engine* engine = open_engine(env);
    if (engine == nullptr) return;
    double epoch = -1;
    const bool number = info.Length() >= 1 && napi_get_value_double(env, info[0], &epoch) == napi_ok;
    if (!number || !(epoch >= 0 && epoch <= 4294967295.0) || epoch != std::floor(epoch)) {
      raise(env, kArgumentInvalid, "epoch must be a whole number in 0..4294967295");
      return;
    }
    Bytes out;
    if (!check_out(env, info[1], &out, kEventBytes)) return;
    engine->reset(static_cast<uint32_t>(epoch), out.data);
    *state_ = kEventBytes;
  }

  void close(const Napi::CallbackInfo&) { engine_.reset(); }

  Napi::Value max_event_bytes(const Napi::CallbackInfo& info) {
    return number(info.Env(), static_cast<double>(max_event_bytes_));
  }

  // Float64Array of one: the bytes that the last consume or reset wrote.
  Napi::Value state(const Napi::CallbackInfo& info) {
    if (state_array_.IsEmpty()) return info.Env().Undefined();
    return state_array_.Value();
  }

  static bool check_out(Napi::Env env, napi_value value, Bytes* out, size_t least) {
    if (bytes_of(env, value, out) && aligned(out->data, 4) && out->length >= least) return true;
    raise(env, kArgumentInvalid,
          "out must be a Uint8Array, 4-byte aligned, of at least " + std::to_string(least) + " bytes");
    return false;
  }

  std::unique_ptr<Engine> engine_;
  size_t max_event_bytes_ = 0;
  std::shared_ptr<double> state_;
  Napi::ObjectReference state_array_;
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
  exports.Set("contractDigest", Napi::String::New(env, kContractDigest));
  exports.Set("build", Napi::String::New(env, build_string()));
  return exports;
}

}  // namespace
}  // namespace gatebook

static Napi::Object init_module(Napi::Env env, Napi::Object exports) { return gatebook::init(env, exports); }

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init_module)
