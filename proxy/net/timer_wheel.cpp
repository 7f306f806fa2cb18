#include "proxy/net/timer_wheel.hpp"

#include <algorithm>

namespace millrace::net {

void timer_node::unlink() noexcept {
    if (next_ == nullptr) {
        return;
    }
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = nullptr;
    next_ = nullptr;
}

timer_wheel::list_head::list_head() noexcept {
    timer_wheel::link(*this, *this);
}

void timer_wheel::link(timer_node& head, timer_node& node) noexcept {
    if (&head == &node) {
        head.previous_ = &head;
        head.next_ = &head;
        return;
    }
    node.previous_ = head.previous_;
    node.next_ = &head;
    head.previous_->next_ = &node;
    head.previous_ = &node;
}

timer_wheel::timer_wheel(time_point now) noexcept : start_{now}, next_advance_{now + tick} {}

void timer_wheel::watch(timer_node& node, time_point deadline) noexcept {
    if (deadline == no_deadline) {
        return;
    }
    // Rounded up, and never the tick that is being served now: a deadline must not fire early.
    auto const ticks =
        static_cast<std::size_t>(std::max<duration::rep>((deadline - start_) / tick, 0)) + 1;
    auto const wanted = std::clamp(ticks, current_tick_ + 1, current_tick_ + slot_count - 1);
    if (node.next_ != nullptr) {
        if (node.tick_ <= wanted) {
            return;
        }
        node.unlink();
    }
    node.tick_ = wanted;
    link(slots_[wanted % slot_count], node);
}

void timer_wheel::advance(time_point now) {
    while (next_advance_ <= now) {
        ++current_tick_;
        auto& head = slots_[current_tick_ % slot_count];
        while (head.next_ != &head) {
            auto& node = *head.next_;
            node.unlink();
            watch(node, node.on_timer(now));
        }
        next_advance_ = start_ + tick * static_cast<duration::rep>(current_tick_ + 1);
    }
}

}  // namespace millrace::net
