#pragma once

#include "proxy/control/rollout_runner.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace millrace::control {

/// What became of a command.
enum class command_answer : std::uint8_t {
    taken,       ///< it is obeyed at the next tick
    no_rollout,  ///< the route has none
    ended        ///< the rollout has come to its end
};

/// Who takes part besides; null: nobody.
struct rollout_listeners {
    hook_port* hooks = nullptr;    ///< hears of decisions and confirms them
    label_port* labels = nullptr;  ///< counts labels
};

/// The thread that decides about weights: every period it gives each rollout one tick. It does no
/// disk, network or YAML work, so nothing of that can hold a rollback up. Lifetime: the gateway's;
/// stop() before what the ports need is gone. Thread: members may be called from any thread.
///
///   rollout_driver driver{weights, journal, 250ms};  driver.configure(setups);  driver.start();
class rollout_driver {
 public:
    /// @param journal  null: rollouts are kept in memory only
    rollout_driver(
        weights_port& weights, journal_port* journal, duration pace, rollout_listeners others = {}
    );
    ~rollout_driver();
    rollout_driver(const rollout_driver&) = delete;
    rollout_driver& operator=(const rollout_driver&) = delete;

    /// Where the values of custom metrics come from; before start().
    void read_metrics_from(metrics_port& metrics) { metrics_ = &metrics; }

    /// What was running when the process before ended, and every rollout that there was; before the
    /// first configure().
    void restore(
        std::map<std::string, kept_rollout, std::less<>> kept, std::vector<past_rollout> past
    );

    /// The rollouts of the file. One that is there already goes on; one whose setup changed is
    /// closed, and begins anew as the next attempt; one that is gone is closed and leaves its
    /// weights as they are.
    void configure(std::vector<rollout_setup> setups);

    void start();
    void stop();

    [[nodiscard]] command_answer command(std::string_view route, given_command command);

    /// By name of the route; of rollouts that ended, too, until the file says something else.
    [[nodiscard]] std::vector<std::shared_ptr<const rollout_view>> views() const;
    [[nodiscard]] std::shared_ptr<const rollout_view> view(std::string_view route) const;

 private:
    void run();
    void tick(time_point now, bool all);
    void run_jobs(std::unique_lock<std::mutex>& lock);
    void configure_here(const std::vector<rollout_setup>& setups);
    void close_those_without(const std::vector<rollout_setup>& setups);
    [[nodiscard]] std::unique_ptr<rollout_runner> make_runner(rollout_setup setup);
    [[nodiscard]] journal::rollout_id new_id();
    void show_views();
    void post(std::function<void()> job);

    weights_port& weights_;
    journal_port* journal_;
    duration pace_;
    metrics_port* metrics_ = nullptr;
    rollout_listeners others_;

    // The driver's thread only.
    std::map<std::string, std::unique_ptr<rollout_runner>, std::less<>> runners_;
    std::map<std::string, kept_rollout, std::less<>> kept_;
    attempts attempts_;
    std::int64_t last_id_ = 0;  // without a journal

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::function<void()>> jobs_;
    std::map<std::string, std::shared_ptr<const rollout_view>, std::less<>> views_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace millrace::control
