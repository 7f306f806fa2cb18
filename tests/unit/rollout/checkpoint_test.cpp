#include "proxy/rollout/checkpoint.hpp"

#include <catch2/catch.hpp>

namespace millrace::rollout {

TEST_CASE("a set of checkpoints holds what was put in", "[rollout]") {
    CHECK_FALSE(checkpoints{}.contain(checkpoint::start));
    CHECK(checkpoints{.start = true}.contain(checkpoint::start));
    CHECK(checkpoints{.step = true}.contain(checkpoint::step));
    CHECK(checkpoints{.promotion = true}.contain(checkpoint::promotion));
    CHECK_FALSE(checkpoints{.step = true}.contain(checkpoint::promotion));
    CHECK_FALSE(checkpoints{true, true, true}.contain(checkpoint::none));
}

TEST_CASE("checkpoints have the names of the file", "[rollout]") {
    CHECK(name_of(checkpoint::start) == "start");
    CHECK(name_of(checkpoint::step) == "step");
    CHECK(name_of(checkpoint::promotion) == "promotion");
}

}  // namespace millrace::rollout
