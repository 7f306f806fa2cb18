// What the admin API asks the gateway for.
#include "proxy/app/gateway.hpp"
#include "proxy/app/rollout_views.hpp"
#include "proxy/app/route_shares.hpp"
#include "proxy/app/version.hpp"
#include "proxy/base/log.hpp"
#include "proxy/config/dump.hpp"
#include "proxy/metrics/exposition.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace millrace::app {

namespace {

/// The weights of a route after some of them changed, or why they cannot change.
std::optional<admin::change_error> apply_changes(
    const routing::route& route,
    const std::vector<admin::weight_change>& changes,
    std::vector<weight>& weights
) {
    for (auto const& ref : route.state.refs) {
        weights.push_back(ref.weight);
    }
    for (auto const& change : changes) {
        auto const& refs = route.state.refs;
        auto const found = std::find_if(refs.begin(), refs.end(), [&change](const auto& ref) {
            return ref.backend == change.backend;
        });
        if (found == refs.end()) {
            return admin::change_error{
                admin::change_refusal::invalid,
                fmt::format(
                    "route '{}' has no backend '{}' in its backend_refs",
                    route.params->name,
                    change.backend
                )};
        }
        if (change.weight > weight::value_max) {
            return admin::change_error{
                admin::change_refusal::invalid,
                fmt::format(
                    "the weight of '{}' is {}, expected 0 to {}",
                    change.backend,
                    change.weight,
                    weight::value_max
                )};
        }
        weights[static_cast<std::size_t>(found - refs.begin())] = weight{change.weight};
    }
    return std::nullopt;
}

}  // namespace

admin::condition gateway::health() {
    return {};
}

admin::condition gateway::ready() {
    if (draining_) {
        return {false, "draining"};
    }
    if (!listening_) {
        return {false, "starting"};
    }
    // Serving goes on, so it may get traffic; what does not go on is said.
    auto const journal = journal_totals();
    return {
        true,
        journal.known && !journal.writable
            ? fmt::format("decisions stopped, nothing gets more weight: {}", journal.error)
            : std::string{}};
}

metrics::journal_totals gateway::journal_totals() const {
    if (stopped_journal_) {
        return {.known = true, .writable = false, .error = stopped_journal_->why()};
    }
    if (!journal_) {
        return {};
    }
    auto const health = journal_->health();
    return {
        .known = true,
        .writable = health.writable,
        .error = health.error,
        .commits = health.commits.commits,
        .failures = health.commits.failures,
        .refused = health.commits.refused,
        .waiting = health.commits.waiting,
        .oldest_waiting = health.oldest_waiting,
        .marks = health.marks.marks,
        .marks_failed = health.marks.failures};
}

admin::route_status gateway::status_of(const routing::route& route) const {
    admin::route_status status;
    status.name = route.params->name;
    status.epoch = route.state.epoch;
    status.weights_from = route.state.refs == route.params->backend_refs ? "file" : "api";
    auto const shares = shares_of(route.state);
    for (std::size_t i = 0; i < route.state.refs.size(); ++i) {
        auto const& ref = route.state.refs[i];
        auto const totals = metrics_.totals(route.params->name, ref.backend);
        auto const requests = totals.requests();
        admin::backend_ref_status shown;
        shown.backend = ref.backend;
        shown.weight = ref.weight.value;
        shown.share = shares[i];
        shown.requests = requests;
        shown.in_flight = totals.in_flight();
        shown.error_rate =
            requests == 0 ? 0 : static_cast<double>(totals.errors) / static_cast<double>(requests);
        if (requests != 0) {
            shown.latency_p50 = totals.latency.quantile(0.50);
            shown.latency_p99 = totals.latency.quantile(0.99);
        }
        status.backend_refs.push_back(std::move(shown));
    }
    return status;
}

std::vector<admin::route_status> gateway::routes() {
    std::vector<admin::route_status> all;
    auto const table = tables_->table();
    for (auto const& route : table->routes()) {
        all.push_back(status_of(route));
    }
    return all;
}

std::optional<admin::route_status> gateway::route(std::string_view name) {
    auto const table = tables_->table();
    auto const* found = table->find(name);
    if (found == nullptr) {
        return std::nullopt;
    }
    auto status = status_of(*found);
    auto const pieces = found->state.split.pieces();
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        status.partition.push_back(
            {found->state.refs[pieces[i].version].backend,
             pieces[i].begin,
             i + 1 < pieces.size() ? pieces[i + 1].begin : routing::traffic_split::units}
        );
    }
    return status;
}

std::vector<admin::backend_status> gateway::backends() {
    std::vector<admin::backend_status> all;
    auto const book = resolver_.book();
    auto const table = tables_->table();
    for (auto const& backend : table->backends()) {
        admin::backend_status status;
        status.name = backend.name;
        status.connections = budgets_.open(backend.name);
        status.connections_max = backend.limits.connections_max;
        for (auto const& endpoint : backend.endpoints) {
            admin::endpoint_status shown{endpoint.authority, {}};
            if (auto const literal = net::address::parse(endpoint.host, endpoint.port)) {
                shown.addresses.push_back(literal->host_text());
            } else if (auto const* known = book->find(endpoint.host)) {
                for (auto const& address : *known) {
                    shown.addresses.push_back(address.host_text());
                }
            }
            status.endpoints.push_back(std::move(shown));
        }
        all.push_back(std::move(status));
    }
    return all;
}

