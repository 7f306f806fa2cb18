#pragma once

#include "proxy/admin/accepting.hpp"
#include "proxy/admin/message.hpp"
#include "proxy/app/feedback_answer.hpp"
#include "proxy/base/siphash.hpp"
#include "proxy/control/label_port.hpp"
#include "proxy/feedback/intake.hpp"
#include "proxy/feedback/label_ledger.hpp"
#include "proxy/feedback/params.hpp"
#include "proxy/feedback/rate_limit.hpp"
#include "proxy/journal/label_writer.hpp"
#include "proxy/metrics/label_totals.hpp"
#include "proxy/routing/route_table.hpp"
#include "proxy/server/label_outlet.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace millrace::app {

/// Where all labels arrive: those of answers, from the workers' outlets, and those of POST
/// /feedback, on a listener of its own or by way of the admin's. A thread of its own, so that
/// labels hold up neither requests nor decisions nor the admin API. Lifetime: the gateway's;
/// outlives the workers and the rollout driver. Thread: as each member says.
///
///   feedback_desk desk{params, workers, incarnation};  desk.open_journal(…);  desk.start();
class feedback_desk {
 public:
    using done = std::function<void(admin::answer)>;

    feedback_desk(const feedback::params& chosen, unsigned workers, std::uint32_t incarnation);
    ~feedback_desk();
    feedback_desk(const feedback_desk&) = delete;
    feedback_desk& operator=(const feedback_desk&) = delete;

    /// Each accepted label is on disk from now on. Counts again what an earlier process took and
    /// its evidence does not hold yet. An error text, or empty. Before start().
    /// @param rollouts  the newest of each route, by the route's name
    [[nodiscard]] std::string open_journal(
        const std::string& directory,
        std::shared_ptr<journal::write_turn> turn,
        const std::map<std::string, journal::rollout_id, std::less<>>& rollouts
    );

    /// There is a data directory, but nothing can be written to it: labels are refused, since what
    /// is told to be accepted has to last. Before start().
    void refuse_labels() noexcept { refuses_ = true; }

    /// Begins to listen and to count. An error text, or empty.
    [[nodiscard]] std::string start();
    void stop();

    /// The port of the own listener; 0: there is none. After start().
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    // Any thread.

    [[nodiscard]] server::label_outlets& outlets() noexcept { return outlets_; }

    [[nodiscard]] control::label_port& labels() noexcept { return ledger_; }

    void set_routes(const routing::route_table& table);
    void set_ids(std::shared_ptr<const server::id_settings> ids);

    /// What a reload may change: the token and the rate.
    void configure(const feedback::params& chosen);

    /// Judges a call of POST /feedback; `answered` is called once, on the desk's thread, when every
    /// label that it tells to be accepted is on disk.
    void take(admin::request asked, done answered);

    [[nodiscard]] metrics::label_totals totals() const;

 private:
    /// A call between its parts: it may wait for an exchange's end, and for the disk.
    struct visit {
        std::vector<feedback::feedback_item> items;
        feedback::judged found;
        done answered;
    };

    using visit_ptr = std::shared_ptr<visit>;

    void take_here(const admin::request& asked, done answered);
    void wait_a_moment(visit_ptr one);
    void judge(visit_ptr one);
    void settle(const visit_ptr& one, bool recorded);
    void read_notes();
    void look_after_later();
    [[nodiscard]] std::string listen();

    boost::asio::io_context runs_{1};
    feedback::params params_;
    server::label_outlets outlets_;
    feedback::label_ledger ledger_;
    mutable std::mutex mutex_;  // of what follows
    feedback::intake intake_;
    feedback::rate_limit rate_;
    std::array<std::uint64_t, feedback_refusals> refused_{};
    std::unique_ptr<journal::label_writer> writer_;  // null: labels live in memory only
    bool refuses_ = false;
    boost::asio::steady_timer timer_{runs_};
    std::shared_ptr<admin::acceptor> acceptor_;
    std::shared_ptr<admin::session_context> sessions_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace millrace::app
