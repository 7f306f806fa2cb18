#pragma once

#include "proxy/stats/descriptive.hpp"
#include "proxy/stats/interval.hpp"

#include <string_view>

namespace millrace::stats {

/// The judge of Spinnaker's Kayenta for one metric, as many know it: a Mann-Whitney test of two
/// series of values per time slot. For comparison and migration; our controller decides by the
/// e-processes of this folder, which may be looked at at any time.

enum class canary_label {
    pass,
    high,
    low,
    no_data,         ///< one of the samples has no values
    no_data_failure  ///< the same, for a metric that must have some
};

/// "Pass", "High", "Low", "Nodata", "NodataFailMetric".
[[nodiscard]] std::string_view to_text(canary_label label) noexcept;

enum class canary_direction { either, increase, decrease };

enum class effect_measure { mean_ratio, common_language };

/// Effects at or below `low` and at or above `high` matter.
struct effect_thresholds {
    double low = 1.0;
    double high = 1.0;
};

struct canary_params {
    double tolerance = 0.25;         ///< share of the estimated shift, >= 0
    double confidence_level = 0.98;  ///< in (0, 1)
    effect_measure measure = effect_measure::mean_ratio;
    effect_thresholds matters = {};                         ///< which effects count
    effect_thresholds critical = {};                        ///< which fail a critical metric
    canary_direction direction = canary_direction::either;  ///< which change would be bad
    bool is_critical = false;
    bool is_data_required = false;
    bool missing_counts_as_zero = false;  ///< no values pass then
};

struct canary_judgement {
    canary_label label = canary_label::pass;
    bool critical = false;     ///< fails the whole canary
    double deviation = 1.0;    ///< mean ratio of the samples; NaN when it has no value
    double effect_size = 1.0;  ///< by the chosen measure; NaN when it has no value
    double estimate = 0.0;     ///< Hodges-Lehmann shift
    interval confidence = {};  ///< of the shift
};

/// High: the lower end of the interval exceeds tolerance x |estimate|, the effect size reaches
/// matters.high (or has no value), and the direction is not `decrease`. Low: the mirror image.
/// Samples of the same values pass without a test.
/// @param samples  finite values
/// Source: spinnaker/kayenta, MannWhitneyClassifier, 2024.
[[nodiscard]] canary_judgement judge_canary(
    const sample_pair& samples, const canary_params& params
);

}  // namespace millrace::stats
