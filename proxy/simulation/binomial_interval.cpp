#include "proxy/simulation/binomial_interval.hpp"

#include <boost/math/special_functions/beta.hpp>

namespace millrace::simulation {

stats::interval exact_interval(const proportion& of, double confidence) {
    auto const tail = (1.0 - confidence) / 2.0;
    auto const hits = static_cast<double>(of.hits);
    auto const misses = static_cast<double>(of.runs - of.hits);
    return {
        .lower = of.hits == 0 ? 0.0 : boost::math::ibeta_inv(hits, misses + 1.0, tail),
        .upper = of.hits == of.runs ? 1.0 : boost::math::ibeta_inv(hits + 1.0, misses, 1.0 - tail)};
}

}  // namespace millrace::simulation
