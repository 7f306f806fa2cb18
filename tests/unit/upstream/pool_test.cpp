#include "proxy/upstream/pool.hpp"

#include "proxy/net/socket.hpp"

#include "tests/support/driven_worker.hpp"
#include "tests/support/peer.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace millrace::upstream;  // NOLINT(google-build-using-namespace): every line here needs
                                     // it
using millrace::errc;
using millrace::no_deadline;
using millrace::random_source;
using millrace::net::address;
using millrace::net::task;
using millrace::support::next_round;
namespace net = millrace::net;
namespace routing = millrace::routing;
namespace support = millrace::support;
using namespace std::chrono_literals;

namespace {

/// An upstream that accepts in the loop of the test.
struct acceptor {
    explicit acceptor(net::worker& loop)
        : fd{net::open_listening_socket(address::parse("127.0.0.1", 0).value()).value()},
          port{net::bound_address(fd).value().port()},
          listening{
              loop,
              fd,
              {.on_accept =
                   [this](net::connection_ptr made, const address&) {
                       accepted.push_back(std::move(made));
                   },
               .on_refused = [] {}}} {}

    int fd;
    std::uint16_t port;
    std::deque<net::connection_ptr> accepted;
    net::listener listening;
};

struct fixture {
    net::worker loop;
    acceptor upstream{loop};
    millrace::metrics::worker_metrics metrics;
    std::shared_ptr<connection_budget> budget = std::make_shared<connection_budget>(100U);
    random_source coins{1};

    [[nodiscard]] routing::backend_params params(std::size_t endpoints = 1) const {
        routing::backend_params made;
        made.name = "v1";
        for (std::size_t i = 0; i < endpoints; ++i) {
            made.endpoints.push_back({"127.0.0.1", upstream.port, "upstream"});
        }
        return made;
    }

    pool_ptr make(routing::backend_params of) {
        return pool_ptr{new pool{std::move(of), {loop, metrics, budget}}};
    }

    pool_ptr make() { return make(params()); }

    [[nodiscard]] millrace::metrics::worker_totals totals() const {
        millrace::metrics::worker_totals all;
        metrics.add_to(all);
        return all;
    }

    void run(task<void> script) { support::run(loop, std::move(script)); }
};

/// A new connection, accepted on the other side.
task<lease> dial(fixture& with, pool& from) {
    auto const before = with.upstream.accepted.size();
    auto* const to = from.choose_endpoint(with.coins);
    REQUIRE(to != nullptr);
    lease made;
    REQUIRE(from.begin_dial(*to, made) == errc::ok);
    auto const connected = co_await from.finish_dial(*made);
    REQUIRE(connected == errc::ok);
    while (with.upstream.accepted.size() == before) {
        next_round later{with.loop};
        co_await later;
    }
    co_return made;
}

task<void> until_open(fixture& with, std::uint32_t connections) {
    while (with.budget->open() != connections) {
        next_round later{with.loop};
        co_await later;
    }
}

endpoint& only_endpoint(fixture& with, pool& of) {
    return *of.choose_endpoint(with.coins);
}

}  // namespace

TEST_CASE("of two endpoints the less loaded one is chosen", "[upstream][pool]") {
    fixture with;
    auto const pool = with.make(with.params(2));
    auto* const first = pool->choose_endpoint(with.coins);
    pool::begin_request(*first);

    for (int i = 0; i < 100; ++i) {
        CHECK(pool->choose_endpoint(with.coins) != first);
    }
    pool::end_request(*first);
}

