// What the loops of every simulated board have in common: the verilated model, its context, and one clock cycle.
// Included by the file that also includes the model's code: cycle and model are compiled as one.
#pragma once
#include <verilated.h>

#include <cstdint>
#include <memory>

#include "../verilator/kernel.h"
#include "model_start.h"

namespace gatebook {

// Access names what the loops need of one model: Model, eval, idle (the kernel has nothing to do) and
// set_time_scale.
template <class Access>
class SimulatedModel {
 public:
  using Model = typename Access::Model;

  explicit SimulatedModel(const StartOptions& start) : context_(std::make_unique<VerilatedContext>()) {
    context_->randReset(start.random ? 2 : 0);
    // 0 would mean a seed of Verilator's own choice.
    context_->randSeed(static_cast<int>(start.seed % 0x7fffffffU) + 1);
    Verilated::threadContextp(context_.get());
    model_ = std::make_unique<Model>(context_.get(), "board");
  }

  ~SimulatedModel() {
    Verilated::threadContextp(context_.get());
    model_.reset();
  }

  SimulatedModel(const SimulatedModel&) = delete;
  SimulatedModel& operator=(const SimulatedModel&) = delete;

  // Sets the context that Verilator finds by thread: it would find that of another model, or of none any more. A model
  // that has thrown is in no state to go on from.
  class Guard {
   public:
    explicit Guard(SimulatedModel* owner) : owner_(owner) {
      if (owner->broken_) throw KernelError(KernelError::Kind::kStopped, "the simulation ended in an error before");
      owner->broken_ = true;
      Verilated::threadContextp(owner->context_.get());
    }
    void done() { owner_->broken_ = false; }

   private:
    SimulatedModel* const owner_;
  };

  Model& ports() { return *model_; }
  bool idle() const { return Access::idle(*model_); }
  void set_time_scale(uint32_t thousandths) { Access::set_time_scale(*model_, thousandths); }

  // The first evaluation; Verilator's own, as it also settles what is initial.
  void begin() {
    model_->clk_i = 0;
    model_->eval();
  }

  // Half a cycle: after the one with clk_i = 0 the outputs follow the inputs, the one with clk_i = 1 is the edge.
  void half(uint8_t clock) {
    model_->clk_i = clock;
    Access::eval(*model_);
  }

 private:
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;  // after the context: destroyed before it
  bool broken_ = false;
};

}  // namespace gatebook
