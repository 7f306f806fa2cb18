#pragma once

namespace millrace::stats {

struct forecast_input {
    double log_e = 0.0;   ///< evidence so far, nats; 0 before the start
    double alpha = 0.01;  ///< error probability, in (0, 1); G guardrails share it: alpha / G
    double growth = 0.0;  ///< nats per unit, of the process's growth_in()
};

/// How many more units an e-process needs until it reaches 1 / alpha, at its mean speed:
///
///   max(0, ln(1 / alpha) - ln E) / growth
///
/// Infinity when it does not grow. The mean of a process that knew its bet beforehand; what learns
/// on the way takes 10 to 25 % more, and half of all runs more than their median.
[[nodiscard]] double remaining_units(const forecast_input& now);

}  // namespace millrace::stats
