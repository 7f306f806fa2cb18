#pragma once

namespace millrace::stats {

/// ln B(a, b); a and b > 0. Exact to about 1e-16 of ln Gamma(a + b).
[[nodiscard]] double log_beta(double a, double b);

/// ln of the standard normal distribution function; finite far to the left too, where the function
/// itself is below every double.
[[nodiscard]] double log_normal_cdf(double z);

}  // namespace millrace::stats
