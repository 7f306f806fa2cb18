#include "proxy/webhooks/courier.hpp"

#include "proxy/base/log.hpp"
#include "proxy/webhooks/backoff.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace millrace::webhooks {

namespace {

namespace asio = boost::asio;

constexpr auto nothrow = asio::as_tuple(asio::use_awaitable);
constexpr unsigned gone = 410;

/// Uniform in [0, 1).
double draw() {
    std::uint32_t bits = 0;
    (void)RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits);
    return static_cast<double>(bits) / 4294967296.0;
}

}  // namespace

courier::courier(receiver to, const parts& with)
    : to_{std::move(to)},
      outbox_{with.outbox},
      dead_letters_{with.dead_letters},
      wake_{with.executor} {
    status_.name = to_.webhook->name;
    status_.authority = to_.webhook->target.authority;
}

asio::awaitable<void> courier::run(std::shared_ptr<courier> self) {
    while (!self->retired_) {
        auto next = self->queue_.take(clock::now());
        if (!next) {
            self->wake_.expires_at(self->queue_.next_due().value_or(time_point::max()));
            co_await self->wake_.async_wait(nothrow);
            continue;
        }
        auto const to = self->to_;
        auto const answer = co_await send(to, next->event);
        self->settle(std::move(*next), answer);
    }
}

void courier::add(event what) {
    if (outbox_ != nullptr) {
        outbox_->keep(
            {.queued = {{{to_.webhook->name, what.id}, to_text(what)}},
             .settled = {},
             .dead = {},
             .resent = {}}
        );
    }
    add_kept(std::move(what));
}

void courier::add_kept(event what) {
    queue({std::move(what), 0, {}}, clock::now());
}

void courier::queue(delivery what, time_point due) {
    if (retired_) {
        bury(what, "the webhook is not in the file any more");
    } else if (auto const kept = what; !queue_.add(std::move(what), due)) {
        bury(kept, fmt::format("{} events wait already", delivery_queue::deliveries_max));
    }
    wake_.cancel();
    std::lock_guard const lock{mutex_};
    status_.queued = queue_.size();
}

void courier::settle(delivery what, const post_result& answer) {
    note(answer);
    auto const& webhook = *to_.webhook;
    if (answer.good()) {
        if (outbox_ != nullptr) {
            outbox_->keep(
                {.queued = {}, .settled = {{webhook.name, what.event.id}}, .dead = {}, .resent = {}}
            );
        }
        return;
    }
    ++what.attempts;
    what.error = answer.text();
    if (what.attempts >= webhook.attempts || answer.status == gone) {
        bury(what, fmt::format("{} attempts, the last: {}", what.attempts, what.error));
        return;
    }
    auto pause = pause_after(what.attempts, draw(), {webhook.retry_delay, webhook.retry_delay_max});
    if (auto const asked = retry_after(answer.retry_after, std::time(nullptr))) {
        pause = std::max<std::chrono::milliseconds>(pause, *asked);
    }
    queue(std::move(what), clock::now() + pause);
}

void courier::bury(const delivery& what, const std::string& reason) {
    dead_letters_.add(to_.webhook->name, what, reason);
    std::lock_guard const lock{mutex_};
    ++status_.dead_letters;
}

void courier::note(const post_result& answer) {
    if (!answer.good()) {
        log::warning("webhook '{}': {}", to_.webhook->name, answer.text());
    }
    std::lock_guard const lock{mutex_};
    ++(answer.good() ? status_.delivered : status_.failed_attempts);
    status_.last_error = answer.good() ? std::string{} : answer.text();
    status_.queued = queue_.size();
}

void courier::set_receiver(receiver to) {
    to_ = std::move(to);
    std::lock_guard const lock{mutex_};
    status_.authority = to_.webhook->target.authority;
}

void courier::retire() {
    retired_ = true;
    for (auto const& each : queue_.take_all()) {
        bury(each, "the webhook is not in the file any more");
    }
    wake_.cancel();
}

webhook_status courier::status() const {
    std::lock_guard const lock{mutex_};
    return status_;
}

}  // namespace millrace::webhooks
