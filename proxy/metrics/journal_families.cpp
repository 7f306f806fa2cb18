#include "proxy/metrics/families.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <chrono>
#include <utility>

namespace millrace::metrics::families {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void append_gauge(family_list& out, const char* name, const char* help, double value) {
    ClientMetric metric;
    metric.gauge.value = value;
    out.push_back({name, help, MetricType::Gauge, {std::move(metric)}});
}

void append_results(
    family_list& out,
    const char* name,
    const char* help,
    const std::vector<std::pair<const char*, std::uint64_t>>& results
) {
    MetricFamily family{name, help, MetricType::Counter, {}};
    for (auto const& [result, count] : results) {
        auto& metric = family.metric.emplace_back();
        metric.label = {{"result", result}};
        metric.counter.value = static_cast<double>(count);
    }
    out.push_back(std::move(family));
}

}  // namespace

void append_journal(family_list& out, const registry& from) {
    auto const journal = from.journal();
    if (!journal.known) {
        return;
    }
    append_gauge(
        out,
        "millrace_journal_writable",
        "1 when the durable record takes commits; at 0 no candidate gets more weight.",
        journal.writable ? 1 : 0
    );
    append_gauge(
        out,
        "millrace_journal_waiting",
        "Commits that wait for the disk.",
        static_cast<double>(journal.waiting)
    );
    append_gauge(
        out,
        "millrace_journal_oldest_waiting_seconds",
        "How long the oldest commit waits for the disk.",
        std::chrono::duration<double>(journal.oldest_waiting).count()
    );
    append_results(
        out,
        "millrace_journal_commits_total",
        "Commits to the durable record, by result; refused: too many were waiting.",
        {{"success", journal.commits}, {"failure", journal.failures}, {"refused", journal.refused}}
    );
    append_results(
        out,
        "millrace_journal_rollback_marks_total",
        "Rollbacks that were marked beside the database, by result.",
        {{"success", journal.marks}, {"failure", journal.marks_failed}}
    );
}

}  // namespace millrace::metrics::families
