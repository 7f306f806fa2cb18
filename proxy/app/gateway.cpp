#include "proxy/app/gateway.hpp"

#include "proxy/app/system_limits.hpp"
#include "proxy/app/version.hpp"
#include "proxy/app/webhook_events.hpp"
#include "proxy/base/log.hpp"
#include "proxy/config/loader.hpp"
#include "proxy/routing/route_state_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <utility>

namespace millrace::app {

namespace {

// Until TTLs are known from the answers: often enough for a moved endpoint, rare enough for its
// server.
constexpr auto resolve_interval = std::chrono::seconds{30};
constexpr auto drain_limit = std::chrono::seconds{30};
// How often a rollout looks at its evidence and may decide.
constexpr auto rollout_pace = std::chrono::milliseconds{250};

// Descriptors of the process itself: epoll sets, listeners, logs, the admin API's 64 connections.
constexpr std::uint64_t own_descriptors = 40;

/// Clients may have three quarters of the descriptors: the rest is for the upstreams behind them.
std::uint32_t connections_possible(std::uint64_t open_files) {
    auto const free = open_files > own_descriptors ? open_files - own_descriptors : 1;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(free * 3 / 4 + 1, UINT32_MAX));
}

/// Whether anybody may say something about an answer.
bool counts_labels(const config::configuration& from) {
    auto const& routes = from.table.routes;
    return from.feedback.enabled || std::any_of(routes.begin(), routes.end(), [](const auto& each) {
               return !each.labels.empty();
           });
}

/// What only a restart can change, as error texts.
std::vector<std::string> fixed_parts_that_differ(
    const config::configuration& running, const config::configuration& next
) {
    std::vector<std::string> errors;
    auto const refuse = [&errors](std::string_view key) {
        errors.push_back(fmt::format("{}: cannot change by a reload; restart millrace", key));
    };
    if (running.workers != next.workers) {
        refuse("workers");
    }
    if (running.listeners.size() != next.listeners.size()) {
        refuse("listeners");
    } else {
        for (std::size_t i = 0; i < next.listeners.size(); ++i) {
            bool const any_port = next.listeners[i].port == 0;
            if (running.listeners[i].address != next.listeners[i].address ||
                (running.listeners[i].port != next.listeners[i].port && !any_port)) {
                refuse(fmt::format("listeners[{}].bind", i));
            }
        }
    }
    if (running.admin.address != next.admin.address ||
        running.admin.enabled != next.admin.enabled ||
        (running.admin.port != next.admin.port && next.admin.port != 0) ||
        running.admin.unix_path != next.admin.unix_path) {
        refuse("admin");
    }
    auto const& feedback = running.feedback;
    if (feedback.enabled != next.feedback.enabled || feedback.address != next.feedback.address ||
        (feedback.port != next.feedback.port && next.feedback.port != 0) ||
        feedback.age_max != next.feedback.age_max ||
        feedback.predictions_max != next.feedback.predictions_max) {
        refuse("feedback");
    }
    if (!counts_labels(running) && counts_labels(next)) {
        refuse("routes[].labels");
    }
    if (running.data_dir != next.data_dir) {
        refuse("data_dir");
    }
    if (running.journal != next.journal) {
        refuse("journal");
    }
    if (running.access_log.path != next.access_log.path) {
        refuse("log.access");
    }
    return errors;
}

}  // namespace

gateway::gateway(config::configuration loaded, std::string config_path)
    : config_{std::move(loaded)},
      config_path_{std::move(config_path)},
      incarnation_{static_cast<std::uint32_t>(system_random())},
      process_key_{0, {system_random(), system_random()}} {}

gateway::~gateway() = default;

int gateway::run() {
    if (!begin()) {
        return 1;
    }
    control_.run();
    rollouts_->stop();
    admin_.reset();
    journal_.reset();  // what it still writes answers the driver, which outlives it
    if (feedback_) {
        feedback_->stop();
    }
    workers_->stop();
    // Nothing is left to be stopped: a late signal must not make a death of a good end.
    signals_.clear();
    for (int const signal : {SIGTERM, SIGINT, SIGHUP}) {
        std::signal(signal, SIG_IGN);
    }
    log::info("stopped");
    return exit_code_;
}

