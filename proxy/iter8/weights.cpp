#include "proxy/iter8/weights.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace millrace::iter8 {

namespace {

// Far below any weight that means something, far above what adding percents loses.
constexpr double noise = 1e-9;

std::vector<double> to_hundred(std::vector<double> percent) {
    auto const sum = std::accumulate(percent.begin(), percent.end(), 0.0);
    for (auto& each : percent) {
        each = sum > 0 ? each * 100 / sum : 100 / static_cast<double>(percent.size());
    }
    return percent;
}

}  // namespace

std::vector<double> unlimited_weights(std::size_t versions, const std::vector<std::size_t>& best) {
    MILLRACE_ASSERT(versions > 0);
    std::vector<double> percent(versions, exploration_percent / static_cast<double>(versions));
    auto const exploited = 100 - exploration_percent;
    for (auto const each : best) {
        percent[each] += exploited / static_cast<double>(best.size());
    }
    if (best.empty()) {
        percent.front() += exploited;
    }
    return percent;
}

std::vector<double> constrained_weights(
    const std::vector<double>& wanted,
    const std::vector<double>& old,
    const std::optional<weight_limits>& limits
) {
    auto constrained = wanted;
    if (!limits) {
        return constrained;
    }
    auto const most = limits->candidate_max.value_or(candidate_max_default);
    auto const increment = limits->increment_max.value_or(increment_max_default);
    for (std::size_t i = 1; i < wanted.size(); ++i) {
        auto const before = i < old.size() ? old[i] : 0;
        auto const excess = std::max({0.0, wanted[i] - before - increment, wanted[i] - most});
        constrained[i] -= excess;
        constrained.front() += excess;
    }
    return constrained;
}

std::vector<std::uint32_t> rounded_weights(const std::vector<double>& percent) {
    auto const exact = to_hundred(percent);
    std::vector<std::uint32_t> rounded;
    std::vector<std::size_t> places(exact.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::uint32_t sum = 0;
    for (auto const each : exact) {
        rounded.push_back(static_cast<std::uint32_t>(std::floor(each + noise)));
        sum += rounded.back();
    }
    // In whole units of the noise, so that what is equal but for it stays in order.
    auto const remainder = [&](std::size_t i) {
        return std::round((exact[i] - std::floor(exact[i] + noise)) / noise);
    };
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
        return remainder(a) > remainder(b);
    });
    for (std::size_t i = 0; sum < 100 && i < places.size(); ++i, ++sum) {
        ++rounded[places[i]];
    }
    return rounded;
}

std::vector<std::uint32_t> recommended_weights(
    const experiment& of, const std::vector<std::size_t>& best
) {
    if (of.testing == testing_pattern::conformance || of.versions.empty()) {
        return {};
    }
    auto const wanted = unlimited_weights(of.versions.size(), best);
    return rounded_weights(constrained_weights(wanted, of.current_weights, of.weights));
}

}  // namespace millrace::iter8
