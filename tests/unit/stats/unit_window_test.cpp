#include "proxy/stats/unit_window.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

TEST_CASE("a window stands for its requests in three ways", "[stats][unit]") {
    unit_window window;
    millrace::random_source random{2};
    for (bool const bad : {false, true, false, false}) {
        window.add(bad, random.next());
    }

    CHECK(window.badness(unit_outcome::fraction) == 0.25);
    CHECK(window.badness(unit_outcome::any) == 1.0);
    CHECK((window.badness(unit_outcome::one) == 0.0 || window.badness(unit_outcome::one) == 1.0));
}

TEST_CASE("a window of good requests is good, one without requests is bad", "[stats][unit]") {
    unit_window good;
    good.add(false, 1);

    for (auto const chosen : {unit_outcome::fraction, unit_outcome::one, unit_outcome::any}) {
        CHECK(good.badness(chosen) == 0.0);
        CHECK(unit_window{}.badness(chosen) == 1.0);
    }
}

// 40 % of 20,000 draws: +- 5 standard deviations.
TEST_CASE("seeded: the drawn request is uniform", "[stats][unit]") {
    millrace::random_source random{3};
    int bad = 0;
    for (int i = 0; i < 20'000; ++i) {
        unit_window window;
        for (bool const request_bad : {true, false, false, true, false}) {
            window.add(request_bad, random.next());
        }
        bad += window.drawn_bad ? 1 : 0;
    }

    CHECK(bad > 8'000 - 350);
    CHECK(bad < 8'000 + 350);
}
