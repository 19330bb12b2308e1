// The simulated boards for Node. One object belongs to one thread; nothing is shared between objects or threads.
#include <napi.h>

#include "bar_node.h"
#include "board_builds.h"
#include "link_node.h"
#include "pty_node.h"
#include "uart_node.h"

namespace gatebook {
namespace {

template <class Build>
Napi::Array names(Napi::Env env, const Build* builds, size_t count) {
  Napi::Array all = Napi::Array::New(env, count);
  for (size_t i = 0; i < count; ++i) all.Set(static_cast<uint32_t>(i), Napi::String::New(env, builds[i].name));
  return all;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("UartBoard", UartBoardNode::define(env));
  exports.Set("BarDevice", BarDeviceNode::define(env));
  exports.Set("LinkDevice", LinkDeviceNode::define(env));
  exports.Set("Pty", PtyNode::define(env));
  exports.Set("uartBoards", names(env, kUartBuilds, kUartBuildCount));
  exports.Set("linkDevices", names(env, kLinkBuilds, kLinkBuildCount));
  exports.Set("barDevices", names(env, kBarBuilds, kBarBuildCount));
  exports.Set("contractDigest", Napi::String::New(env, kRtlContractDigest));
  exports.Set("sources", Napi::String::New(env, kSourceDigest));
  return exports;
}

}  // namespace
}  // namespace gatebook

static Napi::Object init_module(Napi::Env env, Napi::Object exports) { return gatebook::init(env, exports); }

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init_module)
