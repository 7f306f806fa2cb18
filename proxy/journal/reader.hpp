#pragma once

#include "proxy/journal/connection.hpp"
#include "proxy/journal/records.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::journal {

/// Reads the journal of a gateway that runs, has stopped or was killed, and changes nothing: for
/// `millrace explain` and `millrace replay`, and for a start on a disk that cannot be written. It
/// never holds a gateway up: each call reads what is committed by then, in short steps.
/// Each function gives an error text for people in `error`, or makes it empty.
/// Lifetime: any. Thread: one at a time. Calls wait for the disk.
///
///   std::string error;  auto journal = journal::reader::open("/var/lib/millrace", error);
class reader {
 public:
    /// Null with a text in `error` when there is no journal, it is damaged, or not of the version
    /// of this millrace.
    [[nodiscard]] static std::unique_ptr<reader> open(
        const std::string& directory, std::string& error
    );

    /// Reads the whole file and looks whether its parts fit together. An error text, or empty.
    [[nodiscard]] std::string check() const;

    [[nodiscard]] journal::route_states route_states(std::string& error) const;

    /// The newest rollouts first, at most `rows_max`, each without its memory.
    /// @param route  empty: of every route
    [[nodiscard]] std::vector<rollout_row> rollouts(
        std::string_view route, std::size_t rows_max, std::string& error
    ) const;

    /// Those that have not ended, oldest first, with their memory.
    [[nodiscard]] std::vector<rollout_row> open_rollouts(std::string& error) const;

    /// Nothing: there is no such rollout.
    [[nodiscard]] std::optional<rollout_row> rollout(rollout_id id, std::string& error) const;

    /// One page of a rollout's decisions in the order in which they were made.
    /// @param after     id of the last one of the page before; 0: from the first on
    /// @param rows_max  size of a page, > 0
    [[nodiscard]] std::vector<decision_row> decisions(
        rollout_id rollout, std::int64_t after, std::size_t rows_max, std::string& error
    ) const;

    /// One page of a rollout's checkpoints in the order of their sequence.
    /// @param first     the least sequence that is given out
    /// @param rows_max  size of a page, > 0
    [[nodiscard]] std::vector<checkpoint_row> checkpoints(
        rollout_id rollout, std::uint64_t first, std::size_t rows_max, std::string& error
    ) const;

    /// Gives out the inputs of a rollout in the order of their sequence, until `take` returns false
    /// or there are no more. Old ones are gone, and while they go the first ones are missing: look
    /// at the sequence. @return an error text, or empty
    [[nodiscard]] std::string inputs(
        rollout_id rollout, const std::function<bool(const input_row&)>& take
    ) const;

    /// What was written about the units of a rollout that goes on, in order.
    [[nodiscard]] std::vector<std::string> units(rollout_id rollout, std::string& error) const;

 private:
    explicit reader(connection opened);

    connection connection_;
};

}  // namespace millrace::journal
