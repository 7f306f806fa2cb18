#pragma once

#include "proxy/metrics/counter.hpp"
#include "proxy/payload/json_value_scanner.hpp"
#include "proxy/server/ids.hpp"

#include <boost/lockfree/spsc_queue.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace millrace::server {

/// One thing that an answer said about itself.
struct answer_note {
    enum class kind : std::uint8_t { label, score, prediction };

    exchange_id of;
    kind says = kind::label;
    bool is_json = false;  ///< of a body; else a field's value
    std::uint16_t bytes = 0;
    std::array<char, payload::json_value_scanner::value_bytes_max> chars{};

    [[nodiscard]] std::string_view text() const noexcept { return {chars.data(), bytes}; }
};

/// What one worker tells those who count labels: notes from answers, through a bounded ring, and
/// which exchanges have ended. Lifetime: outlives the worker. Thread: one writer, the worker; one
/// reader. No lock, no allocation.
class label_outlet {
 public:
    static constexpr std::size_t notes_max = 4'096;
    /// Exchanges whose end is told; older ones count as ended.
    static constexpr std::uint64_t exchanges_kept = std::uint64_t{1} << 20U;

    label_outlet();

    // The worker.

    /// An exchange's id goes out. @param sequence  the worker's next one
    void begin(std::uint64_t sequence) noexcept;
    void end(std::uint64_t sequence) noexcept;

    /// Drops the note, and counts it, when nobody reads fast enough.
    void push(const answer_note& note) noexcept;

    /// Something was asked of an answer, and it was not there.
    void missing() noexcept { missing_.add(); }

    // The reader.

    [[nodiscard]] bool pop(answer_note& note) noexcept { return notes_.pop(note); }

    [[nodiscard]] bool has_ended(std::uint64_t sequence) const noexcept;

    // Any thread.

    [[nodiscard]] std::uint64_t notes_dropped() const noexcept { return dropped_.value(); }

    [[nodiscard]] std::uint64_t notes_missing() const noexcept { return missing_.value(); }

 private:
    static constexpr std::uint64_t word_bits = 64;

    [[nodiscard]] std::atomic<std::uint64_t>& word_of(std::uint64_t sequence) const noexcept {
        return ended_[sequence % exchanges_kept / word_bits];
    }

    boost::lockfree::spsc_queue<answer_note> notes_;
    std::unique_ptr<std::atomic<std::uint64_t>[]> ended_;  // bits by sequence
    std::atomic<std::uint64_t> begun_{0};                  // how many sequences went out
    metrics::counter dropped_;
    metrics::counter missing_;
};

/// By worker.
using label_outlets = std::vector<std::unique_ptr<label_outlet>>;

}  // namespace millrace::server
