#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace millrace::metrics {

/// Which bounds of the histograms /metrics shows; the recording itself is always fine-grained.
struct params {
    using bounds = std::vector<std::chrono::microseconds>;

    /// Upper bounds of millrace_request_duration_seconds: rising, at most 20.
    bounds latency_buckets = latency_defaults();
    /// Upper bounds of millrace_time_to_first_byte_seconds: rising, at most 20.
    /// Fewer than of the duration: with a thousand routes of two versions the bounds are most of a
    /// scrape, which has to stay under 5 MB.
    bounds first_byte_buckets = first_byte_defaults();

    static constexpr std::size_t buckets_max = 20;

 private:
    static bounds latency_defaults() {
        using std::chrono::microseconds;
        return {
            microseconds{1'000},
            microseconds{5'000},
            microseconds{25'000},
            microseconds{100'000},
            microseconds{250'000},
            microseconds{1'000'000},
            microseconds{5'000'000},
            microseconds{30'000'000}};
    }

    static bounds first_byte_defaults() {
        using std::chrono::microseconds;
        return {
            microseconds{5'000},
            microseconds{25'000},
            microseconds{100'000},
            microseconds{1'000'000},
            microseconds{5'000'000}};
    }
};

}  // namespace millrace::metrics
