#pragma once

#include "proxy/admin/gateway.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::admin {

/// The body of a change of weights, or what is wrong with it. Lifetime: a value.
struct weights_body {
    std::vector<weight_change> changes;  ///< at least one when `error` is empty
    std::string error;                   ///< for people
};

/// Reads {"weights": {"BACKEND": WEIGHT, …}, "why": TEXT, "who": TEXT}: no other key, at least one
/// backend, each weight an integer from 0 to 1,000,000; why and who may be absent and are for the
/// audit record.
[[nodiscard]] weights_body parse_weights_body(std::string_view text);

}  // namespace millrace::admin
