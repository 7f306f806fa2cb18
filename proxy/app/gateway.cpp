#include "proxy/app/gateway.hpp"

#include "proxy/app/system_limits.hpp"
#include "proxy/app/version.hpp"
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
    if (running.data_dir != next.data_dir) {
        refuse("data_dir");
    }
    if (running.access_log.path != next.access_log.path) {
        refuse("log.access");
    }
    return errors;
}

/// A candidate that clients saw being rolled back gets nothing, whatever was recorded of its
/// weight.
routing::route_state without_marked(
    routing::route_state state, const std::vector<journal::rollback_mark>& marks
) {
    std::vector<weight> weights;
    for (auto const& ref : state.refs) {
        bool const marked = std::any_of(marks.begin(), marks.end(), [&](const auto& mark) {
            return mark.route == state.route && mark.candidate == ref.backend;
        });
        weights.push_back(marked ? weight{0} : ref.weight);
    }
    return routing::with_weights(state, weights);
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
    workers_->stop();
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
    workers_ = std::make_unique<worker_set>(
        control_,
        server::shared_parts{metrics_, budgets_, connections_, access_log_.get()},
        config_.workers
    );
    tables_ = std::make_unique<table_publisher>(*workers_, metrics_);
    if (auto const error = open_journal(); !error.empty()) {
        log::error("{}", error);
        return false;
    }
    std::shared_ptr<const routing::route_table> table;
    if (auto const error = compile_and_keep(config_, table); !error.empty()) {
        log::error("{}", error);
        return false;
    }
    tables_->replace(std::move(table));
    rollout_weights_ = std::make_unique<rollout_weights_port>(*tables_, metrics_, config_.workers);
    rollouts_ =
        std::make_unique<control::rollout_driver>(*rollout_weights_, journal_.get(), rollout_pace);
    if (journal_) {
        journal_->settle(kept_);
    }
    rollouts_->restore(std::move(kept_.rollouts));
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
            reload([](const admin::reload_answer&) {});
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

std::string gateway::compile_and_keep(
    const config::configuration& next, std::shared_ptr<const routing::route_table>& made
) {
    std::vector<routing::route_state> states;
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
    if (!compiled.table) {
        return fmt::format("{}", fmt::join(compiled.errors, "; "));
    }
    if (auto error = keep_states(states); !error.empty()) {
        return error;
    }
    made = std::move(compiled.table);
    return {};
}

std::string gateway::open_journal() {
    if (config_.data_dir.empty()) {
        return {};
    }
    std::string error;
    auto& found = kept_;
    journal_ = rollout_journal::open(config_.data_dir, found, error);
    if (!journal_) {
        return error;
    }
    table_publisher::route_states states;
    for (auto const& [route, text] : found.routes) {
        if (auto state = routing::route_state_from_text(route, text)) {
            states.emplace(route, without_marked(std::move(*state), found.marks));
        } else {
            log::error(
                "data_dir: the state of route '{}' cannot be read; the file's weights hold", route
            );
        }
    }
    tables_->restore(std::move(states));
    return {};
}

std::string gateway::keep_states(const std::vector<routing::route_state>& changed) {
    if (!journal_) {
        return {};
    }
    journal::route_states texts;
    for (auto const& state : changed) {
        texts.emplace(state.route, routing::to_text(state));
    }
    auto const error = journal_->save(std::move(texts));
    return error.empty() ? error
                         : fmt::format("data_dir: the weights cannot be recorded: {}", error);
}

void gateway::configure_rollouts() {
    std::vector<control::rollout_setup> setups;
    for (auto const& [route, params] : config_.rollouts) {
        setups.push_back(rollout_setup_of(config_, route, params));
    }
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
    auto keys = from.ids.keys;
    if (keys.empty()) {
        keys.push_back(process_key_);
    }
    settings.ids = std::make_shared<const server::id_settings>(server::id_settings{
        .params = from.ids,
        .signer = server::id_signer{std::move(keys)},
        .incarnation = incarnation_});
    return settings;
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
    std::shared_ptr<const routing::route_table> table;
    if (answer.errors.empty()) {
        if (auto const error = compile_and_keep(*loaded, table); !error.empty()) {
            answer.errors.push_back(error);
        }
    }
    if (!answer.errors.empty()) {
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
    config_ = std::move(*loaded);
    log::set_level(config_.log_level);
    workers_->configure(worker_settings_of(config_));
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
                configure_rollouts();
                done({});
            });
            resolve_again_later();
        }
    );
}

}  // namespace millrace::app
