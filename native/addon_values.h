// What the addons have in common: arguments checked, errors with codes, numbers that JavaScript reads without a call.
// Holds no rule of the contract.
#pragma once
#include <napi.h>

#include <cmath>
#include <memory>
#include <new>
#include <string>

#include "generated/contract.h"

namespace gatebook {

constexpr char kArgumentInvalid[] = "ARGUMENT_INVALID";
constexpr char kDeviceClosed[] = "DEVICE_CLOSED";
constexpr char kOutOfMemory[] = "OUT_OF_MEMORY";
constexpr uint32_t kProfileFields = 8;
static_assert(sizeof(Profile) == kProfileFields * sizeof(uint32_t), "one value a field");

// Makes a JavaScript Error with a stable `code` pending. Without effect in a thread that is being terminated, where
// every call of Node's fails; the wrappers of node-addon-api would end the process there.
inline void raise(napi_env env, const char* code, const std::string& message) {
  napi_throw_error(env, code, message.c_str());
}

inline Napi::Value number(napi_env env, double value) {
  napi_value result = nullptr;
  if (napi_create_double(env, value, &result) != napi_ok) return Napi::Value();
  return Napi::Value(env, result);
}

struct Bytes {
  uint8_t* data;
  size_t length;
};

// The bytes of a Uint8Array (a Buffer is one, and shared memory may lie behind it); false for anything else.
inline bool bytes_of(napi_env env, napi_value value, Bytes* bytes) {
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

// The values of a profile in the order of the profile table, ranges unchecked; false for all but a Uint32Array of 8.
inline bool profile_of(const Napi::Value& value, Profile* profile) {
  if (!value.IsTypedArray()) return false;
  const Napi::TypedArray array = value.As<Napi::TypedArray>();
  if (array.TypedArrayType() != napi_uint32_array || array.ElementLength() != kProfileFields) return false;
  const uint32_t* values = value.As<Napi::Uint32Array>().Data();
  *profile = {values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]};
  return true;
}

// `out` of an engine; raises and returns false where it cannot take `least` bytes of events.
inline bool read_out(napi_env env, napi_value value, Bytes* out, size_t least) {
  const bool fits = bytes_of(env, value, out) && out->length >= least;
  if (fits && reinterpret_cast<uintptr_t>(out->data) % 4 == 0) return true;
  raise(env, kArgumentInvalid,
        "out must be a Uint8Array, 4-byte aligned, of at least " + std::to_string(least) + " bytes");
  return false;
}

struct ConsumeArguments {
  Bytes commands;
  size_t from;
  Bytes out;
};

// Of consume(commands, from, out); raises and returns false for what it does not take.
inline bool read_consume(const Napi::CallbackInfo& info, size_t max_event_bytes, ConsumeArguments* arguments) {
  const napi_env env = info.Env();
  Bytes& commands = arguments->commands;
  double from = -1;
  if (info.Length() < 3 || !bytes_of(env, info[0], &commands) || commands.length % kCommandBytes != 0) {
    raise(env, kArgumentInvalid, "commands must be a Uint8Array of whole records of 16 bytes");
    return false;
  }
  if (napi_get_value_double(env, info[1], &from) != napi_ok || !(from >= 0) ||
      !(from <= static_cast<double>(commands.length)) || std::fmod(from, kCommandBytes) != 0) {
    raise(env, kArgumentInvalid, "from must be a multiple of 16 inside commands");
    return false;
  }
  arguments->from = static_cast<size_t>(from);
  return read_out(env, info[2], &arguments->out, max_event_bytes);
}

// Of reset(epoch, out); raises and returns false for what it does not take.
inline bool read_reset(const Napi::CallbackInfo& info, uint32_t* epoch, Bytes* out) {
  const napi_env env = info.Env();
  double value = -1;
  const bool number = info.Length() >= 1 && napi_get_value_double(env, info[0], &value) == napi_ok;
  if (!number || !(value >= 0 && value <= 4294967295.0) || value != std::floor(value)) {
    raise(env, kArgumentInvalid, "epoch must be a whole number in 0..4294967295");
    return false;
  }
  *epoch = static_cast<uint32_t>(value);
  return read_out(env, info[1], out, kEventBytes);
}

// Doubles that JavaScript reads without a call. They live as long as either side holds them.
template <size_t kCount>
class SharedNumbers {
 public:
  // False, with an exception pending, where there is no memory.
  bool make(Napi::Env env) {
    memory_ = std::make_shared<Memory>();
    auto* held = new (std::nothrow) std::shared_ptr<Memory>(memory_);
    if (held == nullptr) {
      raise(env, kOutOfMemory, "no memory for an engine of this profile");
      return false;
    }
    const auto release = [](Napi::Env, void*, std::shared_ptr<Memory>* memory) { delete memory; };
    Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, memory_->values, sizeof memory_->values, release, held);
    if (env.IsExceptionPending()) return false;
    array_ = Napi::Persistent(Napi::Float64Array::New(env, kCount, buffer, 0).template As<Napi::Object>());
    return true;
  }

  void set(size_t index, double value) { memory_->values[index] = value; }

  Napi::Value array(Napi::Env env) const { return array_.IsEmpty() ? env.Undefined() : Napi::Value(array_.Value()); }

 private:
  struct Memory {
    double values[kCount] = {};
  };
  std::shared_ptr<Memory> memory_;
  Napi::ObjectReference array_;
};

}  // namespace gatebook
