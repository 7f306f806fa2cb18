#include "proxy/admin/api.hpp"

#include "proxy/admin/audit.hpp"
#include "proxy/admin/awaitable.hpp"
#include "proxy/admin/command_body.hpp"
#include "proxy/admin/openapi.hpp"
#include "proxy/admin/path_pattern.hpp"
#include "proxy/admin/rendering.hpp"
#include "proxy/admin/rollout_rendering.hpp"
#include "proxy/admin/webhook_rendering.hpp"
#include "proxy/admin/weights_body.hpp"
#include "proxy/base/ascii.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace millrace::admin {

namespace {

namespace asio = boost::asio;
using asio::awaitable;

// What an endpoint gets to see.
struct call {
    gateway* asked = nullptr;
    std::string name;  // of the route in the path
    std::string who;   // the token's name
    std::string body;
    request whole;  // of an endpoint that looks at the credential itself
    std::chrono::milliseconds change_timeout{};
};

answer text_answer(std::string body, std::string content_type) {
    answer made;
    made.body = std::move(body);
    made.content_type = std::move(content_type);
    return made;
}

answer json_answer(std::string body) {
    return text_answer(std::move(body), "application/json");
}

answer condition_answer(const condition& found, std::string_view reason) {
    return found.good ? json_answer(rendering::condition(found))
                      : error_answer(503, reason, found.detail);
}

answer healthz(const call& c) {
    return condition_answer(c.asked->health(), "not_healthy");
}

answer readyz(const call& c) {
    return condition_answer(c.asked->ready(), "not_ready");
}

answer metrics(const call& c) {
    return text_answer(c.asked->metrics_text(), "text/plain; version=0.0.4; charset=utf-8");
}

answer openapi(const call&) {
    return json_answer(std::string{openapi_document()});
}

answer list_routes(const call& c) {
    return json_answer(rendering::routes(c.asked->routes()));
}

answer no_such_route(std::string_view name) {
    return error_answer(404, "no_such_route", fmt::format("there is no route '{}'", name));
}

answer show_route(const call& c) {
    auto const found = c.asked->route(c.name);
    return found ? json_answer(rendering::route(*found)) : no_such_route(c.name);
}

answer list_rollouts(const call& c) {
    return json_answer(rendering::rollouts(c.asked->rollouts()));
}

answer no_such_rollout(std::string_view name) {
    return error_answer(
        404, "no_such_rollout", fmt::format("there is no rollout on a route '{}'", name)
    );
}

answer show_rollout(const call& c) {
    auto const found = c.asked->rollout(c.name);
    return found ? json_answer(rendering::rollout(*found)) : no_such_rollout(c.name);
}

answer list_backends(const call& c) {
    return json_answer(rendering::backends(c.asked->backends()));
}

answer show_build(const call& c) {
    return json_answer(rendering::build(c.asked->build_info()));
}

answer show_config(const call& c) {
    return text_answer(c.asked->config_dump(), "application/yaml");
}

// The meeting point of a coroutine and the gateway's callback. Both hold it, because either may
// go first: the coroutine at its deadline, the callback when the gateway answers at once.
template <class Answer>
struct meeting {
    std::optional<Answer> result;
    asio::steady_timer* waiting = nullptr;

    void arrive(Answer given) {
        result = std::move(given);
        if (waiting != nullptr) {
            waiting->cancel();
        }
    }
};

// Clears the pointer to a coroutine's own timer also when its frame is destroyed unfinished.
template <class Answer>
class waiting_guard {
 public:
    waiting_guard(meeting<Answer>& at, asio::steady_timer& timer) : at_{at} {
        at_.waiting = &timer;
    }

    waiting_guard(const waiting_guard&) = delete;
    waiting_guard& operator=(const waiting_guard&) = delete;

    ~waiting_guard() { at_.waiting = nullptr; }

