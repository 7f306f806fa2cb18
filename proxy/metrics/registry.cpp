#include "proxy/metrics/registry.hpp"

#include <ctime>

namespace millrace::metrics {

namespace {

// The element at `index`, made on first use; what it points to never moves.
template <class T>
T& at_or_new(std::vector<std::unique_ptr<T>>& all, std::size_t index) {
    if (all.size() <= index) {
        all.resize(index + 1);
    }
    if (!all[index]) {
        all[index] = std::make_unique<T>();
    }
    return *all[index];
}

}  // namespace

version_metrics& registry::version(
    unsigned worker, std::string_view route, std::string_view backend
) {
    std::lock_guard const lock{mutex_};
    auto found = versions_.find(std::pair{route, backend});
    if (found == versions_.end()) {
        found = versions_.try_emplace(key{route, backend}).first;
    }
    return at_or_new(found->second, worker);
}

worker_metrics& registry::worker(unsigned worker) {
    std::lock_guard const lock{mutex_};
    return at_or_new(workers_, worker);
}

void registry::set_weights(std::vector<weight_entry> weights) {
    std::lock_guard const lock{mutex_};
    weights_ = std::move(weights);
}

std::vector<weight_entry> registry::weights() const {
    std::lock_guard const lock{mutex_};
    return weights_;
}

void registry::set_build(build_labels labels) {
    std::lock_guard const lock{mutex_};
    build_ = std::move(labels);
}

build_labels registry::build() const {
    std::lock_guard const lock{mutex_};
    return build_;
}

void registry::reload_succeeded() {
    std::lock_guard const lock{mutex_};
    ++control_.reloads_ok;
    control_.last_reload_ok = true;
    control_.last_success_unix_seconds = std::time(nullptr);
}

void registry::reload_failed() {
    std::lock_guard const lock{mutex_};
    ++control_.reloads_failed;
    control_.last_reload_ok = false;
}

void registry::set_table_version(std::uint64_t version) {
    std::lock_guard const lock{mutex_};
    control_.table_version = version;
}

control_totals registry::control() const {
    std::lock_guard const lock{mutex_};
    return control_;
}

void registry::set_journal(journal_totals totals) {
    std::lock_guard const lock{mutex_};
    journal_ = std::move(totals);
}

journal_totals registry::journal() const {
    std::lock_guard const lock{mutex_};
    return journal_;
}

std::vector<version_summary> registry::versions() const {
    std::vector<version_summary> all;
    for_each_version([&all](auto route, auto backend, const version_totals& totals) {
        auto& summary = all.emplace_back();
        summary.route = route;
        summary.backend = backend;
        summary.requests = totals.requests();
        summary.failures = totals.failures();
        summary.in_flight = totals.in_flight();
        if (summary.requests > 0) {
            summary.error_rate =
                static_cast<double>(totals.errors) / static_cast<double>(summary.requests);
        }
        summary.latency_p50 = totals.latency.quantile(0.5);
        summary.latency_p99 = totals.latency.quantile(0.99);
    });
    return all;
}

version_totals registry::totals(std::string_view route, std::string_view backend) const {
    version_totals totals;
    std::lock_guard const lock{mutex_};
    auto const found = versions_.find(std::pair{route, backend});
    if (found != versions_.end()) {
        for (const auto& shard : found->second) {
            if (shard) {
                shard->add_to(totals);
            }
        }
    }
    return totals;
}

worker_totals registry::workers() const {
    worker_totals totals;
    std::lock_guard const lock{mutex_};
    for (const auto& shard : workers_) {
        if (shard) {
            shard->add_to(totals);
        }
    }
    return totals;
}

void registry::set_label_source(std::function<label_totals()> source) {
    std::lock_guard const lock{mutex_};
    label_source_ = std::move(source);
}

std::optional<label_totals> registry::labels() const {
    std::lock_guard const lock{mutex_};
    return label_source_ ? std::optional{label_source_()} : std::nullopt;
}

void registry::for_each_version(const visitor& visit) const {
    struct reference {
        const key* name;
        std::vector<const version_metrics*> shards;
    };

    // Adding up touches 16 KB per shard: only the addresses, which never change, need the mutex.
    std::vector<reference> all;
    {
        std::lock_guard const lock{mutex_};
        all.reserve(versions_.size());
        for (const auto& [name, shards] : versions_) {
            auto& entry = all.emplace_back(reference{&name, {}});
            for (const auto& shard : shards) {
                if (shard) {
                    entry.shards.push_back(shard.get());
                }
            }
        }
    }
    for (const auto& entry : all) {
        version_totals totals;
        for (const auto* shard : entry.shards) {
            shard->add_to(totals);
        }
        visit(entry.name->first, entry.name->second, totals);
    }
}

void registry::set_custom_metrics(custom_metric_report report) {
    std::lock_guard const lock{mutex_};
    custom_metrics_ = std::move(report);
}

custom_metric_report registry::custom_metrics() const {
    std::lock_guard const lock{mutex_};
    return custom_metrics_;
}

}  // namespace millrace::metrics
