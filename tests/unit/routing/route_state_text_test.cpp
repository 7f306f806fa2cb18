#include "proxy/routing/route_state_text.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace millrace;
using namespace millrace::routing;

namespace {

route_state state_after_a_ramp() {
    route_params file;
    file.name = "risk";
    file.backend_refs = {{"v1", weight{95}}, {"v2", weight{5}}, {"v 3", weight{0}}};
    auto const ramped = std::array{weight{80}, weight{15}, weight{5}};
    return with_weights(initial_state(file), ramped);
}

}  // namespace

TEST_CASE("a state written as text comes back as it was", "[routing][state]") {
    auto const state = state_after_a_ramp();

    auto const read = route_state_from_text("risk", to_text(state));

    REQUIRE(read);
    REQUIRE(read->route == "risk");
    REQUIRE(read->refs == state.refs);
    REQUIRE(read->epoch == state.epoch);
    REQUIRE(read->split == state.split);
    REQUIRE(read->file_refs_hash == state.file_refs_hash);
}

TEST_CASE("a damaged state is no state", "[routing][state]") {
    auto const text = to_text(state_after_a_ramp());

    REQUIRE_FALSE(route_state_from_text("risk", ""));
    REQUIRE_FALSE(route_state_from_text("risk", text.substr(0, text.size() - 1)));
    REQUIRE_FALSE(route_state_from_text("risk", "epoch -1\n" + text));
    REQUIRE_FALSE(route_state_from_text("risk", text + "piece 70000 0\n"));
    REQUIRE_FALSE(route_state_from_text("risk", text + "piece 1 0\n"));
    REQUIRE_FALSE(route_state_from_text("risk", text + "what 1\n"));
}
