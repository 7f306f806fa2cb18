#include "proxy/metrics/families.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <utility>

namespace millrace::metrics::families {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

void append_series(MetricFamily& to, labels of, double value) {
    auto& made = to.metric.emplace_back();
    made.label = std::move(of);
    if (to.type == MetricType::Counter) {
        made.counter.value = value;
    } else {
        made.gauge.value = value;
    }
}

void append_named(
    family_list& out,
    const char* name,
    const char* help,
    const char* label,
    const std::vector<named_total>& totals
) {
    MetricFamily family{name, help, MetricType::Counter, {}};
    for (auto const& each : totals) {
        append_series(family, {{label, each.name}}, static_cast<double>(each.count));
    }
    out.push_back(std::move(family));
}

void append_version_labels(family_list& out, const std::vector<version_labels>& versions) {
    MetricFamily told{
        "millrace_labels_total",
        "Labels that count, by the version that was assigned and what they say.",
        MetricType::Counter,
        {}};
    MetricFamily scores{
        "millrace_label_scores_total",
        "Scores that count, by the version that was assigned.",
        MetricType::Counter,
        {}};
    MetricFamily sums{
        "millrace_label_scores_sum", "The sum of these scores.", MetricType::Gauge, {}};
    for (auto const& each : versions) {
        labels const of{{"route", each.route}, {"version", each.backend}};
        auto const with = [&of](const char* says) {
            auto made = of;
            made.push_back({"label", says});
            return made;
        };
        append_series(told, with("right"), static_cast<double>(each.right));
        append_series(told, with("wrong"), static_cast<double>(each.wrong));
        append_series(scores, of, static_cast<double>(each.scores));
        append_series(sums, of, each.score_sum);
    }
    out.push_back(std::move(told));
    out.push_back(std::move(scores));
    out.push_back(std::move(sums));
}

void append_one(
    family_list& out, const char* name, const char* help, MetricType type, std::uint64_t value
) {
    MetricFamily family{name, help, type, {}};
    append_series(family, {}, static_cast<double>(value));
    out.push_back(std::move(family));
}

}  // namespace

void append_labels(family_list& out, const label_totals& totals) {
    append_named(
        out,
        "millrace_feedback_labels_total",
        "Labels through POST /feedback, by what became of them.",
        "result",
        totals.received
    );
    append_named(
        out,
        "millrace_feedback_refused_total",
        "Calls of POST /feedback that were refused as a whole, by reason.",
        "reason",
        totals.refused
    );
    append_named(
        out,
        "millrace_answer_labels_total",
        "Labels that answers carried themselves, by what became of them.",
        "result",
        totals.answers
    );
    append_version_labels(out, totals.versions);
    append_one(
        out,
        "millrace_predictions_remembered",
        "Predictions that wait for the true value.",
        MetricType::Gauge,
        totals.predictions
    );
    append_one(
        out,
        "millrace_predictions_dropped_total",
        "Predictions that had to go because there were too many.",
        MetricType::Counter,
        totals.predictions_dropped
    );
    append_one(
        out,
        "millrace_answer_notes_dropped_total",
        "Labels and predictions of answers that nobody read fast enough.",
        MetricType::Counter,
        totals.notes_dropped
    );
    append_one(
        out,
        "millrace_answer_notes_missing_total",
        "Labels and predictions that answers were asked for and did not hold.",
        MetricType::Counter,
        totals.notes_missing
    );
    append_one(
        out,
        "millrace_label_scores_dropped_total",
        "Scores that were left out because one tick had too many.",
        MetricType::Counter,
        totals.scores_dropped
    );
    append_one(
        out,
        "millrace_label_commits_total",
        "Groups of labels that are on disk.",
        MetricType::Counter,
        totals.groups
    );
}

}  // namespace millrace::metrics::families
