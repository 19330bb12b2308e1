// What Verilator's runtime prints with (VL_PRINTF); included ahead of everything. See runtime.cc.
#pragma once
int gatebook_print(const char* format, ...);
