#include "proxy/feedback/rate_limit.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::feedback {

rate_limit::rate_limit(std::uint32_t rate_max, time_point now) noexcept
    : rate_max_{static_cast<double>(rate_max)}, tokens_{rate_max_}, filled_{now} {}

bool rate_limit::admit(std::size_t labels, time_point now) noexcept {
    std::chrono::duration<double> const since = now - filled_;
    filled_ = now;
    tokens_ = std::min(rate_max_, tokens_ + since.count() * rate_max_);
    auto const wanted = static_cast<double>(labels);
    if (tokens_ < std::min(wanted, rate_max_)) {
        return false;
    }
    tokens_ -= wanted;
    return true;
}

}  // namespace millrace::feedback
