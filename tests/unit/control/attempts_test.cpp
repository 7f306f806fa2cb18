#include "proxy/control/attempts.hpp"

#include <catch2/catch.hpp>

namespace millrace::control {

namespace {

past_rollout failed(std::int64_t id, const std::string& artifacts) {
    return {
        .route = "risk",
        .rollout = {id},
        .artifacts = artifacts,
        .begun = true,
        .succeeded = false};
}

}  // namespace

TEST_CASE("an artifact that was not tried has its first attempt", "[control][attempts]") {
    attempts seen;
    CHECK(seen.next("risk", "v2@1") == 1);

    seen.add(failed(1, "v2@1"));

    CHECK(seen.next("risk", "v2@1") == 2);
    CHECK(seen.next("risk", "v2@2") == 1);
    CHECK(seen.next("other", "v2@1") == 1);
}

TEST_CASE("only what was begun and did not succeed counts, once", "[control][attempts]") {
    attempts seen;
    auto waiting = failed(1, "v2@1");
    waiting.begun = false;
    auto good = failed(2, "v2@1");
    good.succeeded = true;
    seen.add(waiting);
    seen.add(good);
    CHECK(seen.next("risk", "v2@1") == 1);

    waiting.begun = true;
    seen.add(waiting);
    seen.add(waiting);

    CHECK(seen.next("risk", "v2@1") == 2);
}

TEST_CASE("of several candidates the most tried one counts", "[control][attempts]") {
    attempts seen;
    seen.add(failed(1, "v2@1 v3@1"));
    seen.add(failed(2, "v3@1"));

    CHECK(seen.next("risk", "v4@1 v2@1") == 2);
    CHECK(seen.next("risk", "v2@1 v3@1") == 3);
    CHECK(seen.next("risk", "v4@1") == 1);
}

}  // namespace millrace::control
