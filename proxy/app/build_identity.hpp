#pragma once

#include <string>

/// What decides whether a replay must give the same bits: the program and the processor. Pure.
namespace millrace::app {

/// The revision and the linker's build id, "unknown" without one: equal texts are the same program.
[[nodiscard]] std::string build_identity();

/// The processor's extensions by which the mathematical library chooses its code:
/// "x86-64 avx2 fma".
[[nodiscard]] std::string processor_identity();

}  // namespace millrace::app
