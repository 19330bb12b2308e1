// Pty for JavaScript.
#pragma once
#include "node_values.h"
#include "pty.h"

namespace gatebook {

class PtyNode : public Napi::ObjectWrap<PtyNode> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Pty",
                       {InstanceMethod<&PtyNode::read>("read"), InstanceMethod<&PtyNode::write>("write"),
                        InstanceMethod<&PtyNode::wait>("wait"), InstanceMethod<&PtyNode::close>("close"),
                        InstanceAccessor<&PtyNode::path>("path")});
  }

  // new Pty()
  explicit PtyNode(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PtyNode>(info) {
    guarded(info.Env(), kIo, [&] { pty_ = std::make_unique<Pty>(); });
  }

 private:
  Pty* open(Napi::Env env) {
    if (pty_ != nullptr && pty_->is_open()) return pty_.get();
    raise(env, kDeviceClosed, "the pseudo-terminal is closed");
    return nullptr;
  }

  // read(into): how many bytes there were
  Napi::Value read(const Napi::CallbackInfo& info) {
    Bytes bytes;
    Pty* pty = open(info.Env());
    if (pty == nullptr || !byte_argument(info, 0, &bytes)) return Napi::Value();
    Napi::Value result;
    guarded(info.Env(), kIo, [&] {
      result = number(info.Env(), static_cast<double>(pty->read(bytes.data, bytes.length)));
    });
    return result;
  }

  // write(bytes): how many the kernel took
  Napi::Value write(const Napi::CallbackInfo& info) {
    Bytes bytes;
    Pty* pty = open(info.Env());
    if (pty == nullptr || !byte_argument(info, 0, &bytes)) return Napi::Value();
    Napi::Value result;
    guarded(info.Env(), kIo, [&] {
      result = number(info.Env(), static_cast<double>(pty->write(bytes.data, bytes.length)));
    });
    return result;
  }

  // wait(milliseconds): whether the host wrote something
  Napi::Value wait(const Napi::CallbackInfo& info) {
    double milliseconds;
    Pty* pty = open(info.Env());
    if (pty == nullptr || !whole(info, 0, "milliseconds", 0, 1000, &milliseconds)) return Napi::Value();
    return Napi::Boolean::New(info.Env(), pty->wait(static_cast<int>(milliseconds)));
  }

  void close(const Napi::CallbackInfo&) {
    if (pty_ != nullptr) pty_->close();
  }

  Napi::Value path(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), pty_ == nullptr ? "" : pty_->path());
  }

  std::unique_ptr<Pty> pty_;
};

}  // namespace gatebook
