// The way of the request: read_head, match_route, pick_backend, open_upstream, send_request.
#include "proxy/base/ascii.hpp"
#include "proxy/routing/path.hpp"
#include "proxy/server/access_log_line.hpp"
#include "proxy/server/exchange.hpp"
#include "proxy/server/forwarding.hpp"

#include <algorithm>
#include <utility>

namespace millrace::server {

namespace {

routing::request_view view_of(const http::request_head& request, const client_info& from) {
    return {
        .method = request.method_name,
        .host = request.authority,
        // "OPTIONS *" is for the routes that take everything.
        .path = request.path == "*" ? std::string_view{"/"} : request.path,
        .query = request.query,
        .fields = request.fields,
        .client_ip = from.ip,
        .trace_id = {},
    };
}

std::uint32_t unix_seconds() noexcept {
    return static_cast<std::uint32_t>(::time(nullptr));
}

/// An OPTIONS whose hops are used up is for us (RFC 9110 7.6.2).
errc check_hops(const http::request_head& request) noexcept {
    auto const text = http::value_of(request.fields, field_id::max_forwards);
    if (request.method != http::method::options || text.empty()) {
        return errc::ok;
    }
    auto const hops = ascii::parse_decimal(text);
    if (!hops) {
        return errc::bad_forwarding;
    }
    return *hops == 0 ? errc::hops_used_up : errc::ok;
}

}  // namespace

exchange::exchange(worker_context& context, http::server_stream& client, const client_info& from)
    : context_{context}, client_{client}, from_{from}, start_{context.loop.precise_now()} {
    client_.listen(this);
}

exchange::~exchange() {
    client_.listen(nullptr);
}

errc exchange::begin(errc read) {
    context_.values.clear();
    if (read == errc::end_of_stream || read == errc::connection_reset) {
        return errc::end_of_stream;
    }
    context_.metrics.request();
    static const http::request_head unreadable;
    keep_request_facts(read == errc::ok ? *request_ : unreadable);  // no copy: both are lvalues
    return read;
}

void exchange::keep_request_facts(const http::request_head& request) {
    method_ = request.method;
    is_http10_ = request.is_http10;
    expects_continue_ = request.expects_continue;
    fix_request_id(request);
    if (context_.access_log != nullptr) {
        log_line_ = begin_access_log_line(from_.ip, request);
    }
}

void exchange::fix_request_id(const http::request_head& request) {
    if (!context_.ids->params.request_id) {
        return;
    }
    auto const given = http::value_of(request.fields, field_id::x_request_id);
    if (is_valid_request_id(given)) {
        std::copy(given.begin(), given.end(), request_id_.begin());
        request_id_bytes_ = given.size();
    } else {
        write_request_id(request_id_.data(), context_.coins);
        request_id_bytes_ = 32;
    }
}

errc exchange::match_route() {
    if (!routing::is_unambiguous_path(request_->path)) {
        return errc::bad_path;
    }
    table_ = context_.table;
    route_ = table_->routes->match(view_of(*request_, from_));
    if (route_ == nullptr) {
        context_.metrics.request_without_route();
        return errc::no_route;
    }
    if (auto const error = check_hops(*request_); error != errc::ok) {
        return error;
    }
    half_close_ = route_->params->half_close;
    body_bytes_max_ =
        route_->params->body_bytes_max.value_or(from_.listener->params.limits.body_bytes_max);
    if (body_bytes_max_ != 0 && request_->body.bytes > body_bytes_max_) {
        return errc::body_too_large;
    }
    return errc::ok;
}

errc exchange::pick_backend() {
    assignment_ = route_->assign(place_of_unit());
    if (!assignment_) {
        return errc::no_backend;
    }
    id_.unix_seconds = unix_seconds();
    version_ = table_->versions[route_->index][assignment_->ref];
    version_->begin();
    evidence_ = table_->evidence[route_->index][assignment_->ref];
    if (evidence_ != nullptr) {
        begin_evidence();
    }
    pool_ = table_->pools[route_->backends[assignment_->ref]];
    auto const limit = route_->params->total_timeout.value_or(pool_->params().timeouts.total);
    total_deadline_ = limit.count() == 0 ? no_deadline : start_ + limit;
    return errc::ok;
}

void exchange::begin_evidence() {
    assigned_at_ = context_.loop.precise_now();
    evidence_->begin(assigned_at_);
    if (!evidence_->tells_units()) {
        return;
    }
    is_unit_told_ = evidence_->begin_of_unit(assigned_at_, assignment_->unit_hash, !has_unit_);
    if (!is_unit_told_) {
        context_.metrics.unit_request_left_out();
    }
}

std::uint64_t exchange::place_of_unit() {
    auto const& affinity = route_->params->affinity;
    if (affinity.kind == routing::affinity_params::kind::none) {
        return context_.coins.next();
    }
    auto const& routes = *table_->routes;
    auto const view = view_of(*request_, from_);
    auto const& name = route_->params->name;
    has_unit_ = true;
    if (affinity.kind == routing::affinity_params::kind::cookie) {
        auto unit = routing::cookie_unit_of(affinity, routes.cookie_key(), name, view);
        if (!unit) {
            unit.emplace();
            auto const words = std::array{context_.coins.next(), context_.coins.next()};
            std::memcpy(unit->data(), words.data(), unit->size());
            set_cookie_ = routing::set_cookie_value(
                affinity, routing::issue_cookie(routes.cookie_key(), name, *unit)
            );
        }
        return routing::unit_hash(routes.affinity_key(), name, {unit->data(), unit->size()});
    }
    auto const unit = routing::unit_of(affinity, view);
    has_unit_ = !unit.empty();
    return has_unit_ ? routing::unit_hash(routes.affinity_key(), name, unit)
                     : context_.coins.next();
}

net::task<errc> exchange::open_upstream() {
    if (replaced_) {
        return dial(*endpoint_);
    }
    endpoint_ = pool_->choose_endpoint(context_.coins);
    if (endpoint_ == nullptr) {
        return errc::upstream_unresolved;
    }
    upstream::pool::begin_request(*endpoint_);
    prepare_request(*endpoint_);
    if (first_part_.error != errc::ok) {
        return first_part_.error;
    }
    if (body_bytes_max_ != 0 && observed_.bytes_received > body_bytes_max_) {
        return errc::body_too_large;
    }
    bool const repeatable = http::is_idempotent(method_) && first_part_.last;
    connection_ = pool_->take_idle(*endpoint_, !repeatable);
    if (!connection_) {
        pin_request();
        return dial(*endpoint_);
    }
    if (repeatable) {
        pin_request();
    }
    return errc::ok;
}

void exchange::prepare_request(const upstream::endpoint& to) {
    make_upstream_request(
        context_,
        {.request = *request_,
         .client = from_,
         .route = *route_,
         .backend = pool_->params(),
         .authority = to.params().authority,
         .request_id = request_id()}
    );
    outgoing_ = &context_.upstream_request;
    asked_upgrade_ = !outgoing_->upgrade.empty();
    first_part_ = client_.buffered_body();
    observed_.bytes_received = first_part_.bytes.size();
    // What follows may suspend: nothing of the request may be looked at where it was received.
    request_ = nullptr;
}

void exchange::pin_request() {
    pinned_ = std::make_unique<http::pinned_request>(
        *outgoing_, std::string_view{first_part_.bytes.data(), first_part_.bytes.size()}
    );
}

net::task<errc> exchange::dial(upstream::endpoint& to) {
    auto error = errc::upstream_connect_failed;
    for (auto attempts = pool_->dial_attempts(to); attempts > 0; --attempts) {
        error = pool_->begin_dial(to, connection_);
        if (error == errc::upstream_connections_exhausted || error == errc::no_descriptors) {
            co_return error;
        }
        if (error == errc::ok) {
            error = co_await pool_->finish_dial(*connection_);
        }
        if (request_failure_ != errc::ok) {
            co_return request_failure_;
        }
        if (error == errc::ok) {
            co_return errc::ok;
        }
        connection_.reset();
    }
    co_return timeout_or(error);
}

net::task<errc> exchange::send_request() {
    auto first = std::string_view{first_part_.bytes.data(), first_part_.bytes.size()};
    if (pinned_) {
        outgoing_ = &pinned_->head();
        first = pinned_->first();
    }
    upstream_.emplace(connection_->socket(), context_.http, http::h1_client_stream::params{});
    bool const with_trailers = first_part_.last && !client_.trailers().empty() &&
                               outgoing_->body.kind == http::body_length::kind::unknown;
    auto head = upstream_->write_head(*outgoing_, first, first_part_.last && !with_trailers);
    return net::then(std::move(head), [this, with_trailers](errc sent) -> net::task<errc> {
        if (sent != errc::ok || !with_trailers) {
            return begin_pump(sent);
        }
        return net::then(
            upstream_->write_body({}, true, client_.trailers()),
            [this](errc trailers_sent) -> net::task<errc> { return begin_pump(trailers_sent); }
        );
    });
}

errc exchange::begin_pump(errc sent) {
    if (sent != errc::ok) {
        // A request that was cut off may have been answered all the same: read_answer finds out.
        return first_failure(upstream_->has_sent() ? errc::ok : errc::upstream_closed);
    }
    request_sent_ = first_part_.last;
    request_sent_at_ = last_activity_ = context_.loop.now();
    if (!first_part_.last) {
        pump_.emplace(pump_request());
    }
    return first_failure(errc::ok);
}

bool exchange::may_replace_connection(errc failure) {
    bool const died = traits_of(failure).retry == retry_class::when_repeatable && connection_ &&
                      connection_->is_reused();
    if (!died || replaced_ || client_.has_answered()) {
        return false;
    }
    bool const repeatable = http::is_idempotent(method_) && first_part_.last;
    if (!repeatable && upstream_->has_sent()) {
        return false;
    }
    if (!pinned_) {
        pin_request();
    }
    replaced_ = true;
    upstream_.reset();
    connection_.reset();
    return true;
}

net::task<void> exchange::pump_request() {
    while (!pump_stopped_ && !request_sent_) {
        auto const error = co_await pump_once();
        if (error != errc::ok) {
            if (request_failure_ == errc::ok && !pump_stopped_) {
                request_failure_ = error;
                upstream_->cancel(error);
                if (is_tunnel_) {
                    client_.cancel(error);
                }
            }
            co_return;
        }
    }
}

net::task<errc> exchange::pump_once() {
    auto const limit =
        is_tunnel_ ? pool_->params().timeouts.idle : from_.listener->params.timeouts.body;
    auto part = co_await client_.read_body(upstream_->bytes_wanted(), deadline_after(limit));
    if (part.error == errc::timed_out && is_tunnel_ &&
        last_activity_ + limit > context_.loop.now()) {
        co_return errc::ok;  // the other direction is alive
    }
    if (part.error != errc::ok) {
        bool const gone = part.error == errc::end_of_stream || part.error == errc::connection_reset;
        co_return gone
            ? errc::downstream_gone
            : (part.error == errc::timed_out ? timeout_or(errc::request_timed_out) : part.error);
    }
    last_activity_ = context_.loop.now();
    observed_.bytes_received += part.bytes.size();
    if (body_bytes_max_ != 0 && observed_.bytes_received > body_bytes_max_ && !is_tunnel_) {
        co_return errc::body_too_large;
    }
    auto const sent = co_await upstream_->write_body(
        {part.bytes.data(), part.bytes.size()}, part.last, client_.trailers()
    );
    if (sent != errc::ok) {
        // The answer tells why the upstream takes no more; without one, read_answer fails.
        pump_stopped_ = true;
        co_return errc::ok;
    }
    request_sent_ = part.last;
    request_sent_at_ = context_.loop.now();
    co_return errc::ok;
}

net::task<void> exchange::stop_pump() {
    if (!pump_->await_ready()) {
        pump_stopped_ = true;
        client_.cancel(errc::cancelled);
        upstream_->cancel(errc::cancelled);
    }
    co_await std::move(*pump_);
    pump_.reset();
}

void exchange::on_client_gone(bool broken) {
    // In a tunnel a FIN ends one direction only, and the pump reads it.
    if (((is_tunnel_ || half_close_) && !broken) || request_failure_ != errc::ok) {
        return;
    }
    request_failure_ = errc::downstream_gone;
    if (connection_) {
        connection_->socket().cancel(errc::downstream_gone);
    }
    client_.cancel(errc::downstream_gone);
}

time_point exchange::deadline_after(std::chrono::milliseconds limit) const noexcept {
    return limit.count() == 0 ? total_deadline_
                              : std::min(total_deadline_, context_.loop.now() + limit);
}

errc exchange::timeout_or(errc otherwise) const noexcept {
    return context_.loop.now() >= total_deadline_ ? errc::total_timed_out : otherwise;
}

errc exchange::first_failure(errc otherwise) const noexcept {
    return request_failure_ != errc::ok ? request_failure_ : otherwise;
}

}  // namespace millrace::server
