#include "proxy/providers/poller.hpp"

#include "proxy/base/log.hpp"
#include "proxy/providers/awaiting.hpp"
#include "proxy/providers/fetch.hpp"
#include "proxy/providers/jq_thread.hpp"
#include "proxy/providers/secrets.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <set>
#include <thread>
#include <utility>

namespace millrace::providers {

namespace {

namespace asio = boost::asio;
using asio::awaitable;
using rollout::reading_state;

// How often a metric looks whether its rollout runs by now.
constexpr std::chrono::milliseconds idle_pause{200};
constexpr std::size_t detail_bytes_max = 200;
// An expression that was halted gets this long to say so.
constexpr std::chrono::milliseconds halt_patience{50};
constexpr int halt_tries_max = 20;

/// One metric of one version of one rollout.
struct target {
    metric_params metric;
    metric_board::key key;
    std::vector<named_text> variables;
};

/// The targets of a configuration, which end together.
struct generation {
    explicit generation(metric_board& board_of, jq_thread& jq_of) : board{board_of}, jq{jq_of} {}

    metric_board& board;
    jq_thread& jq;
    bool over = false;
    std::vector<std::shared_ptr<asio::steady_timer>> pauses;

    void end() {
        over = true;
        for (auto const& each : pauses) {
            each->cancel();
        }
    }
};

using generation_ptr = std::shared_ptr<generation>;

metric_board::outcome outcome_of(reading_state state, std::string detail) {
    return {.state = state, .value = 0, .detail = std::move(detail), .took = {}};
}

metric_board::outcome outcome_of(const jq_answer& answer) {
    switch (answer.kind) {
        case jq_answer::kind::number:
            return {.state = reading_state::fresh, .value = answer.value, .detail = {}, .took = {}};
        case jq_answer::kind::nothing:
            return outcome_of(reading_state::no_value, answer.detail);
        case jq_answer::kind::wrong:
            return outcome_of(reading_state::wrong, answer.detail);
        case jq_answer::kind::halted:
            break;
    }
    return outcome_of(reading_state::slow, "the expression did not end in time");
}

awaitable<metric_board::outcome> evaluate(
    generation_ptr of, std::string expression, std::string body, time_point deadline
) {
    auto const answer = std::make_shared<awaited<jq_answer>>(co_await asio::this_coro::executor);
    auto const job =
        of->jq.submit(std::move(expression), std::move(body), [answer](jq_answer made) {
            awaited<jq_answer>::bring(answer, std::move(made));
        });
    auto found = co_await awaited<jq_answer>::wait(answer, deadline);
    // Again, because one that is just being started misses it.
    for (int tries = 0; !found && tries < halt_tries_max; ++tries) {
        of->jq.halt(job);
        found = co_await awaited<jq_answer>::wait(answer, clock::now() + halt_patience);
    }
    auto const halted = jq_answer{.kind = jq_answer::kind::halted, .value = 0, .detail = {}};
    co_return outcome_of(found.value_or(halted));
}

awaitable<metric_board::outcome> ask(generation_ptr of, const target& about, time_point began) {
    auto const now = clock::now();
    auto const deadline = now + about.metric.timeout;
    auto const secret = [&about](std::string_view name) { return secret_of(about.metric, name); };
    auto ready = prepare(
        about.metric,
        {about.key.version,
         about.variables,
         std::chrono::duration_cast<std::chrono::seconds>(now - began)},
        secret
    );
    if (!ready.made) {
        co_return outcome_of(reading_state::wrong, std::move(ready.problem));
    }
    auto came = co_await fetch(
        std::move(*ready.made), fetch_limits{deadline, about.metric.answer_bytes_max}
    );
    if (came.failure) {
        co_return outcome_of(*came.failure, std::move(came.detail));
    }
    auto expression = about.metric.jq;
    co_return co_await evaluate(of, std::move(expression), std::move(came.body), deadline);
}

void tell(const target& about, const metric_board::outcome& came) {
    // It may repeat what the provider said.
    auto const detail = came.detail.substr(0, detail_bytes_max);
    auto const text = fmt::format(
        "metric '{}' of '{}' on route '{}': {}{}{}",
        about.key.metric,
        about.key.version,
        about.key.route,
        rollout::name_of(came.state),
        detail.empty() ? "" : ": ",
        detail
    );
    if (came.state == reading_state::fresh) {
        log::info("{}", text);
    } else {
        log::warning("{}", text);
    }
}

awaitable<void> follow(generation_ptr of, target about, std::shared_ptr<asio::steady_timer> pause) {
    while (!of->over) {
        auto const start = clock::now();
        auto const began = of->board.wanted_since(about.key.route, start);
        if (began) {
            auto came = co_await ask(of, about, *began);
            if (of->over) {
                break;
            }
            auto const end = clock::now();
            came.took = end - start;
            auto const told = came;
            if (of->board.put(about.key, std::move(came), end, max_age_of(about.metric))) {
                tell(about, told);
            }
        }
        auto const next =
            began ? about.metric.interval : std::min(about.metric.interval, idle_pause);
        pause->expires_at(std::max(start + next, clock::now()));
        co_await pause->async_wait(nothrow);
    }
}

/// The metrics that a watch needs: those that it names and their sample sizes.
std::set<std::string> needed(const watch& by, const std::vector<metric_params>& all) {
    std::set<std::string> names{by.metrics.begin(), by.metrics.end()};
    for (auto const& metric : all) {
        if (!metric.sample_size.empty() && names.contains(metric.name)) {
            names.insert(metric.sample_size);
        }
    }
    return names;
}

std::vector<target> targets_of(
    const std::vector<metric_params>& metrics, const std::vector<watch>& watches
) {
    std::vector<target> all;
    for (auto const& watch : watches) {
        auto const names = needed(watch, metrics);
        for (auto const& metric : metrics) {
            for (auto const& version : watch.versions) {
                if (names.contains(metric.name)) {
                    all.push_back(
                        {metric, {watch.route, metric.name, version.name}, version.variables}
                    );
                }
            }
        }
    }
    return all;
}

}  // namespace

struct poller::loop {
    explicit loop(metric_board& board_of) : board{board_of} {}

