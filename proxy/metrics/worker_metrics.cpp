#include "proxy/metrics/worker_metrics.hpp"

namespace millrace::metrics {

void worker_metrics::add_to(worker_totals& out) const noexcept {
    out.connections_accepted += connections_accepted_.value();
    out.connections_closed += connections_closed_.value();
    out.connections_refused += connections_refused_.value();
    out.requests += requests_.value();
    out.requests_without_route += requests_without_route_.value();
    out.upstream_opened += upstream_opened_.value();
    out.upstream_reused += upstream_reused_.value();
    out.upstream_closed += upstream_closed_.value();
    out.upstream_failed += upstream_failed_.value();
    out.buffered_bytes += buffered_bytes_.value();
    out.access_log_dropped += access_log_dropped_.value();
    out.unit_requests_left_out += unit_requests_left_out_.value();
    for (std::size_t i = 0; i < errc_count; ++i) {
        out.local_answers[i] += local_answers_[i].value();
        out.aborted[i] += aborted_[i].value();
    }
}

}  // namespace millrace::metrics