bool gateway::begin() {
    log::set_level(config_.log_level);
    auto const open_files = raise_open_files_limit();
    connections_possible_ = connections_possible(open_files);
    if (config_.workers == 0) {
        config_.workers = usable_cores();
    }
    metrics_.set_build({version_text, revision_text, build_type_text});
    if (!config_.access_log.path.empty()) {
        auto opened = server::access_log::open(config_.access_log, config_.workers);
        if (!opened) {
            log::error(
                "cannot open the access log '{}': {}",
                config_.access_log.path,
                opened.error().message()
            );
            return false;
        }
        access_log_ = std::move(*opened);
    }
    if (counts_labels(config_)) {
        feedback_ =
            std::make_unique<feedback_desk>(config_.feedback, config_.workers, incarnation_);
        metrics_.set_label_source([this] { return feedback_->totals(); });
    }
    workers_ = std::make_unique<worker_set>(
        control_,
        server::shared_parts{
            metrics_,
            budgets_,
            connections_,
            access_log_.get(),
            feedback_ ? &feedback_->outlets() : nullptr},
        config_.workers
    );
    tables_ = std::make_unique<table_publisher>(*workers_, metrics_);
    if (auto const error = open_journal(); !error.empty()) {
        log::error("{}", error);
        return false;
    }
    std::vector<routing::route_state> states;
    std::shared_ptr<const routing::route_table> table;
    if (auto const error = compile(config_, states, table); !error.empty()) {
        log::error("{}", error);
        return false;
    }
    // What cannot be recorded is what the file says: the next start finds the same.
    auto const unkept = keep_states(states, {});
    if (!unkept.empty()) {
        log::error("{}", unkept);
    }
    tables_->replace(std::move(table));
    begin_feedback();
    rollout_weights_ = std::make_unique<rollout_weights_port>(*tables_, metrics_, config_.workers);
    if (auto const error = open_webhooks(); !error.empty()) {
        log::error("{}", error);
        return false;
    }
    rollouts_ = std::make_unique<control::rollout_driver>(
        *rollout_weights_,
        journal_port(),
        rollout_pace,
        control::rollout_listeners{
            .hooks = hooks_.get(), .labels = feedback_ ? &feedback_->labels() : nullptr}
    );
    rollouts_->read_metrics_from(custom_metrics_);
    if (journal_ && unkept.empty()) {
        journal_->settle(kept_);
    }
    rollouts_->restore(std::move(kept_.rollouts), std::move(kept_.past));
    if (auto const error = workers_->open_sockets(config_.listeners); !error.empty()) {
        log::error("{}", error);
        return false;
    }
    workers_->start();
    workers_->configure(worker_settings_of(config_));
    log::info(
        "millrace {} with {} workers, {} routes, {} backends, {} open files",
        version_text,
        config_.workers,
        config_.table.routes.size(),
        config_.table.backends.size(),
        open_files
    );
    if (config_.data_dir.empty()) {
        log::info("no data_dir: weights set at run time do not survive a restart");
    }
    wait_for_signal();
    resolve_then_publish();
    return true;
}

void gateway::begin_feedback() {
    if (!feedback_) {
        return;
    }
    feedback_->set_routes(*tables_->table());
    feedback_->set_ids(id_settings_of(config_));
    if (config_.feedback.enabled && config_.ids.keys.empty()) {
        log::warning("no ids.keys: labels for answers of this process are unknown to the next one");
    }
    std::map<std::string, journal::rollout_id, std::less<>> rollouts;
    for (auto const& [route, kept] : kept_.rollouts) {
        if (!kept.ended && config_.rollouts.count(route) != 0) {
            rollouts.emplace(route, kept.rollout);
        }
    }
    auto const error = journal_
                           ? feedback_->open_journal(config_.data_dir, journal_->turn(), rollouts)
                           : std::string{};
    if (stopped_journal_ || !error.empty()) {
        log::error(
            "labels are refused: they cannot be recorded{}{}", error.empty() ? "" : ": ", error
        );
        feedback_->refuse_labels();
    }
}

void gateway::resolve_then_publish() {
    auto const names = names_to_resolve(*tables_->table());
    resolver_.resolve({names.begin(), names.end()}, [this](const auto&) {
        tables_->set_addresses(resolver_.book());
        tables_->install([this] { begin_listening(); });
    });
}

void gateway::begin_listening() {
    workers_->listen([this] {
        metrics_.reload_succeeded();
        for (auto const& listener : config_.listeners) {
            log::info("listening on {}:{}", listener.address, listener.port);
        }
        begin_admin();
    });
}

void gateway::begin_admin() {
    if (config_.admin.enabled) {
        admin::gateway& asked = *this;
        admin_.emplace(control_, config_.admin, asked);
        if (auto const error = admin_->start(); !error.empty()) {
            log::error("admin: {}", error);
            exit_code_ = 1;
            begin_drain();
            return;
        }
        if (config_.admin.unix_path.empty()) {
            config_.admin.port = admin_->port();
            log::info(
                "admin on {}:{}, token in {}",
                config_.admin.address,
                config_.admin.port,
                admin_->token_file()
            );
        } else {
            log::info("admin on {}, token in {}", config_.admin.unix_path, admin_->token_file());
        }
    }
    if (feedback_) {
        if (auto const error = feedback_->start(); !error.empty()) {
            log::error("feedback: {}", error);
            exit_code_ = 1;
            begin_drain();
            return;
        }
        config_.feedback.port = feedback_->port();
    }
    listening_ = true;
    log::info("ready");
    configure_rollouts();
    rollouts_->start();
    resolve_again_later();
}

