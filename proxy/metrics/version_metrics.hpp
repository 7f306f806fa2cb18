#pragma once

#include "proxy/base/observation.hpp"
#include "proxy/metrics/counter.hpp"
#include "proxy/metrics/histogram.hpp"
#include "proxy/stats/histogram_counts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace millrace::metrics {

/// The classes of a final status: none (the client got no answer), then 1xx to 5xx.
inline constexpr std::size_t code_class_count = 6;

/// The enumerators of millrace::origin.
inline constexpr std::size_t origin_count = 4;

/// What one version did on one route, added up over workers. Lifetime: a value of 16 KB.
struct version_totals {
    std::uint64_t assigned = 0;                           ///< exchanges that began
    std::array<std::uint64_t, code_class_count> ended{};  ///< by status class; [0]: no answer
    std::array<std::uint64_t, origin_count> failed{};     ///< by millrace::origin
    std::uint64_t errors = 0;  ///< ended with a 5xx, or failed by the upstream's or our fault
    std::uint64_t bytes_received = 0;  ///< of request bodies
    std::uint64_t bytes_sent = 0;      ///< of answer bodies
    stats::histogram_counts latency;
    stats::histogram_counts first_byte;

    /// Exchanges that ended.
    [[nodiscard]] std::uint64_t requests() const noexcept;
    /// Exchanges that failed, whoever was at fault.
    [[nodiscard]] std::uint64_t failures() const noexcept;
    /// Exchanges that began and did not end yet.
    [[nodiscard]] std::uint64_t in_flight() const noexcept;
};

/// What one worker saw of one version on one route: cumulative counters and histograms, 16 KB.
/// Lifetime: the process (the registry owns it). Thread: one writer, its worker; any reader.
/// begin() and end() together take less than 50 ns, no lock, no allocation.
///
///   version.begin();  …the exchange…  version.end(observed);
class alignas(64) version_metrics {
 public:
    /// An exchange was assigned to the version.
    void begin() noexcept { assigned_.add(); }

    /// It ended; exactly once per begin().
    void end(const observation& observed) noexcept;

    /// Adds everything as it stands to `out`. Any thread.
    void add_to(version_totals& out) const noexcept;

 private:
    counter assigned_;
    counter errors_;
    counter bytes_received_;
    counter bytes_sent_;
    std::array<counter, code_class_count> ended_;
    std::array<counter, origin_count> failed_;
    histogram latency_;
    histogram first_byte_;
};

}  // namespace millrace::metrics
