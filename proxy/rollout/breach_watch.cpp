#include "proxy/rollout/breach_watch.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::rollout {

namespace {

constexpr double alpha = 0.001;

double alarm() {
    return std::log(1 / alpha);
}

}  // namespace

stats::slo_breach::state watched(
    const stats::slo_breach& test,
    const stats::slo_breach::state& before,
    const stats::arm_tick& seen
) {
    auto held = test.observe(before, seen);
    auto const total = stats::log_total(held);
    if (!(total > 0)) {
        return test.start();
    }
    for (auto& part : held.log_parts) {
        part -= std::max(0.0, total - alarm() - 1);
    }
    return held;
}

bool is_in_breach(const stats::slo_breach::state& now) {
    return stats::log_total(now) >= alarm();
}

}  // namespace millrace::rollout
