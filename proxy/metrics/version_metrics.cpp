#include "proxy/metrics/version_metrics.hpp"

#include <numeric>

namespace millrace::metrics {

namespace {

std::size_t code_class_of(std::uint16_t status) noexcept {
    auto const hundreds = static_cast<std::size_t>(status / 100);
    return hundreds < code_class_count ? hundreds : 0;
}

}  // namespace

std::uint64_t version_totals::requests() const noexcept {
    return std::accumulate(ended.begin(), ended.end(), std::uint64_t{0});
}

std::uint64_t version_totals::failures() const noexcept {
    return std::accumulate(failed.begin(), failed.end(), std::uint64_t{0});
}

std::uint64_t version_totals::in_flight() const noexcept {
    auto const done = requests();
    // A reader may see the end of an exchange whose beginning it read too early.
    return assigned > done ? assigned - done : 0;
}

void version_metrics::end(const observation& observed) noexcept {
    ended_[code_class_of(observed.status)].add();
    if (observed.failure != errc::ok) {
        failed_[static_cast<std::size_t>(traits_of(observed.failure).origin)].add();
    }
    if (observed.is_error()) {
        errors_.add();
    }
    bytes_received_.add(observed.bytes_received);
    bytes_sent_.add(observed.bytes_sent);
    latency_.record(observed.latency);
    if (observed.first_byte > duration::zero()) {
        first_byte_.record(observed.first_byte);
    }
}

void version_metrics::add_to(version_totals& out) const noexcept {
    for (std::size_t i = 0; i < ended_.size(); ++i) {
        out.ended[i] += ended_[i].value();
    }
    for (std::size_t i = 0; i < failed_.size(); ++i) {
        out.failed[i] += failed_[i].value();
    }
    out.assigned += assigned_.value();
    out.errors += errors_.value();
    out.bytes_received += bytes_received_.value();
    out.bytes_sent += bytes_sent_.value();
    latency_.add_to(out.latency);
    first_byte_.add_to(out.first_byte);
}

}  // namespace millrace::metrics
