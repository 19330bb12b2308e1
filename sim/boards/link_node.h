// LinkDevice for JavaScript.
#pragma once
#include "board_builds.h"
#include "node_values.h"

namespace gatebook {

class LinkDeviceNode : public Napi::ObjectWrap<LinkDeviceNode> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "LinkDevice",
                       {InstanceMethod<&LinkDeviceNode::run>("run"), InstanceMethod<&LinkDeviceNode::send>("send"),
                        InstanceMethod<&LinkDeviceNode::receive>("receive"),
                        InstanceMethod<&LinkDeviceNode::reset>("reset"), InstanceMethod<&LinkDeviceNode::hold>("hold"),
                        InstanceMethod<&LinkDeviceNode::clear>("clear"),
                        InstanceMethod<&LinkDeviceNode::set_time_scale>("setTimeScale"),
                        InstanceMethod<&LinkDeviceNode::close>("close"),
                        InstanceAccessor<&LinkDeviceNode::state>("state")});
  }

  // new LinkDevice(name: string, { seed? })
  explicit LinkDeviceNode(const Napi::CallbackInfo& info) : Napi::ObjectWrap<LinkDeviceNode>(info) {
    Napi::Env env = info.Env();
    const LinkBuild* build = build_named(info, kLinkBuilds, kLinkBuildCount);
    if (build == nullptr || !state_.make(env)) return;
    guarded(env, kStopped, [&] { device_ = build->make(start_of(info[1])); });
  }

 private:
  LinkDevice* open(Napi::Env env) {
    if (device_ == nullptr) raise(env, kDeviceClosed, "the simulated device is closed");
    return device_.get();
  }

  // run(cycles, stop): cycles run; stop: 0 after the cycles, 1 with the first 0x00 that comes out, 2 when it is quiet
  Napi::Value run(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    double cycles;
    double stop;
    LinkDevice* device = open(env);
    if (device == nullptr || !whole(info, 0, "cycles", 0, kMostCount, &cycles) ||
        !whole(info, 1, "stop", 0, 2, &stop)) {
      return Napi::Value();
    }
    Napi::Value result;
    guarded(env, kStopped, [&] {
      const uint64_t ran = device->run(static_cast<uint64_t>(cycles), static_cast<StopAt>(static_cast<int>(stop)));
      tell(*device);
      result = number(env, static_cast<double>(ran));
    });
    return result;
  }

  // send(bytes, broken?): how many the port's queue took; broken: every one of them without its stop bit
  Napi::Value send(const Napi::CallbackInfo& info) {
    Bytes bytes;
    LinkDevice* device = open(info.Env());
    if (device == nullptr || !byte_argument(info, 0, &bytes)) return Napi::Value();
    const bool broken = info.Length() > 1 && info[1].IsBoolean() && info[1].As<Napi::Boolean>().Value();
    const size_t taken = device->send(bytes.data, bytes.length, broken);
    tell(*device);
    return number(info.Env(), static_cast<double>(taken));
  }

  // receive(into): how many there were
  Napi::Value receive(const Napi::CallbackInfo& info) {
    Bytes bytes;
    LinkDevice* device = open(info.Env());
    if (device == nullptr || !byte_argument(info, 0, &bytes)) return Napi::Value();
    const size_t got = device->receive(bytes.data, bytes.length);
    tell(*device);
    return number(info.Env(), static_cast<double>(got));
  }

  void reset(const Napi::CallbackInfo& info) {
    LinkDevice* device = open(info.Env());
    if (device == nullptr) return;
    guarded(info.Env(), kStopped, [&] {
      device->reset();
      tell(*device);
    });
  }

  // hold(whether): no byte leaves the device while it holds
  void hold(const Napi::CallbackInfo& info) {
    LinkDevice* device = open(info.Env());
    if (device != nullptr) device->hold(info.Length() > 0 && info[0].ToBoolean().Value());
  }

  void clear(const Napi::CallbackInfo& info) {
    LinkDevice* device = open(info.Env());
    if (device == nullptr) return;
    device->clear();
    tell(*device);
  }

  void set_time_scale(const Napi::CallbackInfo& info) {
    double thousandths;
    LinkDevice* device = open(info.Env());
    if (device != nullptr && whole(info, 0, "time scale", 0, kMostWord, &thousandths)) {
      guarded(info.Env(), kStopped, [&] { device->set_time_scale(static_cast<uint32_t>(thousandths)); });
    }
  }

  void close(const Napi::CallbackInfo&) { device_.reset(); }

  // Float64Array: see LINK_STATE in src/sim/boards-addon.ts.
  Napi::Value state(const Napi::CallbackInfo& info) { return state_.array(info.Env()); }

  void tell(const LinkDevice& device) {
    state_.set(0, static_cast<double>(device.cycles()));
    state_.set(1, device.quiet() && device.waiting() == 0 ? 1 : 0);
    state_.set(2, static_cast<double>(device.waiting()));
    state_.set(3, static_cast<double>(device.received()));
    state_.set(4, static_cast<double>(device.longest_wait()));
  }

  std::unique_ptr<LinkDevice> device_;
  SharedNumbers<5> state_;
};

}  // namespace gatebook
