#pragma once

#include "proxy/base/result.hpp"
#include "proxy/server/gateway_worker.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::app {

/// All workers of the process as one: what is done to the set is done to each, and its end is
/// reported on the control thread when the last one is done. Lifetime: the gateway's. Thread:
/// control.
class worker_set {
 public:
    using done = std::function<void()>;

    worker_set(boost::asio::io_context& control, server::shared_parts shared, unsigned count);

    /// Opens one listening socket per worker and listener. An error text, or empty; the ports that
    /// were chosen for port 0 are written into `listeners`.
    [[nodiscard]] std::string open_sockets(std::vector<server::listener_params>& listeners);

    void start();
    void configure(const server::worker_settings& settings);
    void install(const server::published_table& table, done when_in_force);
    void listen(done when_listening);
    void drain(done when_drained);
    void stop();

 private:
    /// A callback for each worker; the last call runs `when_all` on the control thread.
    [[nodiscard]] done count_down(done when_all);
    void renew_copies(const std::shared_ptr<const routing::route_table>& table);

    boost::asio::io_context& control_;
    std::vector<std::unique_ptr<server::gateway_worker>> workers_;
    std::vector<std::vector<int>> sockets_;  // by worker
    // By worker, while the table uses expressions: what each match writes to must not be shared.
    std::vector<std::shared_ptr<const routing::route_table>> copies_;
    std::shared_ptr<const routing::route_table> copied_from_;
};

}  // namespace millrace::app
