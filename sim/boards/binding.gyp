{
  # Copied into the folder that scripts/verilate.mjs fills, and built there; nothing of it lies among the sources.
  "targets": [
    {
      "target_name": "gatebook_boards",
      "sources": [
        "<!@(node -p \"require('fs').readdirSync('units').filter(f => f.endsWith('.cc')).sort().map(f => 'units/' + f).join(' ')\")"
      ],
      "include_dirs": [
        "units",
        "../../sim/boards",
        "../../sim/verilator",
        "../../native",
        "<!(node -p \"require('node-addon-api').include_dir\")"
      ],
      "defines": [
        "NAPI_VERSION=8",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        # In a thread that is being terminated nothing can be thrown; that must not end the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
        # sim/verilator/runtime.cc has them instead.
        "VL_USER_FINISH",
        "VL_USER_STOP",
        "VL_USER_FATAL",
        "VL_PRINTF=gatebook_print"
      ],
      "variables": {
        "verilator": "<!(node -p process.env.VERILATOR_ROOT)",
      },
      # What is not ours keeps its warnings to itself: Verilator's headers, and what it wrote into the folder above the build.
      "cflags": [
        "-isystem..",
        "-isystem<(verilator)/include",
        "-isystem<(verilator)/include/vltstd",
        "-O3",
        "-fvisibility=hidden",
        "-Wall",
        "-Wextra"
      ],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc": ["-std=c++17", "-include", "print.h"],
      # Verilator's runtime asks for types at run time, and $fatal is an exception.
      "cflags_cc!": ["-fno-rtti", "-fno-exceptions"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_ENABLE_CPP_RTTI": "YES",
        "GCC_OPTIMIZATION_LEVEL": "3",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
        "OTHER_CPLUSPLUSFLAGS": ["-isystem..", "-isystem<(verilator)/include", "-isystem<(verilator)/include/vltstd"]
      }
    }
  ]
}
