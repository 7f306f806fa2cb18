#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace millrace::tidy {

/// Offsets of lambdas that capture something and are coroutines: their captures die with the
/// lambda object, before the coroutine does. Compilers and clang-tidy 14 do not tell.
/// @param code text from code_of
[[nodiscard]] std::vector<std::size_t> capturing_coroutine_lambdas(std::string_view code);

}  // namespace millrace::tidy
