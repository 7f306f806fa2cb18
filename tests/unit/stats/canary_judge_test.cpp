// Published values stand in tests/vectors/canary.json, which tests/unit/app checks.
#include "proxy/stats/canary_judge.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

using namespace millrace::stats;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

const std::vector<double> none;
const std::vector<double> low{1.0, 2.2, 1.1, 2.5, 3.0};
const std::vector<double> high{20.0, 22.0, 21.0, 25.0, 30.0};

canary_label judged(const sample_pair& samples, const canary_params& params = {}) {
    return judge_canary(samples, params).label;
}

}  // namespace

TEST_CASE("a shift counts in the direction that would be bad", "[stats][canary]") {
    CHECK(judged({high, low}) == canary_label::high);
    CHECK(judged({low, high}) == canary_label::low);
    CHECK(judged({high, low}, {.direction = canary_direction::decrease}) == canary_label::pass);
    CHECK(judged({low, high}, {.direction = canary_direction::increase}) == canary_label::pass);
}

TEST_CASE("an effect that is too small passes", "[stats][canary]") {
    CHECK(judged({high, low}, {.matters = {1.0, 13.0}}) == canary_label::pass);
    CHECK(judged({high, low}, {.matters = {1.0, 5.0}}) == canary_label::high);
}

TEST_CASE("an effect without a value does not stand in the way", "[stats][canary]") {
    std::vector<double> const zeros(6, 0.0);

    auto const result = judge_canary({high, zeros}, {.matters = {1.0, 1e9}});

    CHECK(std::isnan(result.effect_size));
    CHECK(result.label == canary_label::high);
}

TEST_CASE("a critical metric fails beyond its critical effect", "[stats][canary]") {
    CHECK(judge_canary({high, low}, {.is_critical = true}).critical);
    CHECK_FALSE(judge_canary({high, low}, {}).critical);
    CHECK_FALSE(judge_canary({high, low}, {.critical = {1.0, 100.0}, .is_critical = true}).critical
    );
    CHECK(judge_canary({low, high}, {.is_critical = true}).critical);
}

TEST_CASE("missing values have their own labels", "[stats][canary]") {
    CHECK(judged({none, low}) == canary_label::no_data);
    CHECK(judged({low, none}, {.is_data_required = true}) == canary_label::no_data_failure);
    CHECK(judged({none, low}, {.missing_counts_as_zero = true}) == canary_label::pass);
    CHECK(judge_canary({none, low}, {.is_critical = true, .is_data_required = true}).critical);
    CHECK_FALSE(judge_canary({none, low}, {.is_data_required = true}).critical);
}

TEST_CASE("the same values pass without a test", "[stats][canary]") {
    std::vector<double> const turned(low.rbegin(), low.rend());
    std::vector<double> const ones(3, 1.0);
    std::vector<double> const more_ones(5, 1.0);

    CHECK(judged({low, turned}) == canary_label::pass);
    CHECK(judged({ones, more_ones}) == canary_label::pass);
}

TEST_CASE("two constant samples are told apart", "[stats][canary]") {
    std::vector<double> const ones(3, 1.0);
    std::vector<double> const tens(3, 10.0);

    CHECK(judged({tens, ones}) == canary_label::high);
    CHECK(judged({ones, tens}) == canary_label::low);
}

TEST_CASE("labels have the names that Kayenta gives them", "[stats][canary]") {
    CHECK(to_text(canary_label::pass) == "Pass");
    CHECK(to_text(canary_label::high) == "High");
    CHECK(to_text(canary_label::low) == "Low");
    CHECK(to_text(canary_label::no_data) == "Nodata");
    CHECK(to_text(canary_label::no_data_failure) == "NodataFailMetric");
}
