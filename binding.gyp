{
  "targets": [
    {
      "target_name": "gatebook_native",
      # Every .cc file of the folders themselves, so that a new file needs no second entry; native/test is built by the
      # tests.
      "sources": [
        "<!@(node -p \"require('fs').readdirSync('native').filter(f => f.endsWith('.cc')).sort().map(f => 'native/' + f).join(' ')\")"
      ],
      "conditions": [
        # Mapping a BAR is a matter of mmap, which Windows has not.
        ["OS!='win'", {
          "sources": [
            "<!@(node -p \"require('fs').readdirSync('native/bar').filter(f => f.endsWith('.cc')).sort().map(f => 'native/bar/' + f).join(' ')\")"
          ]
        }]
      ],
      "include_dirs": [
        "native",
        "<!(node -p \"require('node-addon-api').include_dir\")"
      ],
      "defines": [
        "NAPI_VERSION=8",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        # In a thread that is being terminated nothing can be thrown; that must not end the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "cflags": ["-O3", "-fno-tree-vectorize", "-fvisibility=hidden", "-Wall", "-Wextra"],
      "cflags_cc": ["-std=c++17"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "GCC_OPTIMIZATION_LEVEL": "3",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
        "OTHER_CPLUSPLUSFLAGS": ["-Wall", "-Wextra"]
      },
      "msvs_settings": {
        "VCCLCompilerTool": { "AdditionalOptions": ["/std:c++17", "/W4"] }
      }
    }
  ]
}
