#pragma once

#include "proxy/rollout/assessment.hpp"
#include "proxy/rollout/checkpoint.hpp"
#include "proxy/rollout/outcome.hpp"
#include "proxy/rollout/params.hpp"
#include "proxy/rollout/plan.hpp"
#include "proxy/rollout/state.hpp"
#include "proxy/rollout/step.hpp"
#include "proxy/rollout/trial.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::rollout {

/// What an experiment is told at one tick of its driver: everything that its next decision may
/// depend on. A list of inputs is the whole story: fed in again, it gives the same decisions, bit
/// for bit.
struct input {
    milliseconds now{0};                    ///< the rollout's own time, never less than before
    std::vector<outcome_tick> ticks;        ///< by outcome in the order of assignment
    std::vector<unit_tick> units{};         ///< likewise
    std::vector<mirrored_tick> mirrored{};  ///< in the order of the requests
    std::vector<command> commands;
    /// The weights that were decided last are in force since this epoch.
    std::optional<std::uint32_t> epoch;
    /// What became of the proposal: recorded, or not to be recorded now.
    std::optional<bool> committed;
    /// Of every custom metric, whenever one of them changed; empty: as before.
    std::vector<metric_reading> readings = {};
    /// What webhooks have to confirm, as the file says now.
    checkpoints to_confirm{};

    friend bool operator==(const input&, const input&) = default;
};

/// What came of an input.
struct output {
    std::vector<decision> decisions;
    assessment evidence;  ///< that they were made on
    state before;
    bool shares_changed = false;  ///< the driver puts new weights in force, then says the epoch
    bool proposed = false;  ///< the decisions give more: they hold once input.committed says so
};

/// A rollout as one value: what it looks for, what it knows, and where it stands. Pure: advance()
/// is the only thing that happens to it. Lifetime: a value. Thread: control, or a simulation's.
///
///   experiment running{params, total_timeout};
///   auto out = running.advance({.now = now, .ticks = ticks});
class experiment {
 public:
    /// Everything that has to be stored besides the params.
    struct memory {
        rollout::state state;
        std::vector<trial> trials;       ///< by candidate
        std::uint32_t step_epoch = 0;    ///< the first epoch of the present step
        stats::slo_breach::state route;  ///< of the route guard; of one that there is not: unused
        std::vector<metric_reading> readings;  ///< the newest, of custom metrics
    };

    /// When what gives a candidate more takes effect: at once, or when it was recorded.
    enum class commitment : std::uint8_t { at_once, when_recorded };

    experiment(
        rollout::params chosen, milliseconds total_timeout, commitment commits = commitment::at_once
    );

    /// @param seen  of the same params (asserted by its shape)
    void restore(memory seen);

    [[nodiscard]] output advance(const input& told);

    /// The evidence as it stands, without entering anything.
    [[nodiscard]] assessment evidence() const;

    [[nodiscard]] const rollout::params& chosen() const noexcept { return params_; }

    [[nodiscard]] const rollout::plan& planned() const noexcept { return plan_; }

    [[nodiscard]] const rollout::state& now() const noexcept { return memory_.state; }

    [[nodiscard]] const memory& remembered() const noexcept { return memory_; }

    [[nodiscard]] bool has_proposal() const noexcept { return proposed_.has_value(); }

    /// What will be remembered once the proposal is recorded; nothing without one.
    [[nodiscard]] std::optional<memory> proposal() const;

 private:
    void enter_evidence(const input& told);
    template <class Tick>
    void enter_for_candidates(const Tick& seen);
    void watch_route(const std::vector<outcome_tick>& ticks);
    void take(step_result stepped, output& made);
    void settle_proposal(bool committed, output& made);

    rollout::params params_;
    rollout::plan plan_;
    thresholds thresholds_;
    commitment commitment_;
    memory memory_;
    std::optional<rollout::state> proposed_;
};

}  // namespace millrace::rollout
