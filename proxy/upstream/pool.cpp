#include "proxy/upstream/pool.hpp"

#include "proxy/net/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace millrace::upstream {

namespace {

// A socket that rested longer is looked at before a request that cannot be repeated goes out on it.
// Below that the event loop has just done so: it reports a closed connection before any request of
// the same round is served.
constexpr duration trusted_rest = std::chrono::milliseconds{50};

}  // namespace

pooled_connection::pooled_connection(pool& of, endpoint& to, net::connection_ptr socket)
    : pool_{&of}, endpoint_{&to}, socket_{std::move(socket)} {}

pooled_connection::~pooled_connection() {
    pool_->with_.budget->closed();
    if (opened_) {
        pool_->with_.metrics.upstream_closed();
    }
}

void pooled_connection::rest(duration idle_timeout) {
    auto& loop = socket_->owner();
    idle_since_ = loop.now();
    idle_until_ = idle_since_ + idle_timeout;
    reused_ = true;
    socket_->observe(this);
    loop.timers().watch(*this, idle_until_);
}

void pooled_connection::wake() noexcept {
    idle_until_ = no_deadline;
    socket_->observe(nullptr);
}

void pooled_connection::on_peer_closed(bool) {
    pool_->drop_idle(*this);
}

void pooled_connection::on_unawaited_input() {
    // Whatever it is (a 408, a late answer), it is no answer to the next request.
    pool_->drop_idle(*this);
}

time_point pooled_connection::on_timer(time_point now) {
    if (idle_until_ > now) {
        return idle_until_;
    }
    pool_->drop_idle(*this);
    return no_deadline;
}

pool::pool(routing::backend_params params, dependencies with)
    : params_{std::move(params)}, with_{std::move(with)}, endpoints_(params_.endpoints.size()) {
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
        endpoints_[i].params_ = &params_.endpoints[i];
    }
    set_addresses({});
}

pool::~pool() {
    retire();
}

void pool::set_addresses(const address_book& book) {
    for (auto& endpoint : endpoints_) {
        auto const& params = *endpoint.params_;
        if (auto const literal = net::address::parse(params.host, params.port)) {
            endpoint.addresses_ = {*literal};
        } else if (auto const* known = book.find(params.host)) {
            endpoint.addresses_.clear();
            for (auto const& address : *known) {
                endpoint.addresses_.push_back(address.with_port(params.port));
            }
        }
    }
}

endpoint* pool::choose_endpoint(random_source& random) noexcept {
    if (endpoints_.size() == 1) {
        return endpoints_.front().is_resolved() ? &endpoints_.front() : nullptr;
    }
    auto const count = static_cast<std::uint32_t>(endpoints_.size());
    auto const first = random.below(count);
    auto const second = (first + 1 + random.below(count - 1)) % count;
    auto* one = &endpoints_[first];
    auto* other = &endpoints_[second];
    if (!one->is_resolved() || (other->is_resolved() && other->in_flight_ < one->in_flight_)) {
        std::swap(one, other);
    }
    if (one->is_resolved()) {
        return one;
    }
    auto const found = std::find_if(endpoints_.begin(), endpoints_.end(), [](const endpoint& each) {
        return each.is_resolved();
    });
    return found == endpoints_.end() ? nullptr : &*found;
}

lease pool::take_idle(endpoint& to, bool must_be_alive) {
    while (!to.idle_.empty()) {
        auto taken = std::move(to.idle_.back());
        to.idle_.pop_back();
        --idle_count_;
        auto const rested = with_.loop.now() - taken->idle_since_;
        taken->wake();
        if (!must_be_alive || rested < trusted_rest || net::is_silent_and_open(taken->socket())) {
            with_.metrics.upstream_reused();
            return taken;
        }
    }
    return nullptr;
}

errc pool::begin_dial(endpoint& to, lease& out) {
    if (!with_.budget->try_open() && !(make_room() && with_.budget->try_open())) {
        return errc::upstream_connections_exhausted;
    }
    auto const& address = to.addresses_[to.next_address_ % to.addresses_.size()];
    auto socket = net::begin_dial(with_.loop, address);
    if (!socket) {
        bool const out_of_descriptors = errno == EMFILE || errno == ENFILE;
        with_.budget->closed();
        if (out_of_descriptors) {
            return errc::no_descriptors;
        }
        with_.metrics.upstream_failed();
        ++to.next_address_;
        return errc::upstream_connect_failed;
    }
    out = std::make_unique<pooled_connection>(*this, to, std::move(socket));
    return errc::ok;
}

net::task<errc> pool::finish_dial(pooled_connection& dialed) {
    auto const limit = params_.timeouts.connect;
    auto const deadline = limit.count() == 0 ? no_deadline : with_.loop.now() + limit;
    auto const connected = co_await net::finish_dial(dialed.socket(), deadline);
    if (connected == errc::ok) {
        with_.metrics.upstream_opened();
        dialed.opened_ = true;
        co_return errc::ok;
    }
    with_.metrics.upstream_failed();
    ++dialed.target().next_address_;
    if (connected == errc::timed_out) {
        co_return errc::upstream_connect_timed_out;
    }
    co_return connected == errc::connection_reset ? errc::upstream_connect_failed : connected;
}

void pool::give_back(lease clean, std::optional<std::chrono::seconds> announced) {
    duration idle_timeout = params_.limits.idle_timeout;
    if (announced) {
        // A second below what the upstream says: it must never close what we are about to use.
        idle_timeout = std::min<duration>(idle_timeout, *announced - std::chrono::seconds{1});
    }
    if (retired_ || idle_count_ >= params_.limits.idle_connections_max ||
        idle_timeout <= duration::zero()) {
        return;
    }
    auto& idle = clean->target().idle_;
    clean->rest(idle_timeout);
    clean->place_ = idle.size();
    idle.push_back(std::move(clean));
    ++idle_count_;
}

void pool::drop_idle(pooled_connection& dropped) {
    auto& idle = dropped.target().idle_;
    auto const place = dropped.place_;
    auto const last = idle.size() - 1;
    if (place != last) {
        std::swap(idle[place], idle[last]);
        idle[place]->place_ = place;
    }
    idle.pop_back();
    --idle_count_;
}

bool pool::make_room() {
    for (auto& endpoint : endpoints_) {
        if (!endpoint.idle_.empty()) {
            drop_idle(*endpoint.idle_.front());
            return true;
        }
    }
    return false;
}

void pool::retire() {
    retired_ = true;
    for (auto& endpoint : endpoints_) {
        idle_count_ -= endpoint.idle_.size();
        endpoint.idle_.clear();
    }
}

}  // namespace millrace::upstream
