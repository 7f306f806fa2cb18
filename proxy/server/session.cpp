#include "proxy/server/session.hpp"

#include "proxy/base/log.hpp"
#include "proxy/http/h1_server_stream.hpp"
#include "proxy/server/exchange.hpp"

#include <exception>
#include <utility>

namespace millrace::server {

namespace {

// How long and how much a client may still send after the last answer, so that closing with unread
// bytes does not reset the connection before it has read the answer (RFC 9112 9.6).
constexpr duration linger_time = std::chrono::seconds{2};
constexpr std::size_t linger_bytes = 4 * 1024 * 1024;

net::task<void> linger(net::connection& peer) {
    peer.clear_cancel();
    peer.shutdown_send();
    auto const deadline = peer.owner().now() + linger_time;
    for (std::size_t dropped = 0; dropped < linger_bytes;) {
        if (co_await peer.readable(deadline) != errc::ok) {
            co_return;
        }
        auto const got = peer.read(peer.owner().scratch());
        if (got.error != errc::ok && got.error != errc::would_block) {
            co_return;
        }
        dropped += got.bytes;
    }
}

time_point idle_deadline(const worker_context& context, const listener_params& params) noexcept {
    auto const limit = params.timeouts.keep_alive;
    return limit == duration::zero() ? no_deadline : context.loop.now() + limit;
}

net::task<void> serve_requests(
    worker_context& context,
    session_list::entry& entry,
    net::connection& peer,
    const client_info& from
) {
    auto const& params = from.listener->params;
    http::h1_server_stream client{peer, context.http, from.listener->http};
    std::uint32_t served = 0;
    do {
        ++served;
        if (!client.has_input()) {
            // Who was accepted last may have sent a request already.
            if (context.draining && served > 1) {
                co_return;
            }
            client.rest();
            entry.set_idle(true);
            auto const waited = co_await peer.readable(idle_deadline(context, params));
            entry.set_idle(false);
            if (waited != errc::ok) {
                co_return;
            }
        }
        if (served == params.limits.requests_per_connection_max || context.draining) {
            client.close_after_answer();
        }
        co_await serve_exchange(context, client, from);
    } while (client.can_continue());
    if (client.has_answered() && client.may_have_unread_input() && !context.stopping) {
        co_await linger(peer);
    }
}

}  // namespace

session_list::entry::entry(session_list& in, net::connection& of) noexcept
    : list_{in}, connection_{of}, next_{in.first_} {
    if (next_ != nullptr) {
        next_->previous_ = this;
    }
    list_.first_ = this;
    ++list_.count_;
}

session_list::entry::~entry() {
    (previous_ != nullptr ? previous_->next_ : list_.first_) = next_;
    if (next_ != nullptr) {
        next_->previous_ = previous_;
    }
    --list_.count_;
    list_.on_left_();
}

void session_list::end_idle() noexcept {
    for (auto* each = first_; each != nullptr; each = each->next_) {
        if (each->idle_) {
            each->connection_.cancel(errc::draining);
        }
    }
}

void session_list::end_all() noexcept {
    for (auto* each = first_; each != nullptr; each = each->next_) {
        each->connection_.abandon(errc::draining);
    }
}

net::detached serve_connection(
    worker_context& context, session_list& sessions, net::connection_ptr peer, client_info from
) {
    session_list::entry entry{sessions, *peer};
    try {
        co_await serve_requests(context, entry, *peer, from);
    } catch (const std::exception& failure) {
        log::error("a connection from {} failed: {}", from.ip, failure.what());
    }
    context.metrics.connection_closed();
}

}  // namespace millrace::server