 private:
    meeting<Answer>& at_;
};

// What the callback gave, or nothing when it did not come in time.
template <class Answer>
awaitable<std::optional<Answer>> result_of(
    std::shared_ptr<meeting<Answer>> at, std::chrono::milliseconds timeout
) {
    if (!at->result) {
        auto const executor = co_await asio::this_coro::executor;
        asio::steady_timer timer{executor, timeout};
        waiting_guard<Answer> const guard{*at, timer};
        co_await timer.async_wait(nothrow);
    }
    co_return std::move(at->result);
}

answer late_answer() {
    return error_answer(
        504, "change_unconfirmed", "the change was not confirmed in time; it may still happen"
    );
}

answer refused_change(const change_error& error) {
    switch (error.kind) {
        case change_refusal::not_found:
            return error_answer(404, "no_such_route", error.message);
        case change_refusal::invalid:
            return error_answer(400, "invalid_weights", error.message);
        case change_refusal::conflict:
            return error_answer(409, "conflict", error.message);
    }
    return error_answer(500, "internal", error.message);
}

bool is_active(const rollout_status& rollout) {
    return !rollout.state.ended() && !rollout.state.paused;
}

awaitable<answer> put_weights(call c) {
    auto parsed = parse_weights_body(c.body);
    if (!parsed.error.empty()) {
        co_return error_answer(400, "invalid_weights", parsed.error);
    }
    if (auto const owner = c.asked->rollout(c.name); owner && is_active(*owner)) {
        co_return error_answer(
            409, "conflict", "a rollout owns the weights: pause it first, or roll it back"
        );
    }
    auto const at = std::make_shared<meeting<set_weights_answer>>();
    c.asked->set_weights(c.name, std::move(parsed.changes), [at](set_weights_answer given) {
        at->arrive(std::move(given));
    });
    auto const result = co_await result_of(at, c.change_timeout);
    if (!result) {
        co_return late_answer();
    }
    co_return result->error ? refused_change(*result->error) : show_route(c);
}

answer refused_command(const change_error& error, std::string_view route) {
    switch (error.kind) {
        case change_refusal::not_found:
            return no_such_rollout(route);
        case change_refusal::invalid:
            return error_answer(400, "invalid_command", error.message);
        case change_refusal::conflict:
            return error_answer(409, "conflict", error.message);
    }
    return error_answer(500, "internal", error.message);
}

template <rollout::command What>
awaitable<answer> post_command(call c) {
    constexpr bool decides =
        What == rollout::command::promote || What == rollout::command::rollback;
    auto parsed = parse_command_body(c.body, decides);
    if (!parsed.error.empty()) {
        co_return error_answer(400, "invalid_command", parsed.error);
    }
    auto const at = std::make_shared<meeting<command_answer>>();
    rollout_command given{What, std::move(parsed.who), std::move(parsed.why)};
    // What they say of themselves is no proof; the token is.
    given.who = given.who.empty() ? c.who : fmt::format("{} ({})", given.who, c.who);
    c.asked->command_rollout(c.name, std::move(given), [at](command_answer came) {
        at->arrive(std::move(came));
    });
    auto const result = co_await result_of(at, c.change_timeout);
    if (!result) {
        co_return late_answer();
    }
    co_return result->error ? refused_command(*result->error, c.name) : show_rollout(c);
}

awaitable<answer> post_reload(call c) {
    auto const at = std::make_shared<meeting<reload_answer>>();
    c.asked->reload([at](reload_answer given) { at->arrive(std::move(given)); });
    auto const result = co_await result_of(at, c.change_timeout);
    if (!result) {
        co_return late_answer();
    }
    if (!result->errors.empty()) {
        auto refused = json_answer(rendering::reload_errors(result->errors));
        refused.status = 422;
        co_return refused;
    }
    co_return json_answer("{\"status\":\"reloaded\"}\n");
}

answer list_audit(const call& c) {
    return json_answer(rendering::audit(c.asked->audit_record()));
}

answer list_webhooks(const call& c) {
    return json_answer(rendering::webhooks(c.asked->webhooks()));
}

answer list_dead_letters(const call& c) {
    return json_answer(rendering::dead_letters(c.asked->dead_letters()));
}

answer resend_dead_letter(const call& c) {
    auto const id = ascii::parse_decimal(c.name);
    auto const error = id && *id <= INT64_MAX
                           ? c.asked->resend(static_cast<std::int64_t>(*id))
                           : change_error{change_refusal::not_found, "an id is a number"};
    if (!error) {
        return json_answer("{\"status\":\"queued\"}\n");
    }
    return error->kind == change_refusal::not_found
               ? error_answer(404, "no_such_dead_letter", error->message)
               : error_answer(409, "conflict", error->message);
}

awaitable<answer> post_feedback(call c) {
    auto const at = std::make_shared<meeting<answer>>();
    c.asked->take_feedback(std::move(c.whole), [at](answer given) {
        at->arrive(std::move(given));
    });
    auto result = co_await result_of(at, c.change_timeout);
    co_return result ? std::move(*result) : late_answer();
}

constexpr std::array names{
    endpoint_name{"GET", "/healthz", access::open},
    endpoint_name{"GET", "/readyz", access::open},
    endpoint_name{"GET", "/metrics", access::open},
    endpoint_name{"GET", "/openapi.json", access::open},
    endpoint_name{"GET", "/api/v1/routes", access::open},
    endpoint_name{"GET", "/api/v1/routes/{name}", access::open},
    endpoint_name{"PUT", "/api/v1/routes/{name}/weights", access::change},
    endpoint_name{"GET", "/api/v1/rollouts", access::open},
    endpoint_name{"GET", "/api/v1/rollouts/{name}", access::open},
    endpoint_name{"POST", "/api/v1/rollouts/{name}/pause", access::change},
    endpoint_name{"POST", "/api/v1/rollouts/{name}/resume", access::change},
    endpoint_name{"POST", "/api/v1/rollouts/{name}/approve", access::change},
    endpoint_name{"POST", "/api/v1/rollouts/{name}/promote", access::change},
    endpoint_name{"POST", "/api/v1/rollouts/{name}/rollback", access::change},
    endpoint_name{"GET", "/api/v1/backends", access::open},
    endpoint_name{"GET", "/api/v1/build", access::open},
    endpoint_name{"GET", "/api/v1/config", access::token},
    endpoint_name{"GET", "/config_dump", access::token},
    endpoint_name{"POST", "/api/v1/reload", access::change},
    endpoint_name{"GET", "/api/v1/audit", access::token},
    endpoint_name{"GET", "/api/v1/webhooks", access::token},
    endpoint_name{"GET", "/api/v1/dead-letters", access::token},
    endpoint_name{"POST", "/api/v1/dead-letters/{name}/resend", access::change},
    endpoint_name{"POST", "/feedback", access::own},
};

// Either answers at once or later.
struct handler {
    answer (*now)(const call&) = nullptr;
    awaitable<answer> (*later)(call) = nullptr;
};

constexpr std::array<handler, names.size()> handlers{{
    {healthz, nullptr},
    {readyz, nullptr},
    {metrics, nullptr},
    {openapi, nullptr},
    {list_routes, nullptr},
    {show_route, nullptr},
    {nullptr, put_weights},
    {list_rollouts, nullptr},
    {show_rollout, nullptr},
    {nullptr, post_command<rollout::command::pause>},
    {nullptr, post_command<rollout::command::resume>},
    {nullptr, post_command<rollout::command::approve>},
    {nullptr, post_command<rollout::command::promote>},
    {nullptr, post_command<rollout::command::rollback>},
    {list_backends, nullptr},
    {show_build, nullptr},
    {show_config, nullptr},
    {show_config, nullptr},
    {nullptr, post_reload},
    {list_audit, nullptr},
    {list_webhooks, nullptr},
    {list_dead_letters, nullptr},
    {resend_dead_letter, nullptr},
    {nullptr, post_feedback},
}};

// Where a request goes, or the answer to one that goes nowhere.
struct destination {
    std::size_t index = 0;
    std::string name;
    std::optional<answer> refusal;
};

destination find_endpoint(const request& asked) {
    std::string_view const target = asked.target;
    auto const path = target.substr(0, target.find('?'));
    std::string_view method = asked.method;
    if (method == "HEAD") {
        method = "GET";
    }
    std::string allow;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto name = match_path(names[i].path, path);
        if (!name) {
            continue;
        }
        if (names[i].method == method) {
            return {i, std::move(*name), std::nullopt};
        }
        allow += allow.empty() ? "" : ", ";
        allow += names[i].method == "GET" ? "GET, HEAD" : names[i].method;
    }
    if (allow.empty()) {
        return {0, {}, error_answer(404, "not_found", "the admin API has no such path")};
    }
    auto refusal = error_answer(405, "method_not_allowed", "the path takes " + allow);
    refusal.allow = std::move(allow);
    return {0, {}, std::move(refusal)};
}

