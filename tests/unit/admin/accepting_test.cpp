#include "proxy/admin/accepting.hpp"

#include "proxy/admin/listening.hpp"

#include "raw_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <thread>

using namespace millrace::admin;

namespace {

boost::asio::awaitable<answer> echo(request asked) {
    if (asked.target == "/throw") {
        throw std::runtime_error{"thrown by a test"};
    }
    answer made;
    made.body = asked.body;
    made.retry_after = asked.target == "/later" ? 7 : 0;
    co_return made;
}

/// An echo on a port of its own.
class fixture {
 public:
    fixture() {
        params where;
        where.port = 0;
        auto const listens = listen_on(*acceptor_, where);
        REQUIRE(listens.error.empty());
        port = listens.port;
        begin_accepting(runs_, acceptor_, context_);
        thread_ = std::thread{[this] { runs_.run(); }};
    }

    fixture(const fixture&) = delete;
    fixture& operator=(const fixture&) = delete;

    ~fixture() {
        stop();
        work_.reset();
        thread_.join();
    }

    void stop() {
        boost::asio::post(runs_, [this] { stop_accepting(*acceptor_, *context_); });
    }

    std::string ask(const std::string& target) const {
        raw_client client{port};
        client.send(
            "POST " + target +
            " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
        );
        return client.rest();
    }

    std::uint16_t port = 0;

 private:
    boost::asio::io_context runs_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        runs_.get_executor()};
    std::shared_ptr<acceptor> acceptor_ = std::make_shared<acceptor>(runs_);
    std::shared_ptr<session_context> context_ =
        std::make_shared<session_context>(session_context{.handle = echo});
    std::thread thread_;
};

}  // namespace

TEST_CASE("each connection is served by the handler", "[admin]") {
    fixture const f;
    CHECK_THAT(f.ask("/"), Catch::Contains("HTTP/1.1 200") && Catch::EndsWith("\r\n\r\nhi"));
    CHECK_THAT(f.ask("/later"), Catch::Contains("Retry-After: 7\r\n"));
}

TEST_CASE("what a handler throws ends its own connection only", "[admin]") {
    fixture const f;
    CHECK(f.ask("/throw").empty());
    CHECK_THAT(f.ask("/"), Catch::Contains("HTTP/1.1 200"));
}

TEST_CASE("once it stops, open connections end", "[admin]") {
    fixture f;
    raw_client client{f.port};
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");

    f.stop();
    f.stop();

    (void)client.rest();
    CHECK(client.closed());
}
