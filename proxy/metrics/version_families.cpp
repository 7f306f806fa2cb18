#include "proxy/metrics/families.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::metrics::families {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
namespace layout = stats::histogram_layout;

constexpr std::array<const char*, code_class_count> code_classes{
    "none", "1xx", "2xx", "3xx", "4xx", "5xx"};

// An origin of none is a failure whose code says nothing about whose fault it was.
constexpr std::array<const char*, origin_count> origins{
    "unknown", "downstream", "upstream", "gateway"};

using labels = std::vector<ClientMetric::Label>;

// A bound of the histogram, and how many of the recording's buckets lie at or below it.
struct cut {
    double seconds = 0;
    std::size_t buckets = 0;
};

std::vector<cut> cuts_of(const params::bounds& bounds) {
    std::vector<cut> cuts;
    cuts.reserve(bounds.size());
    for (auto const bound : bounds) {
        auto const index = layout::index_of(bound);
        std::size_t const within = layout::mid_of(index) <= bound ? 1 : 0;
        // From the decimal number: what a person wrote is what the label says.
        auto const seconds = static_cast<double>(bound.count()) / 1e6;
        cuts.push_back({seconds, index + within});
    }
    return cuts;
}

ClientMetric::Histogram histogram_of(
    const stats::histogram_counts& counts, const std::vector<cut>& cuts
) {
    ClientMetric::Histogram out;
    out.bucket.reserve(cuts.size() + 1);
    std::uint64_t seen = 0;
    std::size_t next = 0;
    auto const take_below = [&](std::size_t end) {
        for (; next < end; ++next) {
            seen += counts.buckets[next];
        }
    };
    for (const auto& [seconds, buckets] : cuts) {
        take_below(buckets);
        out.bucket.push_back({seen, seconds});
    }
    take_below(counts.buckets.size());
    out.bucket.push_back({seen, std::numeric_limits<double>::infinity()});
    out.sample_count = seen;
    out.sample_sum = static_cast<double>(counts.sum.count()) / 1e6;
    return out;
}

// The families by route and version, filled one version at a time so that only one version's
// 16 KB of counts exist at once.
class version_families {
 public:
    explicit version_families(const params& params)
        : latency_cuts_{cuts_of(params.latency_buckets)},
          first_byte_cuts_{cuts_of(params.first_byte_buckets)} {}

    void add(std::string_view route, std::string_view version, const version_totals& totals) {
        if (totals.assigned == 0) {
            return;
        }
        labels const names{{"route", std::string{route}}, {"version", std::string{version}}};
        for (std::size_t i = 0; i < code_classes.size(); ++i) {
            add_counter(requests_, with(names, "code_class", code_classes[i]), totals.ended[i]);
        }
        for (std::size_t i = 0; i < origins.size(); ++i) {
            add_counter(failures_, with(names, "origin", origins[i]), totals.failed[i]);
        }
        add_counter(received_, names, totals.bytes_received);
        add_counter(sent_, names, totals.bytes_sent);
        in_flight_.metric.emplace_back().label = names;
        in_flight_.metric.back().gauge.value = static_cast<double>(totals.in_flight());
        add_histogram(latency_, names, histogram_of(totals.latency, latency_cuts_));
        add_histogram(first_byte_, names, histogram_of(totals.first_byte, first_byte_cuts_));
    }

    void move_to(family_list& out) {
        for (auto* family :
             {&requests_, &failures_, &latency_, &first_byte_, &received_, &sent_, &in_flight_}) {
            out.push_back(std::move(*family));
        }
    }

 private:
    static labels with(const labels& names, const char* name, const char* value) {
        labels all;
        all.reserve(names.size() + 1);
        all = names;
        all.push_back({name, value});
        return all;
    }

    static void add_counter(MetricFamily& family, labels names, std::uint64_t value) {
        if (value > 0) {
            family.metric.emplace_back().label = std::move(names);
            family.metric.back().counter.value = static_cast<double>(value);
        }
    }

    static void add_histogram(
        MetricFamily& family, const labels& names, ClientMetric::Histogram value
    ) {
        if (value.sample_count > 0) {
            family.metric.emplace_back().label = names;
            family.metric.back().histogram = std::move(value);
        }
    }

    std::vector<cut> latency_cuts_;
    std::vector<cut> first_byte_cuts_;
    MetricFamily requests_{
        "millrace_requests_total",
        "Exchanges that ended, by class of the status that the client got.",
        MetricType::Counter,
        {}};
    MetricFamily failures_{
        "millrace_failures_total",
        "Exchanges that failed, by whose fault it was.",
        MetricType::Counter,
        {}};
    MetricFamily latency_{
        "millrace_request_duration_seconds",
        "From the request's first byte to the answer's last.",
        MetricType::Histogram,
        {}};
    MetricFamily first_byte_{
        "millrace_time_to_first_byte_seconds",
        "From the request's first byte to the answer's first.",
        MetricType::Histogram,
        {}};
    MetricFamily received_{
        "millrace_request_bytes_total",
        "Bytes of request bodies from clients.",
        MetricType::Counter,
        {}};
    MetricFamily sent_{
        "millrace_response_bytes_total",
        "Bytes of answer bodies to clients.",
        MetricType::Counter,
        {}};
    MetricFamily in_flight_{
        "millrace_requests_in_flight",
        "Exchanges that were assigned and did not end yet.",
        MetricType::Gauge,
        {}};
};

}  // namespace

void append_versions(family_list& out, const registry& from, const params& params) {
    version_families all{params};
    from.for_each_version([&all](auto route, auto backend, const version_totals& totals) {
        all.add(route, backend, totals);
    });
    all.move_to(out);

    MetricFamily weights{
        "millrace_weight",
        "Weight of a version; its share is this by the sum over the route.",
        MetricType::Gauge,
        {}};
    for (const auto& entry : from.weights()) {
        weights.metric.emplace_back().label = {{"route", entry.route}, {"version", entry.backend}};
        weights.metric.back().gauge.value = static_cast<double>(entry.weight);
    }
    out.push_back(std::move(weights));
}

}  // namespace millrace::metrics::families
