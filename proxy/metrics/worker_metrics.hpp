#pragma once

#include "proxy/base/error.hpp"
#include "proxy/metrics/counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace millrace::metrics {

/// What workers did apart from any version, added up. Lifetime: a value.
struct worker_totals {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_closed = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t requests = 0;
    std::uint64_t requests_without_route = 0;
    std::uint64_t upstream_opened = 0;
    std::uint64_t upstream_reused = 0;
    std::uint64_t upstream_closed = 0;
    std::uint64_t upstream_failed = 0;
    std::uint64_t buffered_bytes = 0;
    std::uint64_t access_log_dropped = 0;
    std::uint64_t unit_requests_left_out = 0;
    std::array<std::uint64_t, errc_count> local_answers{};
    std::array<std::uint64_t, errc_count> aborted{};
};

/// What one worker did apart from any version. Lifetime: the process (the registry owns it).
/// Thread: one writer, its worker; any reader. Each call is a load and a store.
///
///   worker.connection_accepted();  …  worker.failure(errc::header_too_large);
class alignas(64) worker_metrics {
 public:
    // Downstream connections. A refused one (too many of them) is neither accepted nor closed.
    void connection_accepted() noexcept { connections_accepted_.add(); }

    void connection_closed() noexcept { connections_closed_.add(); }

    void connection_refused() noexcept { connections_refused_.add(); }

    /// A request head was read, whatever becomes of it.
    void request() noexcept { requests_.add(); }

    void request_without_route() noexcept { requests_without_route_.add(); }

    /// The gateway itself answered because of `reason`: a refusal, a limit, a failed upstream.
    void failure(errc reason) noexcept { local_answers_[static_cast<std::size_t>(reason)].add(); }

    /// An exchange ended because of `reason` without a whole answer: the client left, or the
    /// answer had begun when it broke.
    void aborted(errc reason) noexcept { aborted_[static_cast<std::size_t>(reason)].add(); }

    // Upstream connections. A failed one never opened.
    void upstream_opened() noexcept { upstream_opened_.add(); }

    void upstream_reused() noexcept { upstream_reused_.add(); }

    void upstream_closed() noexcept { upstream_closed_.add(); }

    void upstream_failed() noexcept { upstream_failed_.add(); }

    /// The bytes that wait in this worker's buffers now.
    void buffered_bytes(std::uint64_t now) noexcept { buffered_bytes_.set(now); }

    /// Lines that did not fit into the access log's queue.
    void access_log_dropped(std::uint64_t lines = 1) noexcept { access_log_dropped_.add(lines); }

    /// Requests of a unit that a rollout does not follow.
    void unit_request_left_out() noexcept { unit_requests_left_out_.add(); }

    /// Adds everything as it stands to `out`. Any thread.
    void add_to(worker_totals& out) const noexcept;

 private:
    counter connections_accepted_;
    counter connections_closed_;
    counter connections_refused_;
    counter requests_;
    counter requests_without_route_;
    counter upstream_opened_;
    counter upstream_reused_;
    counter upstream_closed_;
    counter upstream_failed_;
    counter buffered_bytes_;
    counter access_log_dropped_;
    counter unit_requests_left_out_;
    std::array<counter, errc_count> local_answers_;
    std::array<counter, errc_count> aborted_;
};

}  // namespace millrace::metrics