TEST_CASE("endpoints that are equally loaded share the requests", "[upstream][pool]") {
    fixture with;
    auto const pool = with.make(with.params(4));
    std::map<endpoint*, int> chosen;

    for (int i = 0; i < 4'000; ++i) {
        ++chosen[pool->choose_endpoint(with.coins)];
    }

    REQUIRE(chosen.size() == 4);
    for (auto const& [each, count] : chosen) {
        CHECK(count > 800);
        CHECK(count < 1'200);
    }
}

TEST_CASE("two choices keep the load within a few requests", "[upstream][pool]") {
    fixture with;
    auto const pool = with.make(with.params(10));
    std::map<endpoint*, int> load;

    for (int i = 0; i < 10'000; ++i) {
        auto* const to = pool->choose_endpoint(with.coins);
        pool::begin_request(*to);
        ++load[to];
    }

    for (auto const& [to, count] : load) {
        CHECK(count > 990);
        CHECK(count < 1'010);
        for (int i = 0; i < count; ++i) {
            pool::end_request(*to);
        }
    }
}

TEST_CASE("an endpoint without an address is never chosen", "[upstream][pool]") {
    fixture with;
    auto params = with.params(3);
    params.endpoints[0].host = "one.test";
    params.endpoints[1].host = "two.test";
    auto const pool = with.make(params);

    for (int i = 0; i < 100; ++i) {
        auto* const chosen = pool->choose_endpoint(with.coins);
        REQUIRE(chosen != nullptr);
        CHECK(chosen->params().host == "127.0.0.1");
    }
}

TEST_CASE("without any address nothing is chosen, until one is known", "[upstream][pool]") {
    fixture with;
    for (std::size_t const count : {1U, 3U}) {
        auto params = with.params(count);
        for (auto& endpoint : params.endpoints) {
            endpoint.host = "name.test";
        }
        auto const pool = with.make(params);
        CHECK(pool->choose_endpoint(with.coins) == nullptr);

        address_book book;
        book.set(
            "name.test",
            {address::parse("127.0.0.1", 0).value(), address::parse("127.0.0.2", 0).value()}
        );
        pool->set_addresses(book);

        auto* const chosen = pool->choose_endpoint(with.coins);
        REQUIRE(chosen != nullptr);
        CHECK(chosen->is_resolved());
        CHECK(pool->dial_attempts(*chosen) == 2);

        // A book that forgot the name leaves the addresses as they are.
        pool->set_addresses({});
        CHECK(pool->choose_endpoint(with.coins) != nullptr);
    }
}

namespace {

task<void> reuses_the_last_one(fixture& with) {
    auto const pool = with.make();
    auto& to = only_endpoint(with, *pool);
    CHECK(pool->take_idle(to, false) == nullptr);
    auto first = co_await dial(with, *pool);
    auto second = co_await dial(with, *pool);
    CHECK_FALSE(first->is_reused());
    auto* const first_socket = &first->socket();
    auto* const second_socket = &second->socket();
    pool->give_back(std::move(first), std::nullopt);
    pool->give_back(std::move(second), std::nullopt);

    auto const taken = pool->take_idle(to, false);
    auto const next = pool->take_idle(to, true);

    REQUIRE(taken);
    CHECK(&taken->socket() == second_socket);
    CHECK(taken->is_reused());
    REQUIRE(next);
    CHECK(&next->socket() == first_socket);
    CHECK(pool->take_idle(to, false) == nullptr);
    CHECK(with.budget->open() == 2);
    CHECK(with.totals().upstream_opened == 2);
    CHECK(with.totals().upstream_reused == 2);
}

task<void> drops_what_the_peer_closed(fixture& with) {
    auto const pool = with.make();
    pool->give_back(co_await dial(with, *pool), std::nullopt);
    pool->give_back(co_await dial(with, *pool), std::nullopt);
    REQUIRE(with.budget->open() == 2);

    with.upstream.accepted.pop_front();
    co_await until_open(with, 1);

    auto& to = only_endpoint(with, *pool);
    CHECK(pool->take_idle(to, false) != nullptr);
    CHECK(pool->take_idle(to, false) == nullptr);
}

task<void> drops_what_the_peer_speaks_on(fixture& with) {
    auto const pool = with.make();
    pool->give_back(co_await dial(with, *pool), std::nullopt);

    net::gather late;
    late.pieces[0] = "HTTP/1.1 408 Too Late\r\n\r\n";
    (void)co_await with.upstream.accepted[0]->write(late, 1s);
    co_await until_open(with, 0);

    CHECK(pool->take_idle(only_endpoint(with, *pool), false) == nullptr);
}

/// Dropped from the middle, the others stay takable.
task<void> drops_one_of_many(fixture& with) {
    auto const pool = with.make();
    for (int i = 0; i < 5; ++i) {
        pool->give_back(co_await dial(with, *pool), std::nullopt);
    }
    for (std::size_t const gone : {1U, 0U}) {
        with.upstream.accepted.erase(
            with.upstream.accepted.begin() + static_cast<std::ptrdiff_t>(gone)
        );
        co_await until_open(with, with.budget->open() - 1);
    }

    auto& to = only_endpoint(with, *pool);
    std::vector<lease> taken;
    while (auto each = pool->take_idle(to, true)) {
        CHECK(net::is_silent_and_open(each->socket()));
        taken.push_back(std::move(each));
    }
    CHECK(taken.size() == 3);
}

task<void> a_taken_one_is_not_dropped(fixture& with) {
    auto const pool = with.make();
    pool->give_back(co_await dial(with, *pool), std::nullopt);
    auto const taken = pool->take_idle(only_endpoint(with, *pool), false);
    REQUIRE(taken);

    with.upstream.accepted.clear();
    co_await support::pass_rounds(with.loop, 5);

    CHECK(with.budget->open() == 1);
    char byte = 0;
    CHECK(taken->socket().read({&byte, 1}).error == errc::end_of_stream);
}

/// Waits in the loop until the upstream sees the end of its first connection.
task<millrace::duration> until_upstream_sees_the_end(fixture& with) {
    auto const begun = with.loop.now();
    (void)co_await with.upstream.accepted[0]->readable(no_deadline);
    char byte = 0;
    CHECK(with.upstream.accepted[0]->read({&byte, 1}).error == errc::end_of_stream);
    co_return with.loop.now() - begun;
}

task<void> closes_after_the_idle_timeout(fixture& with) {
    auto params = with.params();
    params.limits.idle_timeout = 150ms;
    auto const pool = with.make(params);
    pool->give_back(co_await dial(with, *pool), 60s);

    auto const took = co_await until_upstream_sees_the_end(with);

    CHECK(took >= 100ms);
    CHECK(pool->take_idle(only_endpoint(with, *pool), false) == nullptr);
    CHECK(with.budget->open() == 0);
    CHECK(with.totals().upstream_closed == 1);
}

/// A second below what the upstream announced; nothing of it left: not kept at all.
task<void> believes_the_announced_timeout(fixture& with) {
    auto const pool = with.make();
    for (auto const announced : {1s, 0s}) {
        pool->give_back(co_await dial(with, *pool), announced);
        CHECK(with.budget->open() == 0);
    }
    pool->give_back(co_await dial(with, *pool), 2s);
    CHECK(with.budget->open() == 1);

    with.upstream.accepted.erase(
        with.upstream.accepted.begin(), with.upstream.accepted.begin() + 2
    );
    auto const took = co_await until_upstream_sees_the_end(with);
    CHECK(took >= 900ms);
    CHECK(took < 2s);
}

task<void> keeps_no_more_than_its_limit(fixture& with) {
    auto params = with.params();
    params.limits.idle_connections_max = 1;
    auto const pool = with.make(params);
    auto first = co_await dial(with, *pool);
    auto second = co_await dial(with, *pool);
    pool->give_back(std::move(first), std::nullopt);
    pool->give_back(std::move(second), std::nullopt);

    CHECK(with.budget->open() == 1);

    // A place that is free again is taken again.
    auto taken = pool->take_idle(only_endpoint(with, *pool), false);
    REQUIRE(taken);
    pool->give_back(std::move(taken), std::nullopt);
    CHECK(with.budget->open() == 1);
}

task<void> makes_room_for_a_new_one(fixture& with) {
    with.budget->set_max(2);
    auto const pool = with.make(with.params(2));
    auto busy = co_await dial(with, *pool);
    pool->give_back(co_await dial(with, *pool), std::nullopt);

    // The idle one goes in favour of one that is needed.
    auto replaced = co_await dial(with, *pool);
    CHECK(with.budget->open() == 2);

    lease none;
    auto* const to = pool->choose_endpoint(with.coins);
    CHECK(pool->begin_dial(*to, none) == errc::upstream_connections_exhausted);
    CHECK_FALSE(none);
    CHECK(with.budget->open() == 2);
    busy.reset();
    CHECK(pool->begin_dial(*to, none) == errc::ok);
}

task<void> retires(fixture& with) {
    auto const pool = with.make();
    auto lent = co_await dial(with, *pool);
    pool->give_back(co_await dial(with, *pool), std::nullopt);
    REQUIRE(with.budget->open() == 2);

    pool->retire();
    CHECK(with.budget->open() == 1);
    CHECK(pool->take_idle(only_endpoint(with, *pool), false) == nullptr);
    pool->give_back(std::move(lent), std::nullopt);
    CHECK(with.budget->open() == 0);
}

task<void> lends_while_it_is_counted_only(fixture& with) {
    auto pool = with.make();
    pool->give_back(co_await dial(with, *pool), std::nullopt);
    pool.reset();
    CHECK(with.budget->open() == 0);
    (void)co_await until_upstream_sees_the_end(with);
}

task<void> looks_at_a_socket_that_rested(fixture& with) {
    auto params = with.params();
    auto const pool = with.make(params);
    pool->give_back(co_await dial(with, *pool), std::nullopt);
    // A wait that only time ends: longer than a rest that is trusted.
    auto timed = support::make_pair(with.loop);
    (void)co_await timed.ours->readable(with.loop.now() + 60ms);

    // The peer closes in the same round in which the connection is asked for.
    with.upstream.accepted.clear();
    auto const taken = pool->take_idle(only_endpoint(with, *pool), true);

    CHECK_FALSE(taken);
    CHECK(with.budget->open() == 0);
}

}  // namespace

TEST_CASE("idle connections are reused, the last one first", "[upstream][pool]") {
    fixture with;
    with.run(reuses_the_last_one(with));
}

TEST_CASE("an idle connection that the peer closes leaves the pool", "[upstream][pool]") {
    fixture with;
    with.run(drops_what_the_peer_closed(with));
}

TEST_CASE("an idle connection on which the peer speaks leaves the pool", "[upstream][pool]") {
    fixture with;
    with.run(drops_what_the_peer_speaks_on(with));
}

TEST_CASE("dropping one idle connection leaves the others", "[upstream][pool]") {
    fixture with;
    with.run(drops_one_of_many(with));
}

TEST_CASE("a connection on loan is the borrower's to watch", "[upstream][pool]") {
    fixture with;
    with.run(a_taken_one_is_not_dropped(with));
}

TEST_CASE("an idle connection is closed after its idle timeout", "[upstream][pool]") {
    fixture with;
    with.run(closes_after_the_idle_timeout(with));
}

TEST_CASE("a connection rests no longer than the upstream announced", "[upstream][pool]") {
    fixture with;
    with.run(believes_the_announced_timeout(with));
}

TEST_CASE("no more connections rest than the limit says", "[upstream][pool]") {
    fixture with;
    with.run(keeps_no_more_than_its_limit(with));
}

TEST_CASE("an idle connection makes room for a new one at the limit", "[upstream][pool]") {
    fixture with;
    with.run(makes_room_for_a_new_one(with));
}

TEST_CASE("a retired pool closes what rests and takes nothing back", "[upstream][pool]") {
    fixture with;
    with.run(retires(with));
}

TEST_CASE("a pool that nobody counts any more closes what rests", "[upstream][pool]") {
    fixture with;
    with.run(lends_while_it_is_counted_only(with));
}

TEST_CASE("a rested socket is looked at before what cannot be repeated", "[upstream][pool]") {
    fixture with;
    with.run(looks_at_a_socket_that_rested(with));
}

namespace {

task<void> dials_nobody(fixture& with, pool& from) {
    auto* const to = from.choose_endpoint(with.coins);
    lease made;
    REQUIRE(from.begin_dial(*to, made) == errc::ok);
    CHECK(with.budget->open() == 1);
    auto const failed = co_await from.finish_dial(*made);
    CHECK(failed == errc::upstream_connect_failed);
    made.reset();
    CHECK(with.budget->open() == 0);
    CHECK(with.totals().upstream_failed == 1);
}

task<void> tries_the_next_address(fixture& with, pool& from) {
    co_await dials_nobody(with, from);
    auto made = co_await dial(with, from);
    CHECK(made != nullptr);
}

task<void> is_cancelled(fixture& with) {
    auto const pool = with.make();
    auto* const to = pool->choose_endpoint(with.coins);
    lease made;
    REQUIRE(pool->begin_dial(*to, made) == errc::ok);
    made->socket().cancel(errc::downstream_gone);
    auto const failed = co_await pool->finish_dial(*made);
    CHECK(failed == errc::downstream_gone);
}

}  // namespace

TEST_CASE("a refused connection is told and counted", "[upstream][pool]") {
    fixture with;
    auto params = with.params();
    int const fd = net::open_listening_socket(address::parse("127.0.0.1", 0).value()).value();
    params.endpoints[0].port = net::bound_address(fd).value().port();
    ::close(fd);
    auto const pool = with.make(params);

    with.run(dials_nobody(with, *pool));
}

TEST_CASE("after a refused connection the next address is tried", "[upstream][pool]") {
    fixture with;
    auto params = with.params();
    params.endpoints[0].host = "name.test";
    auto const pool = with.make(params);
    address_book book;
    // Nobody listens on that port of the second loopback address.
    book.set(
        "name.test",
        {address::parse("127.0.0.2", 0).value(), address::parse("127.0.0.1", 0).value()}
    );
    pool->set_addresses(book);

    with.run(tries_the_next_address(with, *pool));
}

TEST_CASE("a dial that is cancelled says why", "[upstream][pool]") {
    fixture with;
    with.run(is_cancelled(with));
}
