#include "proxy/app/worker_set.hpp"

#include "proxy/app/system_limits.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <atomic>
#include <utility>

namespace millrace::app {

worker_set::worker_set(
    boost::asio::io_context& control, server::shared_parts shared, unsigned count
)
    : control_{control} {
    for (unsigned i = 0; i < count; ++i) {
        workers_.push_back(std::make_unique<server::gateway_worker>(
            static_cast<std::uint16_t>(i), shared, system_random()
        ));
    }
}

std::string worker_set::open_sockets(std::vector<server::listener_params>& listeners) {
    sockets_.resize(workers_.size());
    for (auto& listener : listeners) {
        for (auto& of_worker : sockets_) {
            auto const bind = net::address::parse(listener.address, listener.port);
            if (!bind) {
                return fmt::format("'{}' is no IPv4 or IPv6 address", listener.address);
            }
            auto const opened = net::open_listening_socket(*bind);
            if (!opened) {
                return fmt::format(
                    "cannot listen on {}:{}: {}",
                    listener.address,
                    listener.port,
                    opened.error().message()
                );
            }
            of_worker.push_back(*opened);
            if (auto const bound = net::bound_address(*opened)) {
                listener.port = bound->port();
            }
        }
    }
    return {};
}

void worker_set::start() {
    for (auto const& worker : workers_) {
        worker->start();
    }
}

void worker_set::configure(const server::worker_settings& settings) {
    for (auto const& worker : workers_) {
        worker->configure(settings);
    }
}

worker_set::done worker_set::count_down(done when_all) {
    auto const left = std::make_shared<std::atomic<std::size_t>>(workers_.size());
    return [this, left, when_all = std::move(when_all)] {
        if (left->fetch_sub(1, std::memory_order_acq_rel) == 1) {
            boost::asio::post(control_, when_all);
        }
    };
}

void worker_set::install(const server::published_table& table, done when_in_force) {
    renew_copies(table.routes);
    auto const one_done = count_down(std::move(when_in_force));
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        auto of_worker = table;
        if (!copies_.empty()) {
            of_worker.routes = copies_[i];
        }
        workers_[i]->install(std::move(of_worker), one_done);
    }
}

void worker_set::renew_copies(const std::shared_ptr<const routing::route_table>& table) {
    if (workers_.size() == 1 || !table->uses_expressions()) {
        copies_.clear();
        return;
    }
    bool const same_rules =
        copies_.size() == workers_.size() && copied_from_->shares_rules_with(*table);
    copies_.resize(workers_.size());
    for (auto& copy : copies_) {
        copy = same_rules ? copy->with_states(table->states()) : table->copy();
    }
    copied_from_ = table;
}

void worker_set::listen(done when_listening) {
    auto const one_done = count_down(std::move(when_listening));
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        workers_[i]->listen(std::move(sockets_[i]), one_done);
    }
}

void worker_set::drain(done when_drained) {
    auto const one_done = count_down(std::move(when_drained));
    for (auto const& worker : workers_) {
        worker->drain(one_done);
    }
}

void worker_set::stop() {
    for (auto const& worker : workers_) {
        worker->stop();
    }
}

}  // namespace millrace::app
