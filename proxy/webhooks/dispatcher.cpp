#include "proxy/webhooks/dispatcher.hpp"

#include "proxy/base/log.hpp"
#include "proxy/base/log_exception.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace millrace::webhooks {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;

}  // namespace

dispatcher::dispatcher(outbox_port* outbox, kept_deliveries kept)
    : outbox_{outbox},
      dead_letters_{outbox, std::move(kept.dead_letters)},
      work_{asio::make_work_guard(context_)},
      kept_{std::move(kept.outbox)},
      thread_{[this] { context_.run(); }} {}

dispatcher::~dispatcher() {
    context_.stop();
    thread_.join();
}

void dispatcher::configure(std::vector<receiver> webhooks) {
    {
        std::lock_guard const lock{mutex_};
        receivers_ = webhooks;
    }
    asio::post(context_, [this, next = std::move(webhooks)] { replace(next); });
}

bool dispatcher::empty() const {
    std::lock_guard const lock{mutex_};
    return receivers_.empty();
}

void dispatcher::replace(std::vector<receiver> next) {
    couriers made;
    for (auto& each : next) {
        auto const name = each.webhook->name;
        auto const running = couriers_.find(name);
        if (running != couriers_.end()) {
            running->second->set_receiver(std::move(each));
            made.emplace(name, running->second);
            continue;
        }
        auto const one = std::make_shared<courier>(
            std::move(each), courier::parts{context_.get_executor(), outbox_, dead_letters_}
        );
        begin(one);
        made.emplace(name, one);
    }
    for (auto const& [name, gone] : couriers_) {
        if (!made.contains(name)) {
            gone->retire();
        }
    }
    for (auto const& each : open_inquiries()) {
        each->ask_again();
    }
    {
        std::lock_guard const lock{mutex_};
        couriers_ = std::move(made);
    }
    for (auto const& row : std::exchange(kept_, {})) {
        auto what = event_from_text(row.event);
        auto const found = couriers_.find(row.key.webhook);
        if (what && found != couriers_.end()) {
            found->second->add_kept(std::move(*what));
        } else if (what) {
            dead_letters_.add(
                row.key.webhook,
                {std::move(*what), 0, {}},
                "the webhook is not in the file any more"
            );
        } else {
            log::error("webhook '{}': a kept event cannot be read", row.key.webhook);
        }
    }
}

void dispatcher::begin(const std::shared_ptr<courier>& one) {
    asio::co_spawn(context_, courier::run(one), log::log_exception{"webhooks"});
}

void dispatcher::publish(event what) {
    asio::post(context_, [this, what = std::move(what)] {
        for (auto const& [name, one] : couriers_) {
            if (takes(*one->to().webhook, what)) {
                one->add(what);
            }
        }
    });
}

std::vector<std::string> dispatcher::who_confirms(confirmation what, std::string_view route) const {
    std::vector<std::string> found;
    std::lock_guard const lock{mutex_};
    for (auto const& each : receivers_) {
        auto const& all = each.webhook->confirm;
        if (std::find(all.begin(), all.end(), what) != all.end() &&
            concerns(*each.webhook, route)) {
            found.push_back(each.webhook->name);
        }
    }
    return found;
}

std::optional<receiver> dispatcher::find(std::string_view webhook) const {
    std::lock_guard const lock{mutex_};
    auto const found =
        std::find_if(receivers_.begin(), receivers_.end(), [webhook](auto const& each) {
            return each.webhook->name == webhook;
        });
    return found == receivers_.end() ? std::nullopt : std::optional{*found};
}

std::vector<std::shared_ptr<inquiry>> dispatcher::open_inquiries() const {
    std::vector<std::shared_ptr<inquiry>> all;
    std::lock_guard const lock{mutex_};
    for (auto const& [number, one] : inquiries_) {
        all.push_back(one);
    }
    return all;
}

bool dispatcher::has_to_confirm(confirmation what, std::string_view route) const {
    return !who_confirms(what, route).empty();
}

std::uint64_t dispatcher::ask(
    confirmation about, event what, std::function<void(std::string who)> yes
) {
    auto asked = who_confirms(about, what.route);
    std::lock_guard const lock{mutex_};
    auto const number = ++last_question_;
    inquiry::parts parts{
        .what = what,
        .find = [this](const std::string& webhook) { return find(webhook); },
        .all_said_yes =
            [this, number, yes = std::move(yes)](const std::string& who) {
                end(number);
                yes(who);
            },
        .refused = [this, what](
                       const std::string& webhook, const std::string& answer
                   ) { publish_refusal(what, webhook, answer); }};
    auto const one = std::make_shared<inquiry>(std::move(parts), std::move(asked));
    inquiries_.emplace(number, one);
    asio::post(context_, [this, number, one] { begin(number, one); });
    return number;
}

void dispatcher::begin(std::uint64_t number, const std::shared_ptr<inquiry>& one) {
    {
        std::lock_guard const lock{mutex_};
        if (!inquiries_.contains(number)) {
            return;  // withdrawn before anybody was asked
        }
    }
    for (auto const& name : one->asked()) {
        asio::co_spawn(context_, inquiry::run(one, name), log::log_exception{"webhooks"});
    }
}

void dispatcher::end(std::uint64_t question) {
    std::lock_guard const lock{mutex_};
    inquiries_.erase(question);
}

void dispatcher::withdraw(std::uint64_t question) {
    std::shared_ptr<inquiry> found;
    {
        std::lock_guard const lock{mutex_};
        auto const at = inquiries_.find(question);
        if (at == inquiries_.end()) {
            return;
        }
        found = std::move(at->second);
        inquiries_.erase(at);
    }
    asio::post(context_, [found] { found->withdraw(); });
}

std::string dispatcher::missing(std::uint64_t question) const {
    std::lock_guard const lock{mutex_};
    auto const found = inquiries_.find(question);
    return found == inquiries_.end() ? std::string{} : found->second->missing();
}

void dispatcher::publish_refusal(
    const event& about, const std::string& webhook, const std::string& answer
) {
    publish(
        {.id = new_event_id(),
         .kind = event_kind::webhook_refused,
         .time = log::wall_clock_text(),
         .route = about.route,
         .version = about.version,
         .data = json::serialize(json::object{
             {"route", about.route},
             {"webhook", webhook},
             {"question", about.id},
             {"type", std::string{type_of(about.kind)}},
             {"answer", answer}})}
    );
}

std::vector<webhook_status> dispatcher::statuses() const {
    std::vector<webhook_status> all;
    std::lock_guard const lock{mutex_};
    for (auto const& [name, one] : couriers_) {
        all.push_back(one->status());
    }
    return all;
}

resend_answer dispatcher::resend(std::int64_t dead_letter) {
    auto const row = dead_letters_.find(dead_letter);
    if (!row) {
        return resend_answer::no_letter;
    }
    auto what = event_from_text(row->event);
    if (!what) {
        return resend_answer::unreadable;
    }
    std::shared_ptr<courier> to;
    {
        std::lock_guard const lock{mutex_};
        auto const found = couriers_.find(row->key.webhook);
        if (found == couriers_.end()) {
            return resend_answer::no_webhook;
        }
        to = found->second;
    }
    dead_letters_.release(dead_letter);
    asio::post(context_, [to, what = std::move(*what)] { to->add_kept(what); });
    return resend_answer::taken;
}

}  // namespace millrace::webhooks
