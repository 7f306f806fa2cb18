#pragma once

#include "proxy/control/ports.hpp"
#include "proxy/journal/params.hpp"
#include "proxy/journal/records.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace millrace::app {

/// Kinds of checkpoints: why a rollout's memory stands at a place in its inputs.
namespace checkpoint_kind {
inline constexpr char begun[] = "begun";              ///< the rollout is new
inline constexpr char resumed[] = "resumed";          ///< a process went on with it
inline constexpr char periodic[] = "periodic";        ///< so that what is older may leave
inline constexpr char after_loss[] = "after a loss";  ///< inputs before it never reached the disk
}  // namespace checkpoint_kind

/// Turns what the controller commits into batches, gives inputs their numbers, sets checkpoints,
/// and sends again what could not be written. Lifetime: the writer's. Thread: the writer's, after
/// which whoever made it must not touch it.
class commit_renderer {
 public:
    /// What the database holds.
    struct known {
        journal::route_states weights;
        std::map<std::int64_t, std::uint64_t> next_inputs;           ///< by rollout
        std::map<std::int64_t, journal::rollout_row> open_rollouts;  ///< by rollout
    };

    commit_renderer(const journal::params& chosen, known from);

    [[nodiscard]] journal::batch render(const control::rollout_commit& what);

    /// Weights that somebody sets.
    [[nodiscard]] journal::batch render(const journal::route_states& set);

    /// That a rollout of an earlier process does not go on; empty when it is not known.
    [[nodiscard]] journal::batch render_abandoned(journal::rollout_id rollout, std::string why);

    /// The batch of a commit is not on disk: its inputs and decisions go out with the next one, but
    /// for the decisions of a proposal, which never held.
    void keep_unwritten(journal::rollout_id rollout, bool proposal, journal::batch batch);

    /// What weights the database should hold.
    [[nodiscard]] const journal::route_states& weights() const noexcept { return weights_; }

    /// Takes the weights that somebody set back: they are not on disk.
    void put_back(journal::route_states before) { weights_ = std::move(before); }

 private:
    struct progress {
        std::uint64_t next = 0;    ///< sequence of the next input
        std::uint64_t inputs = 0;  ///< since the last checkpoint
        std::uint64_t bytes = 0;   ///< likewise
        bool lost = false;         ///< inputs are missing: they are of no use before a checkpoint
    };

    void add_inputs(const control::rollout_commit& what, progress& at, journal::batch& to) const;
    void add_checkpoint(
        const control::rollout_commit& what,
        const journal::rollout_row& row,
        progress& at,
        journal::batch& to
    ) const;

    journal::params chosen_;
    journal::route_states weights_;
    std::map<std::int64_t, progress> progress_;                   // by rollout
    std::map<std::int64_t, journal::rollout_row> open_rollouts_;  // of earlier processes
    std::map<std::int64_t, journal::batch> unwritten_;            // by rollout
    std::string build_;
    std::string processor_;
};

}  // namespace millrace::app
