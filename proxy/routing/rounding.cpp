#include "proxy/routing/rounding.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/routing/traffic_split.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace millrace::routing {

namespace {

struct quota {
    std::size_t version = 0;
    std::uint64_t remainder = 0;  // what rounding down leaves, in units of 1 / sum of weights
    int order = 0;                // who is rounded up first
};

enum rounding_order : int { keeps_upper = 0, free_choice = 1, keeps_lower = 2 };

/// Gives one unit to each version whose quota is below one, until no other falls below one for it.
/// Returns the units that are left for the versions with mass 0.
std::uint64_t give_minimum(
    std::span<const weight> weights, std::vector<std::uint32_t>& masses, std::uint64_t& sum
) {
    std::uint64_t left = traffic_split::units;
    for (bool again = true; again;) {
        again = false;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            std::uint64_t const value = weights[i].value;
            if (value > 0 && masses[i] == 0 && value * left < sum) {
                masses[i] = 1;
                left -= 1;
                sum -= value;
                again = true;
            }
        }
    }
    return left;
}

int order_of(std::span<const std::uint32_t> current, std::size_t version, std::uint32_t lower) {
    if (current.empty() || current[version] < lower || current[version] > lower + 1) {
        return free_choice;
    }
    return current[version] == lower ? keeps_lower : keeps_upper;
}

/// Rounds up as many quotas as there are units left.
void round_up(std::vector<quota> quotas, std::uint64_t left, std::vector<std::uint32_t>& masses) {
    std::stable_sort(quotas.begin(), quotas.end(), [](const quota& a, const quota& b) {
        return a.order != b.order ? a.order < b.order : a.remainder > b.remainder;
    });
    MILLRACE_ASSERT(left <= quotas.size());
    for (std::size_t i = 0; i < left; ++i) {
        masses[quotas[i].version] += 1;
    }
}

}  // namespace

std::vector<std::uint32_t> rounded_masses(
    std::span<const weight> weights, std::span<const std::uint32_t> current
) {
    std::uint64_t sum = 0;
    for (auto const& each : weights) {
        sum += each.value;
    }
    MILLRACE_ASSERT(sum > 0);
    MILLRACE_ASSERT(current.empty() || current.size() == weights.size());

    std::vector<std::uint32_t> masses(weights.size(), 0);
    std::uint64_t const shared = give_minimum(weights, masses, sum);
    std::uint64_t left = shared;
    std::vector<quota> quotas;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i].value == 0 || masses[i] != 0) {
            continue;
        }
        std::uint64_t const product = weights[i].value * shared;
        masses[i] = static_cast<std::uint32_t>(product / sum);
        left -= masses[i];
        if (product % sum != 0) {
            quotas.push_back({i, product % sum, order_of(current, i, masses[i])});
        }
    }
    round_up(std::move(quotas), left, masses);
    return masses;
}

}  // namespace millrace::routing