void gateway::wait_for_signal() {
    for (int const signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
        signals_.add(signal);
    }
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) {
            return;
        }
        if (signal == SIGHUP) {
            reload_by_signal();
        } else if (signal == SIGUSR1) {
            if (access_log_) {
                access_log_->reopen();
            }
        } else if (draining_) {
            log::warning("a second signal: stopping now");
            exit_code_ = 1;
            control_.stop();
            return;
        } else {
            begin_drain();
        }
        wait_for_signal();
    });
}

void gateway::begin_drain() {
    draining_ = true;
    log::info("draining: at most {} s", drain_limit.count());
    resolve_timer_.cancel();
    resolver_.cancel();
    drain_timer_.expires_after(drain_limit);
    drain_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            log::warning("the drain took too long: what is left is cut");
            exit_code_ = 1;
            control_.stop();
        }
    });
    workers_->drain([this] { control_.stop(); });
}

void gateway::resolve_again_later() {
    auto const names = names_to_resolve(*tables_->table());
    if (names.empty() || draining_) {
        return;
    }
    resolve_timer_.expires_after(resolve_interval);
    resolve_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) {
            return;
        }
        auto const now = names_to_resolve(*tables_->table());
        auto const before = resolver_.book();
        resolver_.resolve({now.begin(), now.end()}, [this, before](const auto& book) {
            if (*book != *before) {
                tables_->set_addresses(resolver_.book());
                tables_->install([] {});
            }
            resolve_again_later();
        });
    });
}

std::vector<std::string> gateway::names_to_resolve(const routing::route_table& table) {
    std::vector<std::string> names;
    for (auto const& backend : table.backends()) {
        for (auto const& endpoint : backend.endpoints) {
            if (!net::address::parse(endpoint.host, endpoint.port)) {
                names.push_back(endpoint.host);
            }
        }
    }
    return names;
}

std::string gateway::compile(
    const config::configuration& next,
    std::vector<routing::route_state>& states,
    std::shared_ptr<const routing::route_table>& made
) const {
    auto const known = tables_->states();
    for (auto const& file : next.table.routes) {
        auto const running = known.find(file.name);
        if (running == known.end()) {
            states.push_back(routing::initial_state(file));
            continue;
        }
        auto reconciled = routing::reconcile(running->second, file);
        if (reconciled.file_won) {
            log::info("route '{}': its backend_refs changed in the file, which wins", file.name);
        } else if (reconciled.state.refs != file.backend_refs) {
            log::info("route '{}': keeps the weights that were set at run time", file.name);
        }
        states.push_back(std::move(reconciled.state));
    }
    auto compiled = routing::route_table::compile(next.table, states);
    auto const problems = providers::expression_problems(config::all_metrics(next));
    compiled.errors.insert(compiled.errors.end(), problems.begin(), problems.end());
    if (!compiled.errors.empty()) {
        return fmt::format("{}", fmt::join(compiled.errors, "; "));
    }
    made = std::move(compiled.table);
    return {};
}

std::string gateway::compile_and_keep(
    const config::configuration& next, std::shared_ptr<const routing::route_table>& made
) {
    std::vector<routing::route_state> states;
    auto error = compile(next, states, made);
    return error.empty() ? keep_states(states, tables_->states()) : error;
}

std::string gateway::open_webhooks() {
    auto* const feed = journal_ ? &journal_->feed() : nullptr;
    audit_.emplace(feed, kept_.audit);
    webhooks_ = std::make_unique<webhooks::dispatcher>(feed, std::move(kept_.deliveries));
    hooks_ = std::make_unique<webhook_port>(*webhooks_);
    std::string error;
    webhooks_->configure(webhooks::make_receivers(config_.webhooks, error));
    return error;
}

gateway::operators gateway::read_operators(
    const config::configuration& from, std::vector<std::string>& errors
) const {
    operators read;
    std::string error;
    read.webhooks = webhooks::make_receivers(from.webhooks, error);
    if (!error.empty()) {
        errors.push_back(error);
    }
    error.clear();
    if (admin_) {
        read.tokens = admin_->read_tokens(from.admin.tokens, error);
    }
    if (!error.empty()) {
        errors.push_back(error);
    }
    return read;
}

