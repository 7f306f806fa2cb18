#include "proxy/stats/special.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("the logarithm of the beta function", "[stats][special]") {
    CHECK(log_beta(1.0, 1.0) == Approx(0.0).margin(1e-15));
    CHECK(log_beta(2.0, 3.0) == Approx(std::log(1.0 / 12.0)));
    CHECK(log_beta(0.5, 0.5) == Approx(std::log(M_PI)));
    CHECK(log_beta(1e6, 2.0) == Approx(-std::log(1e6) - std::log(1e6 + 1.0)).epsilon(1e-8));
}

TEST_CASE("the logarithm of the normal distribution function", "[stats][special]") {
    CHECK(log_normal_cdf(0.0) == Approx(std::log(0.5)));
    CHECK(log_normal_cdf(1.959963984540054) == Approx(std::log(0.975)));
    CHECK(log_normal_cdf(-10.0) == Approx(-53.23128515051247));
    CHECK(log_normal_cdf(40.0) == 0.0);
}

TEST_CASE("far to the left both of its forms agree", "[stats][special]") {
    CHECK(log_normal_cdf(-30.0 - 1e-9) == Approx(log_normal_cdf(-30.0 + 1e-9)).epsilon(1e-9));
    CHECK(std::isfinite(log_normal_cdf(-1e6)));
}
