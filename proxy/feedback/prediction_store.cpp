#include "proxy/feedback/prediction_store.hpp"

#include "proxy/base/assert.hpp"

#include <utility>

namespace millrace::feedback {

namespace {

/// Of this process, which alone remembers predictions: an id holds 48 bits of the sequence.
std::uint64_t key_of(const server::exchange_id& id) {
    return std::uint64_t{id.worker} << 48U | id.sequence;
}

}  // namespace

prediction_store::prediction_store(std::size_t predictions_max)
    : predictions_max_{predictions_max} {
    MILLRACE_ASSERT(predictions_max > 0);
}

std::size_t prediction_store::remember(const server::exchange_id& of, prediction said) {
    bool const is_new = predictions_.try_emplace(key_of(of), std::move(said)).second;
    if (!is_new) {
        return 0;
    }
    order_.push_back({key_of(of), of.unix_seconds});
    if (order_.size() <= predictions_max_) {
        return 0;
    }
    forget_oldest();
    return 1;
}

const prediction_store::prediction* prediction_store::find(const server::exchange_id& of) const {
    auto const found = predictions_.find(key_of(of));
    return found == predictions_.end() ? nullptr : &found->second;
}

void prediction_store::forget_before(std::uint32_t assigned) {
    while (!order_.empty() && order_.front().assigned < assigned) {
        forget_oldest();
    }
}

void prediction_store::forget_oldest() {
    predictions_.erase(order_.front().key);
    order_.pop_front();
}

}  // namespace millrace::feedback
