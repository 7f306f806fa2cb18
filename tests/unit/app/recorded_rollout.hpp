#pragma once

#include "proxy/app/commit_renderer.hpp"
#include "proxy/control/ports.hpp"
#include "proxy/journal/params.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::app {

/// A rollout that is played without a gateway and recorded as one would: a tick of inputs, a
/// commit. Lifetime: a test's. Thread: one.
class recorded_rollout {
 public:
    /// @param chosen  what the record keeps
    explicit recorded_rollout(const std::string& directory, journal::params chosen = {});
    ~recorded_rollout();

    /// Some periods in which a hundred requests went to each arm.
    /// @param failures  of the candidate's hundred
    void play(int periods, std::uint64_t failures);

    /// The process dies and another one goes on from what was committed.
    /// @param marked  the candidate was taken out in between
    void kill_and_resume(bool marked = false);

    /// The next commit lacks what came before it.
    void lose_inputs(std::uint64_t count);

    /// A proposal that the disk refuses.
    void refuse_next_proposal() { refuses_ = true; }

    [[nodiscard]] const rollout::state& state() const;

    /// Runs SQL on the file, which nobody has open then.
    void tamper(const std::string& sql);

 private:
    struct open_parts;

    void open();
    void tick(std::uint64_t failures);
    [[nodiscard]] bool commit(const rollout::experiment::memory& memory, bool proposal);
    [[nodiscard]] rollout::input next_input(std::uint64_t failures);

    std::string directory_;
    journal::params chosen_;
    std::unique_ptr<open_parts> parts_;
    std::unique_ptr<rollout::experiment> running_;
    control::rollout_commit next_;
    std::optional<bool> committed_;
    std::optional<std::uint32_t> epoch_;
    std::uint32_t epoch_in_force_ = 1;
    std::uint64_t tick_ = 0;
    bool refuses_ = false;
};

/// Of `candidate` on route `risk`, judged by its errors.
[[nodiscard]] rollout::params recorded_params();

}  // namespace millrace::app
