#pragma once

#include "proxy/control/evidence_collector.hpp"
#include "proxy/control/ports.hpp"
#include "proxy/rollout/experiment.hpp"
#include "proxy/stats/histogram_counts.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::control {

/// What the file says about a route's rollout.
struct rollout_setup {
    std::string route;
    rollout::params params;
    rollout::milliseconds total_timeout{60'000};
    std::string config_hash;  ///< of everything above: another hash is another rollout

    friend bool operator==(const rollout_setup&, const rollout_setup&) = default;
};

/// A command with who gave it and why.
struct given_command {
    rollout::command what = rollout::command::pause;
    std::string who;
    std::string why;
};

/// A rollout as others see it; replaced as a whole at every tick.
struct rollout_view {
    rollout_setup setup;
    journal::rollout_id rollout;
    rollout::state state;
    rollout::assessment evidence;
    std::vector<decision_record> decisions;  ///< the newest, in order of time
    std::string trouble;  ///< why nothing is decided though something could be; empty: none
    std::uint64_t ticks_lost = 0;
};

/// A rollout that an earlier process committed.
struct kept_rollout {
    journal::rollout_id rollout;
    std::string config_hash;
    std::string memory;  ///< of rollout::to_bytes
    rollout::milliseconds at{0};
    bool ended = false;
    std::vector<std::string> marked;  ///< candidates that were taken out after the commit
};

/// One rollout at work: reads evidence, lets the experiment decide, and puts its decisions in
/// force. More weight is recorded first and takes effect then; a rollback takes effect first and is
/// recorded then. Lifetime: from the start of a rollout to its replacement. Thread: the driver's.
class rollout_runner {
 public:
    /// Runs `job` later on the driver's thread; may be called from any thread.
    using post = std::function<void(std::function<void()> job)>;

    struct parts {
        weights_port& weights;
        journal_port* journal = nullptr;  ///< null: kept in memory only
        post on_driver;
        duration pace{};  ///< the length of the shortest tick
    };

    rollout_runner(rollout_setup setup, journal::rollout_id rollout, parts with);
    ~rollout_runner();
    rollout_runner(const rollout_runner&) = delete;
    rollout_runner& operator=(const rollout_runner&) = delete;

    /// Goes on from what was committed last, without the candidates that were marked since. False:
    /// the memory cannot be read; nothing changed.
    [[nodiscard]] bool resume(const kept_rollout& kept);

    /// One period of the loop.
    void tick(time_point now);

    void give(given_command command);

    [[nodiscard]] const rollout_setup& setup() const noexcept { return setup_; }

    [[nodiscard]] std::shared_ptr<const rollout_view> view() const;

    [[nodiscard]] bool ended() const noexcept { return experiment_.now().ended(); }

    [[nodiscard]] bool paused() const noexcept { return experiment_.now().paused; }

 private:
    /// Places among the refs: the primary, then the candidates.
    using arms = std::vector<std::size_t>;

    [[nodiscard]] std::optional<arms> find_arms(const routing::route_state& of) const;
    [[nodiscard]] std::vector<given_command> take_commands();
    void act_on(const rollout::output& came, const std::vector<given_command>& commands);
    void propose(const rollout::output& came, const std::vector<given_command>& commands);
    void put_in_force();
    void mark_taken_out(std::uint32_t epoch);
    void begin_epoch(const routing::route_state& next);
    void learn_baselines();
    [[nodiscard]] bool waits_for_baseline() const;
    void watch_weights(time_point now);
    [[nodiscard]] std::vector<decision_record> records_of(
        const rollout::output& came,
        const std::vector<given_command>& commands,
        const rollout::state& after
    ) const;
    void remember(std::vector<decision_record> made);
    void commit(rollout::experiment::memory memory, std::function<void(std::string)> done);
    void commit_sometimes(time_point now);
    [[nodiscard]] std::function<void(std::string)> later(std::function<void(std::string)> then);

    rollout_setup setup_;
    journal::rollout_id rollout_;
    parts with_;
    rollout::experiment experiment_;
    evidence_collector collector_;
    std::vector<rollout::baseline> baselines_;  // by guardrail
    stats::histogram_counts latency_before_;    // the primary's, when the epoch began
    stats::histogram_counts first_byte_before_;
    std::optional<routing::route_state> published_;  // by this rollout, last
    bool displaced_ = false;                         // weights of somebody else are in force
    time_point last_look_{};
    std::optional<time_point> began_;
    rollout::milliseconds resumed_at_{0};
    rollout::milliseconds now_{0};
    std::optional<std::uint32_t> epoch_in_force_;  // not told yet
    std::optional<bool> committed_;                // not told yet
    bool proposing_ = false;
    std::vector<given_command> commands_;
    std::vector<rollout::input> inputs_;      // since the last commit
    std::vector<decision_record> to_commit_;  // likewise
    std::optional<routing::route_state> weights_to_commit_;
    std::deque<decision_record> recent_;
    bool commit_pending_ = false;
    time_point last_commit_{};
    std::string trouble_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace millrace::control
