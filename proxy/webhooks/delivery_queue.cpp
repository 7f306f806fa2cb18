#include "proxy/webhooks/delivery_queue.hpp"

#include <algorithm>
#include <utility>

namespace millrace::webhooks {

bool delivery_queue::add(delivery what, time_point due) {
    if (entries_.size() >= deliveries_max) {
        return false;
    }
    entries_.push_back({std::move(what), due});
    return true;
}

std::deque<delivery_queue::entry>::const_iterator delivery_queue::first() const {
    return std::min_element(entries_.begin(), entries_.end(), [](auto const& a, auto const& b) {
        return a.due < b.due;
    });
}

std::optional<time_point> delivery_queue::next_due() const {
    return entries_.empty() ? std::nullopt : std::optional{first()->due};
}

std::optional<delivery> delivery_queue::take(time_point now) {
    auto const found = first();
    if (found == entries_.end() || found->due > now) {
        return std::nullopt;
    }
    auto taken = found->what;
    entries_.erase(found);
    return taken;
}

std::deque<delivery> delivery_queue::take_all() {
    std::deque<delivery> all;
    for (auto& each : entries_) {
        all.push_back(std::move(each.what));
    }
    entries_.clear();
    return all;
}

}  // namespace millrace::webhooks
