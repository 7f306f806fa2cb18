#pragma once

#include <optional>
#include <string_view>

namespace millrace::iter8 {

/// A Kubernetes quantity: a decimal number with at most one suffix (n, u, m, k, M, G, T, P, E; Ki
/// to Ei; or an exponent such as e3). Nothing when it is none, or not finite. Source:
/// k8s.io/apimachinery, pkg/api/resource, "Quantity".
[[nodiscard]] std::optional<double> quantity_of(std::string_view text) noexcept;

}  // namespace millrace::iter8
