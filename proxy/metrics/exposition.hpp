#pragma once

#include "proxy/metrics/params.hpp"
#include "proxy/metrics/registry.hpp"

#include <memory>
#include <string>

namespace prometheus {
class Collectable;
}

namespace millrace::metrics {

/// The media type of text_exposition().
inline constexpr char exposition_content_type[] = "text/plain; version=0.0.4; charset=utf-8";

/// Everything in `from` and about the process as prometheus-cpp's types. Series that are zero for
/// want of traffic are left out. A bucket's count takes in every recorded value whose histogram
/// bucket has its middle at or below the bound: the bound is at most 1.6 % off.
/// Lifetime: `from` outlives it. Thread: any.
[[nodiscard]] std::unique_ptr<prometheus::Collectable> make_collectable(
    const registry& from, params params
);

/// The same in Prometheus' text format 0.0.4. Any thread; milliseconds with many routes.
[[nodiscard]] std::string text_exposition(const registry& from, const params& params);

}  // namespace millrace::metrics
