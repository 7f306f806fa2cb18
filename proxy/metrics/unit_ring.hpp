#pragma once

#include "proxy/base/clock.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace millrace::metrics {

/// Which units of a sticky route a rollout follows: those whose second hash is at most the
/// threshold, which only falls. Whatever has to be left out is left out by it: at random, never by
/// version, and for good, so that no unit comes back as a newcomer. Lifetime: the rollout's, shared
/// by the rings. Thread: any.
class unit_admission {
 public:
    /// @param salt  another one for each rollout
    explicit unit_admission(std::uint64_t salt) noexcept : salt_{salt} {}

    [[nodiscard]] std::uint64_t second_hash_of(std::uint64_t unit) const noexcept;

    [[nodiscard]] std::uint64_t salt() const noexcept { return salt_; }

    [[nodiscard]] std::uint64_t threshold() const noexcept {
        return threshold_.load(std::memory_order_relaxed);
    }

    /// A higher threshold than the present one changes nothing.
    void lower_to(std::uint64_t threshold) noexcept;

 private:
    std::uint64_t salt_;
    std::atomic<std::uint64_t> threshold_{~std::uint64_t{0}};
};

/// One of the two things that are told of a request on a sticky route.
struct unit_event {
    std::uint64_t unit = 0;  ///< its hash: the upper 16 bits are the point in the partition
    time_point assigned_at;
    std::uint16_t outcomes = 0;  ///< of an end: bit i is set when the event of rule i happened
    bool ended = false;          ///< false: it was assigned
    bool alone = false;          ///< it came without the key: a unit that does not come back

    friend bool operator==(const unit_event&, const unit_event&) = default;
};

/// What one worker tells the controller about the requests of units: a bounded queue that takes no
/// lock and allocates nothing after it was made. An end always finds room: begin() sets it aside.
/// While the reader is behind, fewer units are followed: half of them when half of the room is
/// taken, a quarter when three quarters are. Lifetime: of an epoch's evidence. Thread: begin() and
/// end() of one worker, drain() of one reader.
class unit_ring {
 public:
    static constexpr std::size_t events_default = 65'536;  // 1.5 MB

    /// @param events  a power of two, >= 4
    unit_ring(std::shared_ptr<unit_admission> admitted, std::size_t events);

    /// A request was assigned. False: it is not followed, and end() must not be called.
    [[nodiscard]] bool begin(const unit_event& assigned) noexcept;

    /// It ended; once per begin() that was true.
    void end(const unit_event& ended) noexcept;

    /// Moves what is there to the end of `into`, in the order in which it was told.
    void drain(std::vector<unit_event>& into);

 private:
    [[nodiscard]] std::uint64_t room() noexcept;
    void push(const unit_event& each) noexcept;

    std::shared_ptr<unit_admission> admitted_;
    std::vector<unit_event> events_;

    // The writer's. Counts of events, ever rising; the place is the count modulo the size.
    alignas(64) std::atomic<std::uint64_t> written_{0};
    std::uint64_t read_seen_ = 0;
    std::uint64_t open_ = 0;  // requests whose end will come

    alignas(64) std::atomic<std::uint64_t> read_{0};  // the reader's
};

}  // namespace millrace::metrics
