// BarDevice for JavaScript.
#pragma once
#include "board_builds.h"
#include "node_values.h"

namespace gatebook {

class BarDeviceNode : public Napi::ObjectWrap<BarDeviceNode> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "BarDevice",
                       {InstanceMethod<&BarDeviceNode::run>("run"), InstanceMethod<&BarDeviceNode::wait>("wait"),
                        InstanceMethod<&BarDeviceNode::inject>("inject"),
                        InstanceMethod<&BarDeviceNode::write>("write"),
                        InstanceMethod<&BarDeviceNode::set_time_scale>("setTimeScale"),
                        InstanceMethod<&BarDeviceNode::close>("close"),
                        InstanceAccessor<&BarDeviceNode::state>("state")});
  }

  // new BarDevice(name: string, path: string, { seed? })
  explicit BarDeviceNode(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BarDeviceNode>(info) {
    Napi::Env env = info.Env();
    const BarBuild* build = build_named(info, kBarBuilds, kBarBuildCount);
    if (build == nullptr || !state_.make(env)) return;
    if (info.Length() < 2 || !info[1].IsString()) {
      raise(env, kArgumentInvalid, "path must be a string");
      return;
    }
    guarded(env, kIo, [&] {
      device_ = build->make(info[1].As<Napi::String>().Utf8Value(), start_of(info[2]));
      tell(*device_);
    });
  }

 private:
  BarDevice* open(Napi::Env env) {
    if (device_ == nullptr) raise(env, kDeviceClosed, "the simulated device is closed");
    return device_.get();
  }

  // run(cycles, untilQuiet): cycles run
  Napi::Value run(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    double cycles;
    BarDevice* device = open(env);
    if (device == nullptr || !whole(info, 0, "cycles", 0, kMostCount, &cycles)) return Napi::Value();
    const bool until_quiet = info.Length() > 1 && info[1].IsBoolean() && info[1].As<Napi::Boolean>().Value();
    Napi::Value result;
    guarded(env, kStopped, [&] {
      const uint64_t ran = device->run(static_cast<uint64_t>(cycles), until_quiet);
      tell(*device);
      result = number(env, static_cast<double>(ran));
    });
    return result;
  }

  // wait(milliseconds): whether the host wrote something
  Napi::Value wait(const Napi::CallbackInfo& info) {
    double milliseconds;
    BarDevice* device = open(info.Env());
    if (device == nullptr || !whole(info, 0, "milliseconds", 0, 1000, &milliseconds)) return Napi::Value();
    return Napi::Boolean::New(info.Env(), device->wait(static_cast<int>(milliseconds)));
  }

  // inject(fault, times, cycles); fault: position in BarFault
  void inject(const Napi::CallbackInfo& info) {
    double fault;
    double times;
    double cycles;
    BarDevice* device = open(info.Env());
    constexpr int last = static_cast<int>(BarFault::kCount) - 1;
    if (device == nullptr || !whole(info, 0, "fault", 0, last, &fault) ||
        !whole(info, 1, "times", 1, kMostWord, &times) || !whole(info, 2, "cycles", 0, kMostCount, &cycles)) {
      return;
    }
    device->mirror().inject(static_cast<BarFault>(static_cast<int>(fault)), static_cast<uint32_t>(times),
                            static_cast<uint64_t>(cycles));
    tell(*device);
  }

  // write(offset, value): a word, behind the host's back
  void write(const Napi::CallbackInfo& info) {
    double offset;
    double value;
    BarDevice* device = open(info.Env());
    if (device == nullptr || !whole(info, 0, "offset", 0, kMapCommandRing - 4, &offset) ||
        !whole(info, 1, "value", 0, kMostWord, &value)) {
      return;
    }
    device->mirror().write(static_cast<uint32_t>(offset) & ~3U, static_cast<uint32_t>(value));
  }

  void set_time_scale(const Napi::CallbackInfo& info) {
    double thousandths;
    BarDevice* device = open(info.Env());
    if (device != nullptr && whole(info, 0, "time scale", 0, kMostWord, &thousandths)) {
      guarded(info.Env(), kStopped, [&] { device->set_time_scale(static_cast<uint32_t>(thousandths)); });
    }
  }

  // The file reads all ones from then on.
  void close(const Napi::CallbackInfo&) {
    if (device_ != nullptr) device_->mirror().leave();
    device_.reset();
  }

  // Float64Array: see BAR_STATE in src/sim/boards-addon.ts.
  Napi::Value state(const Napi::CallbackInfo& info) { return state_.array(info.Env()); }

  void tell(BarDevice& device) {
    state_.set(0, static_cast<double>(device.cycles()));
    state_.set(1, device.quiet() || device.mirror().gone() ? 1 : 0);
    state_.set(2, static_cast<double>(device.mirror().command_lines()));
    state_.set(3, static_cast<double>(device.mirror().event_lines()));
    state_.set(4, static_cast<double>(device.mirror().bus_errors()));
    state_.set(5, static_cast<double>(device.mirror().armed()));
  }

  std::unique_ptr<BarDevice> device_;
  SharedNumbers<6> state_;
};

}  // namespace gatebook
