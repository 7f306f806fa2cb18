#pragma once

#include "proxy/control/attempts.hpp"
#include "proxy/control/confirmation_desk.hpp"
#include "proxy/control/decision_announcer.hpp"
#include "proxy/control/evidence_collector.hpp"
#include "proxy/control/hook_port.hpp"
#include "proxy/control/label_port.hpp"
#include "proxy/control/ports.hpp"
#include "proxy/control/unit_collector.hpp"
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
    /// What the candidates are: name and what it stands for now, with blanks between them. The same
    /// name with another address is another artifact.
    std::string artifacts;
    std::string config_hash;  ///< of everything above: another hash is another rollout

    friend bool operator==(const rollout_setup&, const rollout_setup&) = default;
};

/// How old outcomes of whole requests may get: the route's total timeout, a minute without one.
[[nodiscard]] rollout::milliseconds age_limit(rollout::milliseconds total_timeout);

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
    /// Those of earlier processes before them, as the record tells them; null: none.
    std::shared_ptr<const std::vector<std::string>> earlier;
    std::string trouble;  ///< why nothing is decided though something could be; empty: none
    std::uint64_t ticks_lost = 0;
    std::uint64_t units_known = 0;  ///< of a sticky route
    std::uint64_t units_lost = 0;   ///< whose outcome a restart took
    std::string waiting_for{};      ///< whose confirmation; empty: nobody's
};

/// A rollout that an earlier process committed.
struct kept_rollout {
    journal::rollout_id rollout;
    std::string config_hash;
    std::string memory;  ///< of rollout::to_bytes
    rollout::milliseconds at{0};
    bool ended = false;
    std::vector<std::string> marked;      ///< candidates that were taken out after the commit
    std::vector<std::string> units = {};  ///< rollout_commit::units of all commits, in order
    std::uint32_t attempt = 1;
    bool proposed = false;                 ///< what the memory decides was not in force yet
    rollout::milliseconds missing{0};      ///< of wall clock since the commit
    std::vector<std::string> decisions{};  ///< the newest, as the record tells them to people
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
        duration pace{};                  ///< the length of the shortest tick
        label_port* labels = nullptr;     ///< null: nobody counts labels
        hook_port* hooks = nullptr;       ///< null: nobody is told or asked
        metrics_port* metrics = nullptr;  ///< null: custom metrics have no values
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

    /// True when a proposal was just recorded: a tick now puts it in force, the next one later.
    [[nodiscard]] bool is_answered() const noexcept { return committed_.value_or(false); }

    /// Commits what is not on disk yet: the process ends.
    void finish();

    /// As finish(), and records that nothing comes behind it: the file has no such rollout any
    /// more.
    void close(std::string why);

    [[nodiscard]] const rollout_setup& setup() const noexcept { return setup_; }

    [[nodiscard]] journal::rollout_id id() const noexcept { return rollout_; }

    [[nodiscard]] past_rollout as_past() const;

    [[nodiscard]] std::shared_ptr<const rollout_view> view() const;

    [[nodiscard]] bool ended() const noexcept { return experiment_.now().ended(); }

    [[nodiscard]] bool paused() const noexcept { return experiment_.now().paused; }

 private:
    /// Places among the refs: the primary, then the candidates.
    using arms = std::vector<std::size_t>;

    [[nodiscard]] std::optional<arms> find_arms(const routing::route_state& of) const;
    [[nodiscard]] std::vector<given_command> take_commands();
    [[nodiscard]] std::vector<rollout::metric_reading> changed_readings(time_point now);
    void act_on(rollout::output came, const std::vector<given_command>& commands);
    void propose(const rollout::output& came, const std::vector<given_command>& commands);
    void put_in_force();
    void finish_before(std::uint64_t of_units);
    void mark_taken_out(std::uint32_t epoch);
    void begin_epoch(const routing::route_state& next);
    void begin_labels(const routing::route_state& next, const arms& of);
    void read_labels(rollout::input& told);
    void learn_baselines();
    [[nodiscard]] bool waits_for_baseline() const;
    void watch_weights(time_point now);
    [[nodiscard]] bool is_ours(const routing::route_state& running) const;
    [[nodiscard]] routing::route_state state_to_leave(
        const routing::route_state& running, const arms& found
    );
    [[nodiscard]] std::vector<decision_record> records_of(
        const rollout::output& came,
        const std::vector<given_command>& commands,
        const rollout::state& after
    ) const;
    void remember(std::vector<decision_record> made);
    void show(decision_record made);
    void settle(
        const std::vector<decision_record>& made, std::uint64_t number, const std::string& error
    );
    void keep_input(rollout::input told);
    [[nodiscard]] rollout_commit commit_of(rollout::experiment::memory memory);
    [[nodiscard]] std::vector<std::string> take_unit_changes();
    void commit(rollout_commit what, std::function<void(std::string)> done);
    void commit_sometimes(time_point now);
    [[nodiscard]] std::function<void(std::string)> later(std::function<void(std::string)> then);
    void follow_confirmation();

    rollout_setup setup_;
    journal::rollout_id rollout_;
    parts with_;
    rollout::experiment experiment_;
    rollout::assessment evidence_;  // as last computed
    evidence_collector collector_;
    std::optional<unit_collector> units_;       // of a sticky route
    bool is_fresh_ = true;                      // none of its weights were in force yet
    std::vector<rollout::baseline> baselines_;  // by guardrail
    stats::histogram_counts latency_before_;    // the primary's, when the epoch began
    stats::histogram_counts first_byte_before_;
    std::optional<routing::route_state> published_;  // by this rollout, last
    bool displaced_ = false;                         // weights of somebody else are in force
    time_point last_look_{};
    std::optional<time_point> began_;
    rollout::milliseconds resumed_at_{0};
    rollout::milliseconds now_{0};
    std::optional<std::uint32_t> epoch_in_force_;    // not told yet
    std::optional<bool> committed_;                  // not told yet
    std::vector<rollout::metric_reading> readings_;  // told last
    std::uint64_t proposals_ = 0;                    // made so far: the number of the last one
    std::vector<given_command> commands_;
    std::optional<starting_point> start_;     // until it is committed
    std::optional<time_point> due_;           // when the evidence of the last decision was complete
    std::vector<rollout::input> inputs_;      // since the last commit
    std::uint64_t inputs_lost_ = 0;           // likewise
    std::vector<decision_record> to_commit_;  // likewise
    std::optional<routing::route_state> weights_to_commit_;
    std::deque<decision_record> recent_;
    std::shared_ptr<const std::vector<std::string>> earlier_;  // decisions of earlier processes
    bool commit_pending_ = false;
    time_point last_commit_{};
    std::string trouble_;
    decision_announcer announcer_{with_.hooks, setup_.params};
    confirmation_desk desk_{with_.hooks, with_.on_driver};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace millrace::control
