#include "proxy/stats/canary_judge.hpp"

#include "proxy/stats/rank_sum.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace millrace::stats {

namespace {

std::vector<double> sorted(std::span<const double> values) {
    std::vector<double> copy(values.begin(), values.end());
    std::sort(copy.begin(), copy.end());
    return copy;
}

canary_judgement judge_missing(const canary_params& params) {
    if (params.missing_counts_as_zero) {
        return {};
    }
    if (params.is_data_required && !params.is_critical) {
        return {.label = canary_label::no_data_failure};
    }
    return {.label = canary_label::no_data, .critical = params.is_critical};
}

// An effect without a value does not stand in the way.
bool reaches(double effect, double threshold) {
    return std::isnan(effect) || effect >= threshold;
}

bool falls_to(double effect, double threshold) {
    return std::isnan(effect) || effect <= threshold;
}

canary_label label_of(const canary_judgement& measured, const canary_params& params) {
    double const limit = params.tolerance * std::abs(measured.estimate);
    if (params.direction != canary_direction::decrease && measured.confidence.lower > limit &&
        reaches(measured.effect_size, params.matters.high)) {
        return canary_label::high;
    }
    if (params.direction != canary_direction::increase && measured.confidence.upper < -limit &&
        falls_to(measured.effect_size, params.matters.low)) {
        return canary_label::low;
    }
    return canary_label::pass;
}

bool fails_critically(const canary_judgement& judged, const canary_params& params) {
    if (!params.is_critical) {
        return false;
    }
    return (judged.label == canary_label::high && reaches(judged.effect_size, params.critical.high)
           ) ||
           (judged.label == canary_label::low && falls_to(judged.effect_size, params.critical.low));
}

}  // namespace

std::string_view to_text(canary_label label) noexcept {
    switch (label) {
        case canary_label::pass:
            return "Pass";
        case canary_label::high:
            return "High";
        case canary_label::low:
            return "Low";
        case canary_label::no_data:
            return "Nodata";
        case canary_label::no_data_failure:
            return "NodataFailMetric";
    }
    return "";
}

canary_judgement judge_canary(const sample_pair& samples, const canary_params& params) {
    if (samples.experiment.empty() || samples.control.empty()) {
        return judge_missing(params);
    }
    auto const experiment = sorted(samples.experiment);
    auto const control = sorted(samples.control);
    bool const all_one_value = experiment.front() == experiment.back() &&
                               control.front() == control.back() &&
                               experiment.front() == control.front();
    if (experiment == control || all_one_value) {
        return {};
    }
    auto const shift = rank_sum_shift(samples, params.confidence_level);
    double const ratio = mean_ratio(samples);
    canary_judgement judged{
        .deviation = ratio,
        .effect_size =
            params.measure == effect_measure::mean_ratio ? ratio : common_language_effect(samples),
        .estimate = shift.estimate,
        .confidence = shift.confidence,
    };
    judged.label = label_of(judged, params);
    judged.critical = fails_critically(judged, params);
    return judged;
}

}  // namespace millrace::stats
