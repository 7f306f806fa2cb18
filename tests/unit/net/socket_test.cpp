#include "proxy/net/socket.hpp"

#include "tests/support/driven_worker.hpp"
#include "tests/support/peer.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace millrace::net;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::errc;
using millrace::no_deadline;
namespace support = millrace::support;

namespace {

address loopback(std::uint16_t port = 0) {
    return address::parse("127.0.0.1", port).value();
}

struct accepting {
    worker loop;
    int fd = open_listening_socket(loopback()).value();
    address where = bound_address(fd).value();
    std::vector<std::pair<connection_ptr, address>> accepted;
    int refused = 0;
    listener listening{
        loop,
        fd,
        {.on_accept = [this](
                          connection_ptr made, const address& peer
                      ) { accepted.emplace_back(std::move(made), peer); },
         .on_refused = [this] { ++refused; }}};
};

task<void> dials(accepting& with, std::size_t count) {
    std::vector<connection_ptr> dialed;
    for (std::size_t i = 0; i < count; ++i) {
        dialed.push_back(begin_dial(with.loop, with.where));
        REQUIRE(dialed.back());
        auto const made = co_await finish_dial(*dialed.back(), no_deadline);
        CHECK(made == errc::ok);
    }
    while (with.accepted.size() < count) {
        support::next_round later{with.loop};
        co_await later;
    }
    auto const [ours, peer] = std::pair{with.accepted[0].first.get(), with.accepted[0].second};
    CHECK(peer.host_text() == "127.0.0.1");
    CHECK(peer == bound_address(dialed[0]->fd()).value());

    gather parts;
    parts.pieces[0] = "hello";
    auto const sent = co_await dialed[0]->write(parts, millrace::duration::zero());
    REQUIRE(sent == errc::ok);
    (void)co_await ours->readable(no_deadline);
    std::string text(10, ' ');
    auto const got = ours->read(text);
    CHECK(text.substr(0, got.bytes) == "hello");
}

task<void> dials_nobody(worker& loop, address closed) {
    auto const dialed = begin_dial(loop, closed);
    REQUIRE(dialed);
    auto const failed = co_await finish_dial(*dialed, no_deadline);
    CHECK(failed == errc::connection_reset);
}

task<void> is_cancelled_while_dialing(worker& loop, address to) {
    auto const dialed = begin_dial(loop, to);
    REQUIRE(dialed);
    dialed->cancel(errc::downstream_gone);
    auto const failed = co_await finish_dial(*dialed, no_deadline);
    CHECK(failed == errc::downstream_gone);
}

}  // namespace

TEST_CASE("a listening socket on port 0 tells which one it got", "[net][socket]") {
    auto const fd = open_listening_socket(loopback());
    REQUIRE(fd.has_value());

    auto const where = bound_address(*fd);

    REQUIRE(where.has_value());
    CHECK(where->port() != 0);
    CHECK(where->host_text() == "127.0.0.1");
    // Each worker opens its own on the same port.
    auto const second = open_listening_socket(*where);
    REQUIRE(second.has_value());
    ::close(*fd);
    ::close(*second);
}

TEST_CASE("an address that is not ours cannot be listened on", "[net][socket]") {
    auto const foreign = open_listening_socket(address::parse("192.0.2.1", 0).value());

    CHECK_FALSE(foreign.has_value());
    CHECK_FALSE(bound_address(-1).has_value());
}

TEST_CASE("a dialed connection is accepted and carries bytes", "[net][socket]") {
    accepting with;
    support::run(with.loop, dials(with, 1));
}

TEST_CASE("a burst of connections is accepted whole", "[net][socket]") {
    accepting with;
    support::run(with.loop, dials(with, 150));
    CHECK(with.accepted.size() == 150);
    CHECK(with.refused == 0);
}

TEST_CASE("dialing a port where nobody listens fails", "[net][socket]") {
    worker loop;
    auto const fd = open_listening_socket(loopback()).value();
    auto const closed = bound_address(fd).value();
    ::close(fd);

    support::run(loop, dials_nobody(loop, closed));
}

TEST_CASE("a dial can be cancelled", "[net][socket]") {
    accepting with;
    support::run(with.loop, is_cancelled_while_dialing(with.loop, with.where));
}

TEST_CASE("dialing an address that the system refuses at once yields nothing", "[net][socket]") {
    worker loop;

    CHECK_FALSE(begin_dial(loop, address::parse("255.255.255.255", 1).value()));
}

TEST_CASE("a silent connection is told from one that spoke or closed", "[net][socket]") {
    worker loop;
    auto silent = support::make_pair(loop);
    CHECK(is_silent_and_open(*silent.ours));

    silent.theirs.send("x");
    CHECK_FALSE(is_silent_and_open(*silent.ours));
    CHECK_FALSE(is_silent_and_open(*silent.ours));

    auto closed = support::make_pair(loop);
    closed.theirs.shutdown_send();
    CHECK_FALSE(is_silent_and_open(*closed.ours));

    auto reset = support::make_tcp_pair(loop);
    reset.theirs.reset();
    CHECK_FALSE(is_silent_and_open(*reset.ours));
}

namespace {

/// Lowers the limit of open files until it is destroyed.
class no_more_files {
 public:
    no_more_files() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        // The lowest free descriptor is one too many.
        int const free = ::dup(0);
        ::close(free);
        auto lowered = before_;
        lowered.rlim_cur = static_cast<rlim_t>(free);
        ::setrlimit(RLIMIT_NOFILE, &lowered);
    }

    ~no_more_files() { ::setrlimit(RLIMIT_NOFILE, &before_); }

    no_more_files(const no_more_files&) = delete;
    no_more_files& operator=(const no_more_files&) = delete;

 private:
    rlimit before_{};
};

task<void> waits_until_refused(accepting& with) {
    while (with.refused == 0) {
        support::next_round later{with.loop};
        co_await later;
    }
}

}  // namespace

TEST_CASE("without descriptors clients are refused at once", "[net][socket]") {
    accepting with;
    // A blocking socket of the test: connected by the kernel before anybody accepts.
    support::peer client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(::connect(client.fd(), with.where.data(), with.where.size()) == 0);

    {
        no_more_files const limit;
        support::run(with.loop, waits_until_refused(with));
    }

    CHECK(with.accepted.empty());
    CHECK(with.refused == 1);
    CHECK(client.sees_end());
}
