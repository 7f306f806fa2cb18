#pragma once

#include "proxy/base/clock.hpp"

#include <cstdint>

namespace millrace::feedback {

/// So many labels a second, with a second's worth in hand: a token bucket. Lifetime: a value.
/// Thread: one at a time.
class rate_limit {
 public:
    /// @param rate_max  labels per second, > 0
    rate_limit(std::uint32_t rate_max, time_point now) noexcept;

    /// False: too many; nothing is taken. What is larger than a second's worth is taken when the
    /// bucket is full, and must be paid back before the next.
    [[nodiscard]] bool admit(std::size_t labels, time_point now) noexcept;

 private:
    double rate_max_;
    double tokens_;
    time_point filled_;
};

}  // namespace millrace::feedback
