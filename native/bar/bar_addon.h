// The glue between the BAR and Node.
#pragma once
#include <napi.h>

namespace gatebook {

// The class BarWindow; what it offers stands in src/hal/pcie/bar-addon.ts.
Napi::Function define_bar_window(Napi::Env env);

}  // namespace gatebook
