#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::providers {

/// What a placeholder stands for; nothing: it stays as it is.
using placeholder_value = std::function<std::optional<std::string>(std::string_view name)>;

/// Replaces $NAME and ${NAME}, where NAME is a letter or '_' and then letters, digits and '_'; $$
/// becomes a dollar sign, and everything else stays. What is put in is not looked at again. Pure.
/// Source: string.Template.safe_substitute of Python, which Iter8's templates are given to.
[[nodiscard]] std::string substitute(std::string_view text, const placeholder_value& value_of);

}  // namespace millrace::providers
