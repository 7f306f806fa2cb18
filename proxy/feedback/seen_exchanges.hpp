#pragma once

#include "proxy/server/ids.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>

namespace millrace::feedback {

/// Which exchanges have their label: a bit for each (incarnation, worker, sequence), in blocks that
/// are made when the first label of theirs comes. Bounded: when a new block finds no room the
/// oldest one goes, and everything as old as it counts as forgotten from then on, never as fresh.
/// Lifetime: a value. Thread: one at a time. Cost: a map look-up, 4 KiB per block.
class seen_exchanges {
 public:
    enum class mark : std::uint8_t {
        fresh,     ///< not seen before; it is now
        seen,      ///< before
        forgotten  ///< nobody can say any more
    };

    static constexpr std::uint64_t block_exchanges = 32'768;

    /// @param blocks_max  > 0
    explicit seen_exchanges(std::size_t blocks_max);

    [[nodiscard]] mark see(const server::exchange_id& id);

    /// As if see() had not been called.
    void unsee(const server::exchange_id& id);

    /// Forgets the blocks that hold nothing of answers from `assigned` (Unix seconds) on.
    void forget_before(std::uint32_t assigned);

    [[nodiscard]] std::size_t blocks() const noexcept { return order_.size(); }

 private:
    struct source {
        std::uint32_t incarnation = 0;
        std::uint16_t worker = 0;

        friend auto operator<=>(const source&, const source&) = default;
    };

    struct block {
        std::bitset<block_exchanges> bits;
        std::uint32_t newest = 0;  ///< Unix seconds of assignment
    };

    struct blocks_of_source {
        std::map<std::uint64_t, std::unique_ptr<block>> blocks;  // by number
        std::uint64_t forgotten = 0;                             // blocks below this number
    };

    void forget_oldest();

    std::size_t const blocks_max_;
    std::map<source, blocks_of_source> sources_;
    std::deque<std::pair<source, std::uint64_t>> order_;  // in which the blocks were made
};

}  // namespace millrace::feedback
