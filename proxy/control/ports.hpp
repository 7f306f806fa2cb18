#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/journal/mark_slot.hpp"
#include "proxy/journal/records.hpp"
#include "proxy/metrics/evidence.hpp"
#include "proxy/metrics/version_metrics.hpp"
#include "proxy/rollout/experiment.hpp"
#include "proxy/routing/route_state.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the controller needs of the rest of the gateway; app implements it.
namespace millrace::control {

/// Puts weights in force. Thread: the driver's; nothing here waits for a disk, a network or a
/// person.
class weights_port {
 public:
    weights_port() = default;
    weights_port(const weights_port&) = delete;
    weights_port& operator=(const weights_port&) = delete;
    virtual ~weights_port() = default;

    /// The route's weights and partition in force; nothing when the route is gone.
    [[nodiscard]] virtual std::optional<routing::route_state> state_of(std::string_view route) = 0;

    /// Puts the state in force in every worker, with the evidence that they count from then on;
    /// null when nothing has to be counted. `done` is called once, on any thread, when no worker
    /// assigns by the old state any more.
    virtual void publish(
        const routing::route_state& next,
        std::shared_ptr<metrics::route_evidence> evidence,
        std::function<void()> done
    ) = 0;

    /// What a version did since the process began, over all workers.
    [[nodiscard]] virtual metrics::version_totals totals(
        std::string_view route, std::string_view backend
    ) = 0;

    [[nodiscard]] virtual unsigned workers() const = 0;
};

/// The newest values of custom metrics. Thread: the driver's; it waits for nothing.
class metrics_port {
 public:
    metrics_port() = default;
    metrics_port(const metrics_port&) = delete;
    metrics_port& operator=(const metrics_port&) = delete;
    virtual ~metrics_port() = default;

    /// Of the metrics that the rollout of a route watches. A rollout that does not ask any more
    /// needs none.
    /// @param running  the rollout's own time
    [[nodiscard]] virtual std::vector<rollout::metric_reading> readings(
        std::string_view route,
        const rollout::params& params,
        rollout::milliseconds running,
        time_point now
    ) = 0;
};

/// A decision as it is kept: what was decided, on what, and what changed.
struct decision_record {
    std::string route;
    journal::rollout_id rollout;
    std::string time;             ///< wall clock, RFC 3339
    rollout::milliseconds at{0};  ///< the rollout's own time
    rollout::decision decision;
    std::string who;  ///< of a command; empty: the controller
    std::string why;  ///< as they said
    rollout::assessment evidence;
    rollout::state before;
    rollout::state after;
};

/// What a rollout knew before the first input of a commit: a replay may begin there.
struct starting_point {
    bool resumed = false;              ///< by an earlier process; else the rollout is new
    rollout::milliseconds missing{0};  ///< of wall clock between its last commit and now
    rollout::experiment::memory memory;
};

/// Everything that a commit holds.
struct rollout_commit {
    std::string route;
    journal::rollout_id rollout;
    rollout::milliseconds at{0};
    std::string config_hash;
    rollout::milliseconds total_timeout{0};
    std::string artifacts;  ///< of the candidates, as rollout_setup has them
    rollout::params params;
    std::optional<starting_point> start;  ///< in the first commit of a process
    rollout::experiment::memory memory;   ///< behind the inputs
    bool proposal = false;  ///< the memory is in force once this is on disk, not before
    bool closed = false;    ///< the file has no such rollout any more: nothing comes behind this
    std::string why_closed{};
    std::uint64_t inputs_lost = 0;       ///< that should stand before these
    std::vector<rollout::input> inputs;  ///< since the last commit
    std::vector<std::string> units;  ///< of a sticky route, what changed since; of unit_collector
    std::vector<decision_record> decisions;
    std::optional<routing::route_state> weights;  ///< that these decisions put in force
    std::string label_progress;  ///< of label_port::progress(); empty: no labels are counted
};

/// The durable record. Thread: the driver's; commits happen on a thread of their own.
class journal_port {
 public:
    journal_port() = default;
    journal_port(const journal_port&) = delete;
    journal_port& operator=(const journal_port&) = delete;
    virtual ~journal_port() = default;

    /// A number for a new rollout, never used before.
    [[nodiscard]] virtual journal::rollout_id next_id() = 0;

    /// `done(error text or empty)` is called once, on any thread.
    virtual void commit(rollout_commit what, std::function<void(std::string)> done) = 0;

    /// A rollout that an earlier process left open does not go on.
    virtual void abandon(journal::rollout_id rollout, std::string why) = 0;

    /// Marks that a candidate was taken out, where a full disk cannot lose it; a commit of the same
    /// rollout that succeeds takes the mark away.
    virtual void mark_rollback(journal::rollback_mark mark) = 0;
};

}  // namespace millrace::control
