#include "proxy/webhooks/receiver.hpp"

#include "proxy/webhooks/signature.hpp"

#include <boost/json/parse.hpp>

#include <ctime>
#include <utility>

namespace millrace::webhooks {

receiver make_receiver(params chosen, std::string& error) {
    receiver made;
    made.tls = tls_context_for(chosen, error);
    if (!error.empty()) {
        return {};
    }
    made.key = signing_key(chosen.secret);
    made.webhook = std::make_shared<const params>(std::move(chosen));
    return made;
}

std::vector<receiver> make_receivers(const std::vector<params>& chosen, std::string& error) {
    std::vector<receiver> made;
    error.clear();
    for (auto const& each : chosen) {
        made.push_back(make_receiver(each, error));
        if (!error.empty()) {
            return {};
        }
    }
    return made;
}

message signed_message(const receiver& to, const event& what, std::int64_t now) {
    auto made = message_of(what, *to.webhook);
    made.fields.emplace_back("webhook-id", what.id);
    made.fields.emplace_back("webhook-timestamp", std::to_string(now));
    if (!to.key.empty()) {
        made.fields.emplace_back(
            "webhook-signature", signature_of(to.key, {what.id, now, made.body})
        );
    }
    return made;
}

boost::asio::awaitable<post_result> send(const receiver& to, const event& what) {
    auto const request = signed_message(to, what, std::time(nullptr));
    co_return co_await post(*to.webhook, to.tls.get(), request);
}

bool says_yes(const post_result& answer) {
    if (!answer.good()) {
        return false;
    }
    boost::system::error_code error;
    auto const body = boost::json::parse(answer.body, error);
    if (error || !body.is_object()) {
        return true;
    }
    auto const* const confirm = body.get_object().if_contains("confirm");
    return confirm == nullptr || !confirm->is_bool() || confirm->get_bool();
}

}  // namespace millrace::webhooks
