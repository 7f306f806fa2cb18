#include "proxy/stats/arm_moments.hpp"

#include <catch2/catch.hpp>

using millrace::stats::arm_moments;

TEST_CASE("moments begin at those of a fair bit", "[stats][moments]") {
    CHECK(arm_moments{}.mean() == 0.5);
    CHECK(arm_moments{}.variance() == 0.25);
}

TEST_CASE("moments weigh the prior as one observation", "[stats][moments]") {
    arm_moments arm;
    arm.add(1.0);
    arm.add(0.2, 2);

    CHECK(arm.mean() == Approx((0.5 + 1.0 + 0.4) / 4.0));
    CHECK(arm.variance() == Approx((0.5 + 1.0 + 0.08) / 4.0 - arm.mean() * arm.mean()));
    CHECK(arm.count == 3);
}
