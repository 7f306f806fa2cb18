#include "proxy/metrics/families.hpp"
#include "proxy/metrics/process_stats.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace millrace::metrics::families {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct series {
    const char* name;
    const char* help;
    double value;
};

void append_counter(family_list& out, const series& one) {
    ClientMetric metric;
    metric.counter.value = one.value;
    out.push_back({one.name, one.help, MetricType::Counter, {std::move(metric)}});
}

void append_gauge(family_list& out, const series& one) {
    ClientMetric metric;
    metric.gauge.value = one.value;
    out.push_back({one.name, one.help, MetricType::Gauge, {std::move(metric)}});
}

// A count taken by readers between two stores of the writer must not turn into 2^64.
double open_of(std::uint64_t opened, std::uint64_t closed) {
    return opened > closed ? static_cast<double>(opened - closed) : 0.0;
}

void append_by_reason(
    family_list& out,
    const char* name,
    const char* help,
    const std::array<std::uint64_t, errc_count>& counts
) {
    MetricFamily family{name, help, MetricType::Counter, {}};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) {
            auto& metric = family.metric.emplace_back();
            metric.label = {{"reason", std::string{traits_of(static_cast<errc>(i)).reason}}};
            metric.counter.value = static_cast<double>(counts[i]);
        }
    }
    out.push_back(std::move(family));
}

void append_downstream(family_list& out, const worker_totals& totals) {
    auto const number = [](std::uint64_t value) { return static_cast<double>(value); };
    append_counter(
        out,
        {"millrace_connections_accepted_total",
         "Connections from clients that were accepted.",
         number(totals.connections_accepted)}
    );
    append_counter(
        out,
        {"millrace_connections_refused_total",
         "Connections from clients that were refused because there were too many.",
         number(totals.connections_refused)}
    );
    append_gauge(
        out,
        {"millrace_connections_open",
         "Connections from clients that are open.",
         open_of(totals.connections_accepted, totals.connections_closed)}
    );
    append_counter(
        out,
        {"millrace_requests_received_total",
         "Request heads that were read, whatever became of them.",
         number(totals.requests)}
    );
    append_counter(
        out,
        {"millrace_requests_without_route_total",
         "Requests that no route matched.",
         number(totals.requests_without_route)}
    );
    append_gauge(
        out,
        {"millrace_buffered_bytes",
         "Bytes that wait in the gateway's buffers.",
         number(totals.buffered_bytes)}
    );
    append_counter(
        out,
        {"millrace_access_log_dropped_lines_total",
         "Lines of the access log that were dropped because its queue was full.",
         number(totals.access_log_dropped)}
    );
    append_counter(
        out,
        {"millrace_rollout_unit_requests_left_out_total",
         "Requests on sticky routes that enter no test of a rollout, because there are more units "
         "than it follows.",
         number(totals.unit_requests_left_out)}
    );
}

void append_upstream(family_list& out, const worker_totals& totals) {
    auto const number = [](std::uint64_t value) { return static_cast<double>(value); };
    append_counter(
        out,
        {"millrace_upstream_connections_opened_total",
         "Connections to upstreams that were opened.",
         number(totals.upstream_opened)}
    );
    append_counter(
        out,
        {"millrace_upstream_connections_reused_total",
         "Times that a pooled connection to an upstream served another exchange.",
         number(totals.upstream_reused)}
    );
    append_counter(
        out,
        {"millrace_upstream_connections_failed_total",
         "Connections to upstreams that could not be opened.",
         number(totals.upstream_failed)}
    );
    append_gauge(
        out,
        {"millrace_upstream_connections_open",
         "Connections to upstreams that are open.",
         open_of(totals.upstream_opened, totals.upstream_closed)}
    );
}

}  // namespace

void append_workers(family_list& out, const registry& from) {
    auto const totals = from.workers();
    append_downstream(out, totals);
    append_upstream(out, totals);
    append_by_reason(
        out,
        "millrace_local_answers_total",
        "Answers that the gateway made itself, by reason.",
        totals.local_answers
    );
    append_by_reason(
        out,
        "millrace_aborted_exchanges_total",
        "Exchanges that ended without a whole answer, by reason.",
        totals.aborted
    );
}

void append_control(family_list& out, const registry& from) {
    auto const control = from.control();
    MetricFamily reloads{
        "millrace_config_reloads_total",
        "Times that the configuration was read, by result.",
        MetricType::Counter,
        {}};
    reloads.metric.resize(2);
    reloads.metric[0].label = {{"result", "success"}};
    reloads.metric[0].counter.value = static_cast<double>(control.reloads_ok);
    reloads.metric[1].label = {{"result", "failure"}};
    reloads.metric[1].counter.value = static_cast<double>(control.reloads_failed);
    out.push_back(std::move(reloads));
    append_gauge(
        out,
        {"millrace_config_last_reload_successful",
         "1 when the configuration that was read last is in force, else 0.",
         control.last_reload_ok ? 1.0 : 0.0}
    );
    append_gauge(
        out,
        {"millrace_config_last_reload_success_timestamp_seconds",
         "When the configuration in force was read, in Unix time.",
         static_cast<double>(control.last_success_unix_seconds)}
    );
    append_gauge(
        out,
        {"millrace_route_table_version",
         "Number of the route table in force; rises with every publish.",
         static_cast<double>(control.table_version)}
    );

    auto const build = from.build();
    ClientMetric metric;
    metric.label = {
        {"version", build.version}, {"revision", build.revision}, {"build_type", build.build_type}};
    metric.gauge.value = 1;
    out.push_back(
        {"millrace_build_info", "What runs; always 1.", MetricType::Gauge, {std::move(metric)}}
    );
}

void append_process(family_list& out) {
    auto const stats = read_process_stats();
    if (!stats) {
        return;
    }
    auto const number = [](std::uint64_t value) { return static_cast<double>(value); };
    append_counter(
        out,
        {"process_cpu_seconds_total", "User and system CPU time in seconds.", stats->cpu_seconds}
    );
    append_gauge(
        out,
        {"process_resident_memory_bytes",
         "Resident memory size in bytes.",
         number(stats->resident_bytes)}
    );
    append_gauge(
        out,
        {"process_virtual_memory_bytes",
         "Virtual memory size in bytes.",
         number(stats->virtual_bytes)}
    );
    append_gauge(out, {"process_threads", "Threads of the process.", number(stats->threads)});
    append_gauge(out, {"process_open_fds", "Open file descriptors.", number(stats->open_fds)});
    append_gauge(
        out, {"process_max_fds", "File descriptors that may be open.", number(stats->max_fds)}
    );
    append_gauge(
        out,
        {"process_start_time_seconds",
         "Start of the process in Unix time.",
         stats->start_unix_seconds}
    );
}

}  // namespace millrace::metrics::families
