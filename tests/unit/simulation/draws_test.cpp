#include "proxy/simulation/draws.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <utility>

namespace millrace::simulation {

namespace {

struct moments {
    double mean = 0;
    double variance = 0;
};

moments moments_of(int draws_made, const std::function<double()>& draw) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws_made; ++i) {
        auto const value = draw();
        sum += value;
        squares += value * value;
    }
    auto const mean = sum / draws_made;
    return {mean, squares / draws_made - mean * mean};
}

constexpr int many = 40'000;

}  // namespace

TEST_CASE("beta draws have their mean and variance", "[simulation]") {
    for (auto const& [mean, weight] :
         {std::pair{0.6, 7.3}, std::pair{0.01, 4.0}, std::pair{0.5, 0.2}}) {
        draws chance{23};
        constexpr int many = 40'000;
        auto const seen =
            moments_of(many, [&chance, m = mean, w = weight] { return chance.beta(m, w); });
        auto const variance = mean * (1 - mean) / (weight + 1);
        CHECK(seen.mean == Approx(mean).margin(5 * std::sqrt(variance / many)));
        CHECK(seen.variance == Approx(variance).epsilon(0.1));
    }
}

TEST_CASE("binomial draws have the mean and the variance of their law", "[simulation]") {
    draws chance{1};

    struct law {
        std::uint64_t count;
        double p;
    };

    for (auto const& each :
         {law{20, 0.01}, law{1'000, 0.005}, law{50, 0.5}, law{1'000, 0.1}, law{300, 0.97}}) {
        CAPTURE(each.count, each.p);
        auto const n = static_cast<double>(each.count);
        auto const variance = n * each.p * (1 - each.p);
        auto const seen = moments_of(many, [&] {
            return static_cast<double>(chance.binomial(each.count, each.p));
        });
        CHECK(seen.mean == Approx(n * each.p).margin(5 * std::sqrt(variance / many)));
        CHECK(seen.variance == Approx(variance).epsilon(0.06));
    }
}

TEST_CASE("binomial draws stay within their edges", "[simulation]") {
    draws chance{2};
    CHECK(chance.binomial(0, 0.5) == 0);
    CHECK(chance.binomial(100, 0) == 0);
    CHECK(chance.binomial(100, 1) == 100);
    for (int i = 0; i < 1'000; ++i) {
        CHECK(chance.binomial(3, 0.9) <= 3);
        CHECK(chance.binomial(40, 0.49) <= 40);
    }
}

TEST_CASE("each count of a small binomial is as frequent as it should be", "[simulation]") {
    draws chance{3};
    int hits[3] = {};
    for (int i = 0; i < many; ++i) {
        ++hits[chance.binomial(2, 0.3)];
    }
    CHECK(hits[0] == Approx(many * 0.49).epsilon(0.03));
    CHECK(hits[1] == Approx(many * 0.42).epsilon(0.03));
    CHECK(hits[2] == Approx(many * 0.09).epsilon(0.06));
}

TEST_CASE("Poisson draws have the mean and the variance of their law", "[simulation]") {
    draws chance{4};
    CHECK(chance.poisson(0) == 0);
    for (auto const mean : {0.2, 5.0, 25.0, 1'500.0}) {
        CAPTURE(mean);
        auto const seen =
            moments_of(many, [&] { return static_cast<double>(chance.poisson(mean)); });
        CHECK(seen.mean == Approx(mean).margin(5 * std::sqrt(mean / many)));
        CHECK(seen.variance == Approx(mean).epsilon(0.06));
    }
}

TEST_CASE("a sample's quantile scatters around the true one", "[simulation]") {
    draws chance{5};
    auto const seen = moments_of(2'000, [&] { return chance.sample_quantile(0.99, 5'000); });
    CHECK(seen.mean == Approx(0.99).margin(0.0003));
    CHECK(seen.variance == Approx(0.99 * 0.01 / 5'000).epsilon(0.15));
}

TEST_CASE("the same seed gives the same draws", "[simulation]") {
    draws one{6};
    draws other{6};
    for (int i = 0; i < 100; ++i) {
        CHECK(one.binomial(1'000, 0.02) == other.binomial(1'000, 0.02));
        CHECK(one.uniform() == other.uniform());
    }
}

}  // namespace millrace::simulation
