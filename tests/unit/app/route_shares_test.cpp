#include "proxy/app/route_shares.hpp"

#include <catch2/catch.hpp>

using millrace::app::shares_of;
using millrace::routing::initial_state;
using millrace::routing::route_params;

namespace {

route_params route_of(std::uint32_t a, std::uint32_t b) {
    route_params params;
    params.name = "risk";
    params.backend_refs = {{"a", {a}}, {"b", {b}}};
    return params;
}

}  // namespace

TEST_CASE("shares are the masses of the partition", "[app]") {
    auto const shares = shares_of(initial_state(route_of(1, 3)));

    CHECK(shares == std::vector<double>{0.25, 0.75});
    CHECK(shares_of(initial_state(route_of(0, 0))) == std::vector<double>{0, 0});
}
