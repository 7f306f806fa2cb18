#include "proxy/metrics/families.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <string>
#include <utility>
#include <vector>

namespace millrace::metrics::families {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(const char* name, const char* help, MetricType type) {
    MetricFamily made;
    made.name = name;
    made.help = help;
    made.type = type;
    return made;
}

ClientMetric labelled(std::vector<ClientMetric::Label> labels) {
    ClientMetric made;
    made.label = std::move(labels);
    return made;
}

}  // namespace

void append_custom_metrics(family_list& out, const registry& from) {
    auto const report = from.custom_metrics();
    auto fetches = family(
        "millrace_custom_metric_fetches_total",
        "Fetches of custom metrics by how they ended.",
        MetricType::Counter
    );
    for (auto const& each : report.fetches) {
        auto made = labelled({{"metric", each.metric}, {"state", each.state}});
        made.counter.value = static_cast<double>(each.count);
        fetches.metric.push_back(std::move(made));
    }
    auto seconds = family(
        "millrace_custom_metric_fetch_seconds_total",
        "Time that fetches of custom metrics took.",
        MetricType::Counter
    );
    for (auto const& each : report.seconds) {
        auto made = labelled({{"metric", each.metric}});
        made.counter.value = each.seconds;
        seconds.metric.push_back(std::move(made));
    }
    auto values = family(
        "millrace_custom_metric_value",
        "Newest values of custom metrics that are fresh.",
        MetricType::Gauge
    );
    for (auto const& each : report.values) {
        auto made =
            labelled({{"route", each.route}, {"metric", each.metric}, {"version", each.version}});
        made.gauge.value = each.value;
        values.metric.push_back(std::move(made));
    }
    out.push_back(std::move(fetches));
    out.push_back(std::move(seconds));
    out.push_back(std::move(values));
}

}  // namespace millrace::metrics::families