answer forbidden_answer(const identity& who) {
    return error_answer(
        403,
        "forbidden",
        fmt::format(
            "the token '{}' has the role '{}'; this needs 'operate'", who.name, name_of(who.role)
        )
    );
}

std::optional<answer> refuse_access(
    const request& asked, enum access needed, const std::optional<identity>& who
) {
    if (needed == access::open || needed == access::own) {
        return std::nullopt;
    }
    if (!who) {
        return unauthorized_answer();
    }
    if (needed == access::change && who->role != role::operate) {
        return forbidden_answer(*who);
    }
    return needed == access::change ? refuse_media_type(asked) : std::nullopt;
}

}  // namespace

std::span<const endpoint_name> endpoint_names() noexcept {
    return names;
}

api::api(gateway& asked, settings given) : gateway_{asked}, settings_{std::move(given)} {}

void api::set_tokens(token_store tokens) {
    settings_.tokens = std::move(tokens);
}

awaitable<answer> api::handle(request asked) {
    if (auto refusal = refuse_foreign(asked, settings_.hosts)) {
        co_return std::move(*refusal);
    }
    auto found = find_endpoint(asked);
    if (found.refusal) {
        co_return std::move(*found.refusal);
    }
    auto const needed = names[found.index].needs;
    auto const who =
        needed == access::open ? std::nullopt : settings_.tokens.find(bearer_token(asked));
    auto refusal = refuse_access(asked, needed, who);
    answer given;
    if (refusal) {
        given = std::move(*refusal);
    } else {
        auto const known = who.value_or(identity{});
        given = co_await answer_to(asked, found.index, found.name, known);
    }
    if (needed == access::change) {
        gateway_.record_audit(audit_of(asked, who, given));
    }
    co_return given;
}

awaitable<answer> api::answer_to(
    const request& asked, std::size_t endpoint, const std::string& name, const identity& who
) {
    call c;
    c.asked = &gateway_;
    c.name = name;
    c.who = who.name;
    if (names[endpoint].needs == access::own) {
        c.whole = asked;
    } else {
        c.body = asked.body;
    }
    c.change_timeout = settings_.change_timeout;
    const auto& handler = handlers[endpoint];
    if (handler.now != nullptr) {
        co_return handler.now(c);
    }
    co_return co_await handler.later(std::move(c));
}

}  // namespace millrace::admin
