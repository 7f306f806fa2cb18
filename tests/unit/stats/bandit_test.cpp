#include "proxy/stats/bandit.hpp"

#include <catch2/catch.hpp>

#include <numeric>
#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::random_source;

namespace {

arm_moments bits(std::uint64_t count, std::uint64_t good) {
    arm_moments arm;
    arm.add(1.0, good);
    arm.add(0.0, count - good);
    return arm;
}

double sum_of(const std::vector<double>& shares) {
    return std::accumulate(shares.begin(), shares.end(), 0.0);
}

}  // namespace

TEST_CASE("the same generator gives the same shares", "[stats][bandit]") {
    std::vector const arms{bits(100, 50), bits(100, 55), bits(30, 12)};
    for (auto* const rule : {&thompson_shares, &top_two_shares}) {
        random_source one{5};
        random_source other{5};
        CHECK(rule(arms, {}, one) == rule(arms, {}, other));
    }
}

TEST_CASE("shares sum to one and keep their floor", "[stats][bandit]") {
    random_source random{8};
    for (auto* const rule : {&thompson_shares, &top_two_shares}) {
        for (auto const model : {reward_model::binary, reward_model::bounded}) {
            std::vector<arm_moments> arms;
            for (std::uint64_t i = 1; i <= 6; ++i) {
                arms.push_back(bits(1000, 150 * i));
                auto const shares = rule(arms, {.model = model}, random);
                CHECK(sum_of(shares) == Approx(1.0));
                for (double const share : shares) {
                    CHECK(share >= 0.05 - 1e-12);
                }
            }
        }
    }
}

TEST_CASE("two arms share as the draws fell, within 5 and 95 percent", "[stats][bandit]") {
    random_source random{8};
    std::vector const clear{bits(10'000, 1'000), bits(10'000, 9'000)};

    auto const shares = thompson_shares(clear, {}, random);

    CHECK(shares[0] == Approx(0.05));
    CHECK(shares[1] == Approx(0.95));
}

TEST_CASE("without data all arms are equal in the mean", "[stats][bandit]") {
    random_source random{21};
    for (auto const model : {reward_model::binary, reward_model::bounded}) {
        std::vector<arm_moments> const arms(2);
        double mean = 0.0;
        for (int i = 0; i < 200; ++i) {
            mean += thompson_shares(arms, {.model = model}, random)[1] / 200.0;
        }
        CHECK(mean == Approx(0.5).margin(0.05));
    }
}

TEST_CASE("top-two keeps testing the best arm against its rival", "[stats][bandit]") {
    random_source random{22};
    std::vector const arms{bits(1000, 100), bits(1000, 500), bits(1000, 600)};

    auto const shares = top_two_shares(arms, {.draws = 400}, random);

    CHECK(shares[2] == Approx(0.5).margin(0.1));
    CHECK(shares[1] == Approx(0.45).margin(0.1));
    CHECK(shares[0] == Approx(0.05).margin(0.02));
}

TEST_CASE("one arm gets everything", "[stats][bandit]") {
    random_source random{1};
    std::vector<arm_moments> const arms(1);

    CHECK(thompson_shares(arms, {}, random) == std::vector{1.0});
    CHECK(top_two_shares(arms, {}, random) == std::vector{1.0});
}

TEST_CASE("huge and one-sided counts can be sampled", "[stats][bandit]") {
    random_source random{1};
    std::vector const arms{bits(1'000'000'000, 0), bits(1'000'000'000, 1'000'000'000)};

    for (auto const model : {reward_model::binary, reward_model::bounded}) {
        CHECK(thompson_shares(arms, {.model = model}, random)[1] == Approx(0.95));
    }
}
