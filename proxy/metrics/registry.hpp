#pragma once

#include "proxy/metrics/custom_metric_report.hpp"
#include "proxy/metrics/label_totals.hpp"
#include "proxy/metrics/version_metrics.hpp"
#include "proxy/metrics/worker_metrics.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::metrics {

/// One version's part of one route in the table that is in force.
struct weight_entry {
    std::string route;
    std::string backend;
    std::uint32_t weight = 0;
    double share = 0;         ///< the actual mass of its part of the partition, 0 to 1
    std::uint64_t epoch = 0;  ///< of the route's weights
};

/// What the status API says about a version: totals since the process began.
struct version_summary {
    std::string route;
    std::string backend;
    std::uint64_t requests = 0;  ///< that ended
    std::uint64_t failures = 0;  ///< of those, whoever was at fault
    std::uint64_t in_flight = 0;
    double error_rate = 0;  ///< errors / requests, 0 without requests
    // At most 1.6 % off; nothing without requests.
    std::optional<std::chrono::nanoseconds> latency_p50;
    std::optional<std::chrono::nanoseconds> latency_p99;
};

/// What runs, for millrace_build_info.
struct build_labels {
    std::string version;
    std::string revision;
    std::string build_type;
};

/// What the control side counts.
struct control_totals {
    std::uint64_t reloads_ok = 0;
    std::uint64_t reloads_failed = 0;
    bool last_reload_ok = true;
    std::int64_t last_success_unix_seconds = 0;  ///< 0: never
    std::uint64_t table_version = 0;
};

/// How the durable record does.
struct journal_totals {
    bool known = false;    ///< false: there is none, the state is in memory
    bool writable = true;  ///< the last try to write went well
    std::string error{};   ///< of the last try, for people
    std::uint64_t commits = 0;
    std::uint64_t failures = 0;
    std::uint64_t refused = 0;  ///< found too many waiting
    std::uint64_t waiting = 0;  ///< now
    std::chrono::nanoseconds oldest_waiting{0};
    std::uint64_t marks = 0;  ///< rollbacks that were marked
    std::uint64_t marks_failed = 0;
};

/// Owns every accumulator and adds them up over workers. Lifetime: the process; what it gave out
/// stays at its address until then, also after the route left the configuration (counters never go
/// back, and an exchange may still be under way). Thread: any; takes a mutex, so never on the path
/// of a request: workers get their references when a table is published.
///
///   auto& version = registry.version(worker, "risk", "risk-v2");
class registry {
 public:
    /// One worker's accumulator of one version on one route; made on first use.
    [[nodiscard]] version_metrics& version(
        unsigned worker, std::string_view route, std::string_view backend
    );
    /// One worker's own; made on first use.
    [[nodiscard]] worker_metrics& worker(unsigned worker);

    /// Replaces the weights that are shown; after each publish.
    void set_weights(std::vector<weight_entry> weights);
    /// As given last.
    [[nodiscard]] std::vector<weight_entry> weights() const;

    void set_build(build_labels labels);
    [[nodiscard]] build_labels build() const;

    /// A configuration was read and is in force; stamps the wall clock. The first load counts too.
    void reload_succeeded();
    /// A configuration was refused and the old one kept.
    void reload_failed();
    /// The number of the table in force.
    void set_table_version(std::uint64_t version);
    [[nodiscard]] control_totals control() const;

    /// Replaces what is shown about custom metrics.
    void set_custom_metrics(custom_metric_report report);
    /// As given last.
    [[nodiscard]] custom_metric_report custom_metrics() const;
    void set_journal(journal_totals totals);
    [[nodiscard]] journal_totals journal() const;

    /// Every version that a worker asked for, sorted by route and backend.
    [[nodiscard]] std::vector<version_summary> versions() const;
    /// One version added up over workers; all zero when unknown.
    [[nodiscard]] version_totals totals(std::string_view route, std::string_view backend) const;
    /// Over all workers.
    [[nodiscard]] worker_totals workers() const;

    /// Who counts labels tells what they are by now; nobody: no label is counted. For the time
    /// until it is replaced by an empty one.
    void set_label_source(std::function<label_totals()> source);
    /// Nothing when nobody counts labels.
    [[nodiscard]] std::optional<label_totals> labels() const;

    using visitor = std::function<
        void(std::string_view route, std::string_view backend, const version_totals& totals)>;
    /// Calls `visit` for each version in the order of versions(), without the mutex.
    void for_each_version(const visitor& visit) const;

 private:
    using key = std::pair<std::string, std::string>;
    using shard_list = std::vector<std::unique_ptr<version_metrics>>;

    struct key_less {
        using is_transparent = void;

        template <class A, class B>
        bool operator()(const A& a, const B& b) const noexcept {
            using view = std::pair<std::string_view, std::string_view>;
            return view{a.first, a.second} < view{b.first, b.second};
        }
    };

    mutable std::mutex mutex_;
    std::map<key, shard_list, key_less> versions_;
    std::vector<std::unique_ptr<worker_metrics>> workers_;
    std::vector<weight_entry> weights_;
    build_labels build_;
    control_totals control_;
    custom_metric_report custom_metrics_;
    journal_totals journal_;
    std::function<label_totals()> label_source_;
};

}  // namespace millrace::metrics
