// Published values stand in tests/vectors/confidence_sequences.json, which tests/unit/app checks.
#include "proxy/stats/mixture.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

constexpr mixture_tuning tuning{.v_opt = 100.0, .alpha_opt = 0.05};

template <class Mixture>
void check_bound_solves(const Mixture& mixture) {
    for (double const v : {0.5, 10.0, 100.0, 1e4, 1e6}) {
        for (double const alpha : {0.5, 0.05, 1e-6}) {
            CAPTURE(v, alpha);
            double const s = mixture.bound(v, alpha);
            CHECK(s > 0.0);
            CHECK(mixture.log_value(s, v) == Approx(-std::log(alpha)).epsilon(1e-6));
        }
    }
}

template <class Mixture>
void check_bound_grows(const Mixture& mixture) {
    CHECK(mixture.bound(200.0, 0.05) > mixture.bound(100.0, 0.05));
    CHECK(mixture.bound(100.0, 0.01) > mixture.bound(100.0, 0.05));
    CHECK(mixture.bound(100.0, 0.05) < mixture.bound(100.0, 0.0499));
}

}  // namespace

TEST_CASE("a bound is where the mixture reaches 1 / alpha", "[stats][mixture]") {
    check_bound_solves(normal_mixture{tuning, sides::one});
    check_bound_solves(normal_mixture{tuning, sides::two});
    check_bound_solves(gamma_exponential_mixture{tuning, 2.0});
    check_bound_solves(gamma_poisson_mixture{tuning, 2.0});
}

TEST_CASE("a bound grows with time and confidence", "[stats][mixture]") {
    check_bound_grows(normal_mixture{tuning, sides::one});
    check_bound_grows(normal_mixture{tuning, sides::two});
    check_bound_grows(gamma_exponential_mixture{tuning, 0.5});
    check_bound_grows(gamma_poisson_mixture{tuning, 0.5});
    check_bound_grows(beta_binomial_mixture{tuning, {0.2, 0.8}, sides::one});
    check_bound_grows(beta_binomial_mixture{tuning, {0.2, 0.8}, sides::two});
}

TEST_CASE("a sub-Bernoulli sum cannot exceed what its steps allow", "[stats][mixture]") {
    beta_binomial_mixture const mixture{tuning, {0.2, 0.8}, sides::two};

    CHECK(mixture.bound(0.0, 0.05) == 0.0);
    CHECK(mixture.bound(0.32, 0.05) == Approx(1.6));
    CHECK(mixture.contains(1.6, 0.32));
    CHECK_FALSE(mixture.contains(1e6, 0.32));
    CHECK_FALSE(mixture.contains(-1e6, 0.32));
}

// Exact: the mean of the mixture over the paths of a fair sum is 1 at every time.
TEST_CASE("the beta-binomial mixture is a martingale of Bernoulli sums", "[stats][mixture]") {
    double const p = 0.3;
    mixture_tuning const small{.v_opt = 5.0, .alpha_opt = 0.05};
    for (auto const tails : {sides::one, sides::two}) {
        beta_binomial_mixture const mixture{small, {p, 1.0 - p}, tails};
        double mean = 0.0;
        double probability = std::pow(1.0 - p, 8);  // of no success in 8
        for (int k = 0; k <= 8; ++k) {
            mean += probability * std::exp(mixture.log_value(k - 8 * p, 8 * p * (1.0 - p)));
            probability *= (8.0 - k) / (k + 1.0) * p / (1.0 - p);
        }
        CHECK(mean == Approx(1.0));
    }
}

TEST_CASE("a two-sided mixture is symmetric where its steps are", "[stats][mixture]") {
    normal_mixture const normal{tuning, sides::two};
    beta_binomial_mixture const bits{tuning, {0.5, 0.5}, sides::two};

    CHECK(normal.log_value(7.0, 90.0) == normal.log_value(-7.0, 90.0));
    CHECK(bits.log_value(7.0, 90.0) == Approx(bits.log_value(-7.0, 90.0)));
}

TEST_CASE("small scales come near to the normal mixture", "[stats][mixture]") {
    double const normal = normal_mixture{tuning, sides::one}.bound(100.0, 0.05);

    CHECK(
        gamma_exponential_mixture{tuning, 0.01}.bound(100.0, 0.05) == Approx(normal).epsilon(0.01)
    );
    CHECK(gamma_poisson_mixture{tuning, 0.01}.bound(100.0, 0.05) == Approx(normal).epsilon(0.01));
}

TEST_CASE("a sum far below stays finite one-sidedly", "[stats][mixture]") {
    normal_mixture const mixture{tuning, sides::one};

    CHECK(std::isfinite(mixture.log_value(-1e4, 100.0)));
    CHECK(mixture.log_value(-1e4, 100.0) < mixture.log_value(-1e3, 100.0));
}
