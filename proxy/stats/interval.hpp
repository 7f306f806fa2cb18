#pragma once

namespace millrace::stats {

/// From `lower` to `upper`, both included; either may be infinite. A value.
struct interval {
    double lower = 0.0;
    double upper = 0.0;

    friend bool operator==(const interval&, const interval&) = default;
};

}  // namespace millrace::stats
