// Checks arguments, turns failures into errors with codes; holds no clause. One BarWindow belongs to one thread.
#include "bar_addon.h"

#include <sched.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "../addon_values.h"
#include "rings.h"
#include "window.h"

namespace gatebook {
namespace {

constexpr char kBarFault[] = "BAR_FAULT";
constexpr size_t kLayoutValues = 8;  // BarLayout, then the offset of the registers
constexpr double kMostRegisters = 1 << 20;
constexpr uint32_t kMostGenerations = 65535;

// What JavaScript reads after a call; the same order stands in src/hal/pcie/bar-addon.ts.
enum State : size_t {
  kEventBytesPolled, kTaken, kWritten, kNextEvent, kCycles, kTorn, kLineState,
  kMagic, kGeneration, kGenerationDone, kControlCommandLinesValue, kControlEventLinesValue, kControlRefused,
  kCommandDoorbellValue, kEventDoorbellValue, kStateValues
};

std::string errno_name(int number) {
  switch (number) {
    case 0: return "ESIZE";
    case EACCES: return "EACCES";
    case EAGAIN: return "EBUSY";  // flock's way to say so
    case EBUSY: return "EBUSY";
    case EINVAL: return "EINVAL";
    case EISDIR: return "EISDIR";
    case ENODEV: return "ENODEV";
    case ENOENT: return "ENOENT";
    case ENOMEM: return "ENOMEM";
    case ENOTDIR: return "ENOENT";
    case ENXIO: return "ENXIO";
    case EPERM: return "EPERM";
    case EROFS: return "EACCES";
    default: return "E" + std::to_string(number);
  }
}

bool whole_number(const Napi::Value& value, double most, double* result) {
  if (!value.IsNumber()) return false;
  *result = value.As<Napi::Number>().DoubleValue();
  return *result >= 0 && *result <= most && *result == std::floor(*result);
}

}  // namespace

class BarWindow : public Napi::ObjectWrap<BarWindow> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "BarWindow",
                       {InstanceMethod<&BarWindow::read>("read"), InstanceMethod<&BarWindow::attach>("attach"),
                        InstanceMethod<&BarWindow::reset>("reset"),
                        InstanceMethod<&BarWindow::repeat_reset>("repeatReset"),
                        InstanceMethod<&BarWindow::write>("write"), InstanceMethod<&BarWindow::poll>("poll"),
                        InstanceMethod<&BarWindow::ring>("ring"), InstanceMethod<&BarWindow::rewrite>("rewrite"),
                        InstanceMethod<&BarWindow::read_control>("readControl"),
                        InstanceMethod<&BarWindow::read_register>("readRegister"),
                        InstanceMethod<&BarWindow::served>("served"),
                        InstanceMethod<&BarWindow::close>("close"), InstanceAccessor<&BarWindow::bytes>("bytes"),
                        InstanceAccessor<&BarWindow::combines>("combines"),
                        InstanceAccessor<&BarWindow::state>("state")});
  }

  // new BarWindow(path)
  explicit BarWindow(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BarWindow>(info) {
    Napi::Env env = info.Env();
    if (info.Length() < 1 || !info[0].IsString()) {
      raise(env, kArgumentInvalid, "path must be a string");
      return;
    }
    WindowError error;
    const std::string path = info[0].As<Napi::String>().Utf8Value();
    if (!window_.open(path.c_str(), &error)) {
      const std::string why = error.number == 0 ? "too short for a BAR" : std::strerror(error.number);
      raise(env, errno_name(error.number).c_str(), std::string(error.step) + " " + path + ": " + why);
      return;
    }
    if (!state_.make(env)) window_.close();
  }

 private:
  bool open(Napi::Env env) {
    if (!window_.is_open()) raise(env, kDeviceClosed, "the window is closed");
    return window_.is_open();
  }

  bool attached(Napi::Env env) {
    if (!open(env)) return false;
    if (rings_ == nullptr) raise(env, kArgumentInvalid, "nothing is attached to the window yet");
    return rings_ != nullptr;
  }

  // Runs an action that touches the window; raises and returns false when the memory behind it is gone.
  template <typename Action>
  bool touch(Napi::Env env, Action action) {
    if (guarded(window_.base(), window_.bytes(), action)) return true;
    raise(env, kBarFault, "the memory behind the window is gone");
    return false;
  }

  // read(offset, out): whole words
  void read(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    double offset = 0;
    Bytes out;
    if (!open(env)) return;
    if (info.Length() < 2 || !bytes_of(env, info[1], &out) || out.length % 4 != 0 || out.length > window_.bytes() ||
        !whole_number(info[0], static_cast<double>(window_.bytes() - out.length), &offset) ||
        std::fmod(offset, 4) != 0) {
      raise(env, kArgumentInvalid, "offset and out must be whole words inside the window");
      return;
    }
    const volatile uint8_t* from = window_.base() + static_cast<size_t>(offset);
    touch(env, [&] {
      for (size_t at = 0; at < out.length; at += 4) {
        const uint32_t word = *reinterpret_cast<const volatile uint32_t*>(from + at);
        std::memcpy(out.data + at, &word, sizeof word);
      }
    });
  }

  // attach(layout: Uint32Array of 8, combiningPath?: string): true where writes of commands combine
  Napi::Value attach(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    if (!open(env)) return Napi::Value();
    const bool typed = info.Length() >= 1 && info[0].IsTypedArray() &&
                       info[0].As<Napi::TypedArray>().TypedArrayType() == napi_uint32_array &&
                       info[0].As<Napi::TypedArray>().ElementLength() == kLayoutValues;
    BarLayout layout = {};
    if (typed) {
      const uint32_t* values = info[0].As<Napi::Uint32Array>().Data();
      layout = {values[0], values[1], values[2], values[3], values[4], values[5], values[6]};
      registers_ = values[7];
    }
    if (!typed || !layout_fits(layout, window_.bytes())) {
      raise(env, kArgumentInvalid, "layout must be a Uint32Array of 8 values that fit the window");
      return Napi::Value();
    }
    rings_.reset();
    if (info.Length() >= 2 && info[1].IsString()) {
      const std::string path = info[1].As<Napi::String>().Utf8Value();
      window_.combine(path.c_str(), layout.command_ring, size_t{layout.command_lines} * kLineBytes);
      if (!open(env)) return Napi::Value();
    }
    rings_ = std::make_unique<BarRings>(window_.base(), layout);
    return Napi::Boolean::New(env, window_.combines());
  }

  // reset(epoch, generation)
  void reset(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    double epoch = 0;
    double generation = 0;
    if (!attached(env)) return;
    if (info.Length() < 2 || !whole_number(info[0], 4294967295.0, &epoch) ||
        !whole_number(info[1], kMostGenerations, &generation) || generation == 0) {
      raise(env, kArgumentInvalid, "epoch must be in 0..4294967295 and generation in 1..65535");
      return;
    }
    touch(env, [&] { rings_->reset(static_cast<uint32_t>(epoch), static_cast<uint16_t>(generation)); });
    show_progress();
  }

  void repeat_reset(const Napi::CallbackInfo& info) {
    if (attached(info.Env())) touch(info.Env(), [&] { rings_->repeat_reset(); });
  }

  // write(commands, from): the offset behind the last command that found room
  Napi::Value write(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    Bytes commands;
    double from = 0;
    if (!attached(env)) return Napi::Value();
    if (info.Length() < 2 || !bytes_of(env, info[0], &commands) || commands.length % kCommandBytes != 0 ||
        !whole_number(info[1], static_cast<double>(commands.length), &from) || std::fmod(from, kCommandBytes) != 0) {
      raise(env, kArgumentInvalid, "commands must be whole records and from a multiple of 16 inside them");
      return Napi::Value();
    }
    size_t behind = static_cast<size_t>(from);
    const size_t begin = behind;
    if (!touch(env, [&] { behind = rings_->write(commands.data, commands.length, begin); })) return Napi::Value();
    show_progress();
    return number(env, static_cast<double>(behind));
  }

  // poll(out): bytes of events
  Napi::Value poll(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    Bytes out;
    if (!attached(env)) return Napi::Value();
    if (info.Length() < 1 || !bytes_of(env, info[0], &out) || out.length < kEventBytes) {
      raise(env, kArgumentInvalid, "out must be a Uint8Array of at least 32 bytes");
      return Napi::Value();
    }
    size_t bytes = 0;
    if (!touch(env, [&] { bytes = rings_->poll(out.data, out.length); })) return Napi::Value();
    // A device that is a process of this machine may need the processor that looks for its answer.
    if (bytes == 0) sched_yield();
    state_.set(kEventBytesPolled, static_cast<double>(bytes));
    state_.set(kLineState, static_cast<double>(rings_->line_state()));
    state_.set(kCycles, static_cast<double>(rings_->cycles()));
    state_.set(kTorn, rings_->torn());
    show_progress();
    return number(env, static_cast<double>(bytes));
  }

  void ring(const Napi::CallbackInfo& info) {
    if (attached(info.Env())) touch(info.Env(), [&] { rings_->ring(); });
  }

  // rewrite(): how many commands were written again
  Napi::Value rewrite(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    uint32_t commands = 0;
    if (!attached(env) || !touch(env, [&] { commands = rings_->rewrite(); })) return Napi::Value();
    return number(env, commands);
  }

  void read_control(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    if (!attached(env) || !touch(env, [&] { rings_->read_control(); })) return;
    const BarControl& control = rings_->control();
    state_.set(kMagic, control.magic);
    state_.set(kGeneration, control.generation);
    state_.set(kGenerationDone, control.generation_done);
    state_.set(kControlCommandLinesValue, control.command_lines);
    state_.set(kControlEventLinesValue, control.event_lines);
    state_.set(kControlRefused, control.refused_lines);
    state_.set(kCommandDoorbellValue, control.command_doorbell);
    state_.set(kEventDoorbellValue, control.event_doorbell);
    show_progress();
  }

  // readRegister(index): a BigInt. A counter may carry between the halves, so the upper one is read twice.
  Napi::Value read_register(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    double index = 0;
    if (!attached(env)) return Napi::Value();
    const bool whole = info.Length() >= 1 && whole_number(info[0], kMostRegisters, &index);
    const size_t offset = registers_ + static_cast<size_t>(index) * 8;
    if (!whole || offset % 8 != 0 || offset + 8 > window_.bytes()) {
      raise(env, kArgumentInvalid, "there is no such register in the window");
      return Napi::Value();
    }
    const auto* words = reinterpret_cast<const volatile uint32_t*>(window_.base() + offset);
    uint64_t value = 0;
    const bool there = touch(env, [&] {
      uint32_t high = words[1];
      uint32_t low = 0;
      for (int n = 0; n < 4; ++n) {
        low = words[0];
        const uint32_t again = words[1];
        if (again == high) break;
        high = again;
      }
      value = uint64_t{high} << 32 | low;
    });
    if (!there) return Napi::Value();
    return Napi::BigInt::New(env, value);
  }

  // served(): whether a process serves the file
  Napi::Value served(const Napi::CallbackInfo& info) {
    if (!open(info.Env())) return Napi::Value();
    return Napi::Boolean::New(info.Env(), window_.served());
  }

  void close(const Napi::CallbackInfo&) {
    rings_.reset();
    window_.close();
  }

  void show_progress() {
    state_.set(kTaken, rings_->taken());
    state_.set(kWritten, rings_->written());
    state_.set(kNextEvent, rings_->next_event());
  }

  Napi::Value bytes(const Napi::CallbackInfo& info) {
    return number(info.Env(), static_cast<double>(window_.bytes()));
  }
  Napi::Value combines(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), window_.combines()); }
  Napi::Value state(const Napi::CallbackInfo& info) { return state_.array(info.Env()); }

  Window window_;
  std::unique_ptr<BarRings> rings_;
  size_t registers_ = 0;
  SharedNumbers<kStateValues> state_;
};

Napi::Function define_bar_window(Napi::Env env) { return BarWindow::define(env); }

}  // namespace gatebook
