// UartBoard for JavaScript.
#pragma once
#include "board_builds.h"
#include "node_values.h"

namespace gatebook {

class UartBoardNode : public Napi::ObjectWrap<UartBoardNode> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "UartBoard",
                       {InstanceMethod<&UartBoardNode::run>("run"), InstanceMethod<&UartBoardNode::send>("send"),
                        InstanceMethod<&UartBoardNode::receive>("receive"),
                        InstanceMethod<&UartBoardNode::set_baud_error>("setBaudError"),
                        InstanceMethod<&UartBoardNode::set_time_scale>("setTimeScale"),
                        InstanceMethod<&UartBoardNode::disturb>("disturb"),
                        InstanceMethod<&UartBoardNode::unplug>("unplug"),
                        InstanceMethod<&UartBoardNode::close>("close"),
                        InstanceAccessor<&UartBoardNode::state>("state")});
  }

  // new UartBoard(name: string, { clockHz, baud, seed? })
  explicit UartBoardNode(const Napi::CallbackInfo& info) : Napi::ObjectWrap<UartBoardNode>(info) {
    Napi::Env env = info.Env();
    const UartBuild* build = build_named(info, kUartBuilds, kUartBuildCount);
    if (build == nullptr || !state_.make(env)) return;
    const double clock = option(info[1], "clockHz", 0);
    const double baud = option(info[1], "baud", 0);
    // The oversampling of a receiver that can be built, and what the fractions of a bit hold.
    if (!(clock >= 1e5 && clock <= 1e9) || !(baud >= 300 && baud <= clock / 4)) {
      raise(env, kArgumentInvalid, "clockHz must be in 1e5..1e9, baud in 300..clockHz/4");
      return;
    }
    const UartOptions options{static_cast<uint32_t>(clock), static_cast<uint32_t>(baud)};
    guarded(env, kStopped, [&] { board_ = build->make(options, start_of(info[1])); });
  }

 private:
  UartBoard* open(Napi::Env env) {
    if (board_ == nullptr) raise(env, kDeviceClosed, "the simulated board is closed");
    return board_.get();
  }

  // run(cycles, untilQuiet): cycles run
  Napi::Value run(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    double cycles;
    UartBoard* board = open(env);
    if (board == nullptr || !whole(info, 0, "cycles", 0, kMostCount, &cycles)) return Napi::Value();
    const bool until_quiet = info.Length() > 1 && info[1].IsBoolean() && info[1].As<Napi::Boolean>().Value();
    Napi::Value result;
    guarded(env, kStopped, [&] {
      const uint64_t ran = board->run(static_cast<uint64_t>(cycles), until_quiet);
      tell(*board);
      result = number(env, static_cast<double>(ran));
    });
    return result;
  }

  // send(bytes, broken?): how many the line took; broken: every one of them without its stop bit
  Napi::Value send(const Napi::CallbackInfo& info) {
    Bytes bytes;
    UartBoard* board = open(info.Env());
    if (board == nullptr || !byte_argument(info, 0, &bytes)) return Napi::Value();
    const bool broken = info.Length() > 1 && info[1].IsBoolean() && info[1].As<Napi::Boolean>().Value();
    const size_t taken = board->send(bytes.data, bytes.length, broken);
    tell(*board);
    return number(info.Env(), static_cast<double>(taken));
  }

  // receive(into): how many there were
  Napi::Value receive(const Napi::CallbackInfo& info) {
    Bytes bytes;
    UartBoard* board = open(info.Env());
    if (board == nullptr || !byte_argument(info, 0, &bytes)) return Napi::Value();
    const size_t got = board->receive(bytes.data, bytes.length);
    tell(*board);
    return number(info.Env(), static_cast<double>(got));
  }

  // setBaudError(partsPerMillion)
  void set_baud_error(const Napi::CallbackInfo& info) {
    double ppm;
    UartBoard* board = open(info.Env());
    if (board != nullptr && whole(info, 0, "baud error in ppm", -200000, 200000, &ppm)) {
      board->set_baud_error(static_cast<int32_t>(ppm));
    }
  }

  void set_time_scale(const Napi::CallbackInfo& info) {
    double thousandths;
    UartBoard* board = open(info.Env());
    if (board != nullptr && whole(info, 0, "time scale", 0, kMostWord, &thousandths)) {
      guarded(info.Env(), kStopped, [&] { board->set_time_scale(static_cast<uint32_t>(thousandths)); });
    }
  }

  // disturb(toBoard, after, cycles)
  void disturb(const Napi::CallbackInfo& info) {
    double after;
    double cycles;
    UartBoard* board = open(info.Env());
    if (board == nullptr || !whole(info, 1, "after", 0, kMostCount, &after) ||
        !whole(info, 2, "cycles", 1, kMostCount, &cycles)) {
      return;
    }
    const bool to_board = info[0].IsBoolean() && info[0].As<Napi::Boolean>().Value();
    board->disturb(to_board ? Wire::kToBoard : Wire::kFromBoard, static_cast<uint64_t>(after),
                   static_cast<uint64_t>(cycles));
  }

  void unplug(const Napi::CallbackInfo& info) {
    UartBoard* board = open(info.Env());
    if (board != nullptr) board->unplug();
  }

  void close(const Napi::CallbackInfo&) { board_.reset(); }

  // Float64Array: see UART_STATE in src/sim/boards-addon.ts.
  Napi::Value state(const Napi::CallbackInfo& info) { return state_.array(info.Env()); }

  void tell(const UartBoard& board) {
    state_.set(0, static_cast<double>(board.cycles()));
    state_.set(1, board.quiet() && board.transmitter().idle() ? 1 : 0);
    state_.set(2, static_cast<double>(board.transmitter().waiting()));
    state_.set(3, static_cast<double>(board.receiver().waiting()));
    state_.set(4, static_cast<double>(board.receiver().framing_errors()));
    state_.set(5, static_cast<double>(board.receiver().overruns()));
    state_.set(6, static_cast<double>(board.receiver().bytes()));
  }

  std::unique_ptr<UartBoard> board_;
  SharedNumbers<7> state_;
};

}  // namespace gatebook