    metric_board& board;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> stay{context.get_executor()};
    jq_thread jq;
    generation_ptr running;
    std::thread thread;

    void begin(const std::vector<target>& targets) {
        if (running) {
            running->end();
        }
        running = std::make_shared<generation>(board, jq);
        for (auto const& each : targets) {
            auto const pause = std::make_shared<asio::steady_timer>(context);
            running->pauses.push_back(pause);
            asio::co_spawn(
                context,
                follow(running, each, pause),
                [key = each.key](const std::exception_ptr& failure) {
                    if (failure) {
                        log::error("metric '{}': its fetching ended", key.metric);
                    }
                }
            );
        }
    }
};

poller::poller(metric_board& board) : loop_{std::make_unique<loop>(board)} {
    loop_->thread = std::thread{[loop = loop_.get()] { loop->context.run(); }};
}

poller::~poller() {
    loop_->context.stop();
    loop_->thread.join();
}

void poller::configure(std::vector<metric_params> metrics, std::vector<watch> watches) {
    std::vector<std::string> routes;
    for (auto const& each : watches) {
        routes.push_back(each.route);
    }
    loop_->board.keep_routes(routes);
    asio::post(loop_->context, [loop = loop_.get(), targets = targets_of(metrics, watches)] {
        loop->begin(targets);
    });
}

std::vector<std::string> expression_problems(const std::vector<metric_params>& metrics) {
    std::vector<std::string> problems;
    for (auto const& each : metrics) {
        auto const made = jq_filter::compile(each.jq);
        if (made.filter == nullptr) {
            problems.push_back(fmt::format("custom metric '{}': jq: {}", each.name, made.problem));
        }
    }
    return problems;
}

}  // namespace millrace::providers
