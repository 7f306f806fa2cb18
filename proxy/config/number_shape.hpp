#pragma once

#include "proxy/config/shape.hpp"

namespace millrace::config {

/// Real numbers up to and including `max`, from `min` on, or only above it.
struct real_range {
    double min = 0;
    double max = 1;
    bool above_min = false;  ///< min itself is outside
};

/// A real number of the range: 1, 1.5, 1e-3. A whole one is written without a fraction.
[[nodiscard]] shape_ptr<double> number(real_range range);

}  // namespace millrace::config