void gateway::set_weights(
    std::string_view route, std::vector<admin::weight_change> changes, set_weights_done done
) {
    auto const table = tables_->table();
    auto const* found = table->find(route);
    if (found == nullptr) {
        done({admin::change_error{
            admin::change_refusal::not_found, fmt::format("there is no route '{}'", route)}});
        return;
    }
    std::vector<weight> weights;
    if (auto error = apply_changes(*found, changes, weights)) {
        done({std::move(error)});
        return;
    }
    auto state = routing::with_weights(found->state, weights);
    if (auto error = keep_states({state}, tables_->states()); !error.empty()) {
        done({admin::change_error{admin::change_refusal::conflict, std::move(error)}});
        return;
    }
    log::info("route '{}': weights set by the admin API", route);
    tables_->change(state, nullptr, [done = std::move(done)] { done({}); });
}

std::vector<admin::rollout_status> gateway::rollouts() {
    std::vector<admin::rollout_status> all;
    for (auto const& view : rollouts_->views()) {
        all.push_back(app::status_of(*view));
    }
    return all;
}

std::optional<admin::rollout_status> gateway::rollout(std::string_view route) {
    auto const view = rollouts_->view(route);
    return view ? std::optional{app::status_of(*view)} : std::nullopt;
}

void gateway::command_rollout(
    std::string_view route, admin::rollout_command command, command_done done
) {
    auto const answer =
        rollouts_->command(route, {command.what, std::move(command.who), std::move(command.why)});
    switch (answer) {
        case control::command_answer::taken:
            done({});
            return;
        case control::command_answer::no_rollout:
            done({admin::change_error{
                admin::change_refusal::not_found,
                fmt::format("there is no rollout on route '{}'", route)}});
            return;
        case control::command_answer::ended:
            done({admin::change_error{
                admin::change_refusal::conflict,
                fmt::format("the rollout on route '{}' has ended", route)}});
            return;
    }
}

void gateway::record_audit(admin::audit_entry entry) {
    audit_->add(std::move(entry));
}

std::vector<admin::audit_entry> gateway::audit_record() {
    return audit_->newest();
}

std::vector<admin::webhook_view> gateway::webhooks() {
    std::vector<admin::webhook_view> all;
    for (auto const& one : webhooks_->statuses()) {
        all.push_back(
            {.name = one.name,
             .authority = one.authority,
             .queued = one.queued,
             .delivered = one.delivered,
             .failed_attempts = one.failed_attempts,
             .dead_letters = one.dead_letters,
             .last_error = one.last_error}
        );
    }
    return all;
}

std::vector<admin::dead_letter_view> gateway::dead_letters() {
    std::vector<admin::dead_letter_view> all;
    for (auto const& one : webhooks_->dead_letters()) {
        all.push_back(
            {.id = one.id,
             .time = one.wall_clock,
             .webhook = one.key.webhook,
             .event_id = one.key.event_id,
             .event = one.event,
             .attempts = one.attempts,
             .reason = one.reason}
        );
    }
    return all;
}

std::optional<admin::change_error> gateway::resend(std::int64_t dead_letter) {
    using webhooks::resend_answer;
    switch (webhooks_->resend(dead_letter)) {
        case resend_answer::taken:
            return std::nullopt;
        case resend_answer::no_letter:
            return admin::change_error{
                admin::change_refusal::not_found,
                fmt::format("there is no dead letter {}", dead_letter)};
        case resend_answer::no_webhook:
            return admin::change_error{
                admin::change_refusal::conflict, "its webhook is not in the file any more"};
        case resend_answer::unreadable:
            break;
    }
    return admin::change_error{
        admin::change_refusal::conflict, "what is kept of it cannot be read"};
}

void gateway::take_feedback(admin::request asked, feedback_done done) {
    if (!config_.feedback.enabled || !config_.feedback.address.empty()) {
        done(admin::error_answer(404, "not_found", "no feedback is taken here"));
        return;
    }
    feedback_->take(std::move(asked), [this, done = std::move(done)](admin::answer given) {
        boost::asio::post(control_, [done, given = std::move(given)] { done(given); });
    });
}

std::string gateway::config_dump() {
    return config::dump_yaml(config_);
}

std::string gateway::metrics_text() {
    custom_metrics_.report_to(metrics_);
    metrics_.set_journal(journal_totals());
    return metrics::text_exposition(metrics_, config_.metrics);
}

admin::build_description gateway::build_info() {
    return {version_text, revision_text, build_type_text, compiler_text};
}

}  // namespace millrace::app