void gateway::set_operators(operators next) {
    webhooks_->configure(std::move(next.webhooks));
    if (admin_) {
        admin_->set_tokens(std::move(next.tokens));
    }
}

void gateway::reload_by_signal() {
    admin::audit_entry entry;
    entry.time = log::wall_clock_text();
    entry.who = "signal";
    entry.action = "SIGHUP";
    entry.from = "this machine";
    reload([this, entry](const admin::reload_answer& answer) mutable {
        entry.status = answer.errors.empty() ? 200 : 422;
        entry.outcome = answer.errors.empty() ? "done" : "invalid_configuration";
        record_audit(entry);
    });
}

void gateway::configure_rollouts() {
    std::vector<control::rollout_setup> setups;
    for (auto const& [route, params] : config_.rollouts) {
        setups.push_back(rollout_setup_of(config_, route, params));
    }
    custom_metrics_.configure(config_);
    rollouts_->configure(std::move(setups));
}

server::worker_settings gateway::worker_settings_of(const config::configuration& from) const {
    server::worker_settings settings;
    for (auto const& params : from.listeners) {
        server::listener_settings listener{.params = params, .http = {}, .trusted_proxies = {}};
        auto& connections_max = listener.params.limits.connections_max;
        if (connections_max > connections_possible_) {
            log::info(
                "listener {}:{}: {} connections instead of {}, for the limit of open files",
                params.address,
                params.port,
                connections_possible_,
                connections_max
            );
            connections_max = connections_possible_;
        }
        listener.http.limits = {
            .start_line_bytes_max = params.limits.request_line_bytes_max,
            .bytes_max = params.limits.header_bytes_max,
            .fields_max = params.limits.header_count_max};
        listener.http.header_timeout = params.timeouts.header;
        listener.http.write_timeout = params.timeouts.write;
        for (auto const& text : params.forwarding.trusted_proxies) {
            listener.trusted_proxies.push_back(net::network::parse(text).value());
        }
        settings.listeners.push_back(
            std::make_shared<const server::listener_settings>(std::move(listener))
        );
    }
    settings.ids = id_settings_of(from);
    return settings;
}

std::shared_ptr<const server::id_settings> gateway::id_settings_of(const config::configuration& from
) const {
    auto keys = from.ids.keys;
    if (keys.empty()) {
        keys.push_back(process_key_);
    }
    return std::make_shared<const server::id_settings>(server::id_settings{
        .params = from.ids,
        .signer = server::id_signer{std::move(keys)},
        .incarnation = incarnation_});
}

void gateway::reload(reload_done done) {
    auto loaded = config::load_file(config_path_);
    admin::reload_answer answer;
    if (!loaded) {
        for (auto const& error : loaded.error()) {
            answer.errors.push_back(config::to_text(error));
        }
    } else {
        if (loaded->workers == 0) {
            loaded->workers = config_.workers;
        }
        answer.errors = fixed_parts_that_differ(config_, *loaded);
    }
    operators next_operators;
    if (answer.errors.empty()) {
        next_operators = read_operators(*loaded, answer.errors);
    }
    std::shared_ptr<const routing::route_table> table;
    if (answer.errors.empty()) {
        if (auto const error = compile_and_keep(*loaded, table); !error.empty()) {
            answer.errors.push_back(error);
        }
    }
    if (!answer.errors.empty()) {
        webhooks_->publish(reload_event(answer.errors));
        for (auto const& error : answer.errors) {
            log::error("reload refused, the old configuration stays: {}", error);
        }
        metrics_.reload_failed();
        done(std::move(answer));
        return;
    }
    for (std::size_t i = 0; i < loaded->listeners.size(); ++i) {
        loaded->listeners[i].port = config_.listeners[i].port;
    }
    loaded->admin.port = config_.admin.port;
    loaded->feedback.port = config_.feedback.port;
    config_ = std::move(*loaded);
    set_operators(std::move(next_operators));
    log::set_level(config_.log_level);
    workers_->configure(worker_settings_of(config_));
    if (feedback_) {
        feedback_->configure(config_.feedback);
        feedback_->set_routes(*table);
        feedback_->set_ids(id_settings_of(config_));
    }
    auto const names = names_to_resolve(*table);
    resolver_.resolve(
        {names.begin(), names.end()},
        [this, table, done = std::move(done)](const auto&) {
            // Not before its names are known: a request would find nobody there.
            tables_->replace(table);
            tables_->set_addresses(resolver_.book());
            tables_->install([this, done] {
                metrics_.reload_succeeded();
                log::info("reloaded {}", config_path_);
                webhooks_->publish(reload_event({}));
                configure_rollouts();
                done({});
            });
            resolve_again_later();
        }
    );
}

}  // namespace millrace::app
