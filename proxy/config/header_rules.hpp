#pragma once

#include "proxy/config/scalar_shapes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::config {

/// The name of a header field: a token of RFC 9110 5.6.2.
[[nodiscard]] text_rules field_name_rules();

/// The same without the fields that frame a message, belong to one hop, or are the gateway's own:
/// what header edits may touch.
[[nodiscard]] text_rules editable_name_rules();

/// The value of a header field: no control but a tab, no blank at either end.
[[nodiscard]] text_rules field_value_rules();

/// A token: methods, cookie names, upgrade names.
[[nodiscard]] text_rules token_rules(std::string what);

/// Is a field by its name likely to carry a secret, so that a dump masks its value?
[[nodiscard]] bool is_sensitive_name(std::string_view name);

/// What a dump shows instead of a secret.
inline constexpr std::string_view mask = "********";

}  // namespace millrace::config
