#include "proxy/stats/unit_window.hpp"

namespace millrace::stats {

void unit_window::add(bool request_bad, std::uint64_t bits) noexcept {
    ++requests;
    bad += request_bad ? 1 : 0;
    // Reservoir of one: the n-th request takes the place with probability 1 / n.
    bool const takes_place = ((bits >> 32) * requests) >> 32 == 0;
    if (takes_place) {
        drawn_bad = request_bad;
    }
}

double unit_window::badness(unit_outcome chosen) const noexcept {
    if (requests == 0) {
        return 1.0;
    }
    switch (chosen) {
        case unit_outcome::fraction:
            return static_cast<double>(bad) / static_cast<double>(requests);
        case unit_outcome::one:
            return drawn_bad ? 1.0 : 0.0;
        case unit_outcome::any:
            return bad > 0 ? 1.0 : 0.0;
    }
    return 1.0;
}

}  // namespace millrace::stats
