#pragma once

#include "proxy/iter8/params.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How Iter8's names become ours.
namespace millrace::iter8 {

/// Letters, digits, '.', '_' and '-' stay; everything else becomes '-'.
[[nodiscard]] std::string plain_name(std::string_view text);

/// A quantile of the latency that Iter8 measures itself: "iter8-system/latency-95th-percentile".
struct builtin_metric {
    bool is_error_rate = false;
    std::optional<double> latency_percent;
};

/// What a metric of Iter8's own stands for here; nothing when it is none, or has no counterpart.
[[nodiscard]] std::optional<builtin_metric> builtin_of(std::string_view reference);

/// The document that a reference of an experiment means: NAMESPACE/NAME, or NAME in the
/// experiment's namespace, else in any. null: it is not there.
[[nodiscard]] const metric* find_metric(
    const std::vector<metric>& all, std::string_view reference, std::string_view space
);

}  // namespace millrace::iter8
