#pragma once

#include "proxy/admin/gateway.hpp"
#include "proxy/admin/server.hpp"
#include "proxy/app/audit_log.hpp"
#include "proxy/app/custom_metrics.hpp"
#include "proxy/app/feedback_desk.hpp"
#include "proxy/app/resolver.hpp"
#include "proxy/app/rollout_journal.hpp"
#include "proxy/app/rollout_ports.hpp"
#include "proxy/app/stopped_journal.hpp"
#include "proxy/app/table_publisher.hpp"
#include "proxy/app/webhook_port.hpp"
#include "proxy/app/worker_set.hpp"
#include "proxy/config/configuration.hpp"
#include "proxy/control/rollout_driver.hpp"
#include "proxy/metrics/registry.hpp"
#include "proxy/routing/route_state.hpp"
#include "proxy/routing/route_table.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace millrace::app {

/// The running gateway: owns every object, wires them, and holds the order of start, reload, drain
/// and stop. Lifetime: `millrace serve`. Thread: control (the one that calls run), but for the
/// workers that it owns.
///
///   app::gateway gateway{std::move(loaded), "millrace.yaml"};  return gateway.run();
class gateway final : private admin::gateway {
 public:
    gateway(config::configuration loaded, std::string config_path);
    ~gateway() override;

    /// Serves until a signal ends it. Returns the exit code: 0 after an orderly end, 1 when it
    /// could not start or the drain took too long.
    [[nodiscard]] int run();

 private:
    // Start, in this order.
    [[nodiscard]] bool begin();
    void resolve_then_publish();
    void begin_listening();
    void begin_admin();
    void begin_feedback();

    // What signals ask for.
    void wait_for_signal();
    void begin_drain();
    void resolve_again_later();

    [[nodiscard]] std::string compile(
        const config::configuration& next,
        std::vector<routing::route_state>& states,
        std::shared_ptr<const routing::route_table>& made
    ) const;
    [[nodiscard]] std::string compile_and_keep(
        const config::configuration& next, std::shared_ptr<const routing::route_table>& made
    );
    [[nodiscard]] std::string open_journal();
    [[nodiscard]] std::string open_webhooks();

    /// What files beside the configuration say, read before anything of a reload is in force.
    struct operators {
        std::vector<webhooks::receiver> webhooks;
        admin::token_store tokens;
    };

    [[nodiscard]] operators read_operators(
        const config::configuration& from, std::vector<std::string>& errors
    ) const;
    void set_operators(operators next);
    void reload_by_signal();
    void go_on_without_journal(std::string why);
    void restore_weights(const kept_state& found);
    [[nodiscard]] control::journal_port* journal_port() const noexcept;
    /// @param kept  what is on disk: what does not differ from it is not written
    [[nodiscard]] std::string keep_states(
        const std::vector<routing::route_state>& changed, const table_publisher::route_states& kept
    );
    void configure_rollouts();
    [[nodiscard]] server::worker_settings worker_settings_of(const config::configuration& from
    ) const;
    [[nodiscard]] std::shared_ptr<const server::id_settings> id_settings_of(
        const config::configuration& from
    ) const;
    [[nodiscard]] static std::vector<std::string> names_to_resolve(const routing::route_table& table
    );

    // admin::gateway
    admin::condition health() override;
    admin::condition ready() override;
    std::vector<admin::route_status> routes() override;
    std::optional<admin::route_status> route(std::string_view name) override;
    std::vector<admin::backend_status> backends() override;
    void set_weights(
        std::string_view route, std::vector<admin::weight_change> changes, set_weights_done done
    ) override;
    std::vector<admin::rollout_status> rollouts() override;
    std::optional<admin::rollout_status> rollout(std::string_view route) override;
    void command_rollout(std::string_view route, admin::rollout_command command, command_done done)
        override;
    void take_feedback(admin::request asked, feedback_done done) override;
    void reload(reload_done done) override;
    void record_audit(admin::audit_entry entry) override;
    std::vector<admin::audit_entry> audit_record() override;
    std::vector<admin::webhook_view> webhooks() override;
    std::vector<admin::dead_letter_view> dead_letters() override;
    std::optional<admin::change_error> resend(std::int64_t dead_letter) override;
    std::string config_dump() override;
    std::string metrics_text() override;
    admin::build_description build_info() override;

    [[nodiscard]] admin::route_status status_of(const routing::route& route) const;
    [[nodiscard]] metrics::journal_totals journal_totals() const;

    config::configuration config_;
    std::string config_path_;
    boost::asio::io_context control_{1};
    metrics::registry metrics_;
    upstream::connection_budgets budgets_;
    server::connection_count connections_;
    std::unique_ptr<server::access_log> access_log_;
    std::uint32_t incarnation_;
    server::id_params::key process_key_;
    std::unique_ptr<feedback_desk> feedback_;  // null: nobody counts labels
    std::unique_ptr<worker_set> workers_;
    resolver resolver_{control_};
    std::unique_ptr<rollout_journal> journal_;          // null without data_dir, or when it stopped
    std::unique_ptr<stopped_journal> stopped_journal_;  // instead of one that cannot be written
    std::unique_ptr<table_publisher> tables_;
    kept_state kept_;  // of an earlier process, until the start
    std::optional<audit_log> audit_;
    std::unique_ptr<webhooks::dispatcher> webhooks_;
    std::unique_ptr<webhook_port> hooks_;
    std::unique_ptr<rollout_weights_port> rollout_weights_;
    custom_metrics custom_metrics_;
    std::unique_ptr<control::rollout_driver> rollouts_;
    std::optional<admin::server> admin_;
    boost::asio::signal_set signals_{control_};
    boost::asio::steady_timer resolve_timer_{control_};
    boost::asio::steady_timer drain_timer_{control_};
    bool listening_ = false;
    bool draining_ = false;
    int exit_code_ = 0;
    std::uint32_t connections_possible_ = 0;  // as far as file descriptors go
};

}  // namespace millrace::app
