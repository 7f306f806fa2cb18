#include "proxy/webhooks/inquiry.hpp"

#include "proxy/base/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <utility>

namespace millrace::webhooks {

namespace {

namespace asio = boost::asio;

constexpr auto nothrow = asio::as_tuple(asio::use_awaitable);

}  // namespace

inquiry::inquiry(parts with, std::vector<std::string> asked)
    : with_{std::move(with)}, asked_{std::move(asked)} {
    for (auto const& each : asked_) {
        missing_.emplace(each, "");
    }
}

asio::awaitable<void> inquiry::run(std::shared_ptr<inquiry> self, std::string webhook) {
    auto const executor = co_await asio::this_coro::executor;
    auto const pause = std::make_shared<asio::steady_timer>(executor);
    self->pauses_.push_back(pause);
    while (self->waits_for(webhook)) {
        auto const to = self->with_.find(webhook);
        if (!to) {
            self->excuse(webhook);
            break;
        }
        auto const answer = co_await send(*to, self->with_.what);
        if (!self->waits_for(webhook)) {
            break;
        }
        if (says_yes(answer)) {
            self->take_yes(webhook);
            break;
        }
        self->take_no(webhook, answer);
        pause->expires_after(to->webhook->confirm_interval);
        co_await pause->async_wait(nothrow);
    }
}

bool inquiry::waits_for(const std::string& webhook) const {
    std::lock_guard const lock{mutex_};
    return open_ && missing_.contains(webhook);
}

void inquiry::take_yes(const std::string& webhook) {
    log::info("webhook '{}' confirms", webhook);
    said_yes_ += (said_yes_.empty() ? "webhook " : ", ") + webhook;
    excuse(webhook);
}

/// Nobody waits for it any more.
void inquiry::excuse(const std::string& webhook) {
    {
        std::lock_guard const lock{mutex_};
        missing_.erase(webhook);
        if (!missing_.empty() || !open_) {
            return;
        }
        open_ = false;
    }
    with_.all_said_yes(said_yes_);
}

void inquiry::take_no(const std::string& webhook, const post_result& answer) {
    auto const text = answer.good() ? "said no" : answer.text();
    bool first = false;
    {
        std::lock_guard const lock{mutex_};
        first = missing_[webhook].empty();
        missing_[webhook] = text;
    }
    if (first) {
        log::warning("webhook '{}' does not confirm: {}", webhook, text);
        with_.refused(webhook, text);
    }
}

void inquiry::withdraw() {
    {
        std::lock_guard const lock{mutex_};
        open_ = false;
    }
    ask_again();  // and find that there is nothing to ask
}

void inquiry::ask_again() {
    for (auto const& each : pauses_) {
        each->cancel();
    }
}

std::string inquiry::missing() const {
    std::string text;
    std::lock_guard const lock{mutex_};
    for (auto const& [name, answer] : missing_) {
        text += fmt::format(
            "{}{} ({})",
            text.empty() ? "" : ", ",
            name,
            answer.empty() ? "not answered yet" : answer
        );
    }
    return text;
}

}  // namespace millrace::webhooks
