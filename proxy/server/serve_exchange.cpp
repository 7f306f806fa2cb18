#include "proxy/server/exchange.hpp"

namespace millrace::server {

net::task<void> serve_exchange(
    worker_context& context, http::server_stream& client, const client_info& from
) {
    exchange current{context, client, from};
    auto failure = current.begin(co_await current.read_head());
    if (failure == errc::end_of_stream) {
        co_return;
    }
    if (failure == errc::ok) {
        failure = current.match_route();
    }
    if (failure == errc::ok) {
        failure = current.pick_backend();
    }
    if (failure == errc::ok) {
        do {
            failure = co_await current.open_upstream();
            if (failure == errc::ok) {
                failure = co_await current.send_request();
            }
            if (failure == errc::ok) {
                failure = co_await current.read_answer();
            }
        } while (current.may_replace_connection(failure));
    }
    if (failure == errc::ok) {
        failure = co_await current.relay_answer();
    }
    co_await current.finish(failure);
    current.record(failure);
}

}  // namespace millrace::server
