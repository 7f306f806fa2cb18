#include "proxy/server/label_outlet.hpp"

namespace millrace::server {

namespace {

constexpr std::uint64_t bit_of(std::uint64_t sequence) noexcept {
    return std::uint64_t{1} << sequence % 64U;
}

}  // namespace

label_outlet::label_outlet()
    : notes_{notes_max},
      ended_{std::make_unique<std::atomic<std::uint64_t>[]>(exchanges_kept / word_bits)} {}

void label_outlet::begin(std::uint64_t sequence) noexcept {
    auto& word = word_of(sequence);
    word.store(word.load(std::memory_order_relaxed) & ~bit_of(sequence), std::memory_order_relaxed);
    begun_.store(sequence + 1, std::memory_order_release);
}

void label_outlet::end(std::uint64_t sequence) noexcept {
    // Of a stream that is older than all that is kept, the bit is another exchange's by now.
    if (sequence + exchanges_kept < begun_.load(std::memory_order_relaxed)) {
        return;
    }
    auto& word = word_of(sequence);
    word.store(word.load(std::memory_order_relaxed) | bit_of(sequence), std::memory_order_release);
}

void label_outlet::push(const answer_note& note) noexcept {
    if (!notes_.push(note)) {
        dropped_.add();
    }
}

bool label_outlet::has_ended(std::uint64_t sequence) const noexcept {
    auto const begun = begun_.load(std::memory_order_acquire);
    if (sequence >= begun) {
        return false;
    }
    bool const is_kept = sequence + exchanges_kept >= begun;
    return !is_kept || (word_of(sequence).load(std::memory_order_acquire) & bit_of(sequence)) != 0;
}

}  // namespace millrace::server
