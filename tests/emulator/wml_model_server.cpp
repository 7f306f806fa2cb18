// A small model server that speaks Watson Machine Learning's scoring API, for demos and tests:
//
//   POST /ml/v4/deployments/{id}/predictions?version=YYYY-MM-DD    a prediction for every row
//   GET  /healthz                                                  200
//
//   wml_model_server --port 9001 [--name risk-v1] [--latency-ms 0] [--error-rate 0] [--seed 1]
//
// Each name is a model version with weights of its own. Port 0 takes a free one; "listening on
// PORT" is printed once it serves. SIGTERM and SIGINT end it with 0.
#include "tests/emulator/wml_scoring.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

namespace {

constexpr std::uint32_t head_bytes_max = 16 * 1024;
constexpr std::uint64_t body_bytes_max = 4 * 1024 * 1024;
constexpr double latency_spread = 0.35;  // sigma of the logarithm: p99 is 2.3 times the median
constexpr std::string_view transaction_field = "x-global-transaction-id";

struct options {
    std::uint16_t port = 0;
    std::string name = "model";
    double latency_ms = 0;  ///< median
    double error_rate = 0;  ///< in [0, 1]
    std::uint64_t seed = 1;
};

using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

/// One model version behind one listening socket. Everything runs on the one thread.
class model_server {
 public:
    model_server(asio::io_context& context, options asked)
        : options_{std::move(asked)},
          model_{options_.name},
          random_{options_.seed},
          acceptor_{context, {asio::ip::address_v4::loopback(), options_.port}} {}

    [[nodiscard]] unsigned port() const { return acceptor_.local_endpoint().port(); }

    asio::awaitable<void> accept_all() {
        for (;;) {
            tcp::socket peer = co_await acceptor_.async_accept(asio::use_awaitable);
            peer.set_option(tcp::no_delay{true});
            const auto executor = co_await asio::this_coro::executor;
            asio::co_spawn(executor, serve(std::move(peer)), asio::detached);
        }
    }

 private:
    asio::awaitable<void> serve(tcp::socket peer) {
        try {
            boost::beast::flat_buffer buffer;
            bool keep = true;
            while (keep) {
                keep = co_await serve_one(peer, buffer);
            }
            peer.shutdown(tcp::socket::shutdown_send);
        } catch (const std::exception&) {  // the client left, or does not speak HTTP
        }
    }

    /// One request and its answer; whether the connection goes on.
    asio::awaitable<bool> serve_one(tcp::socket& peer, boost::beast::flat_buffer& buffer) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(head_bytes_max);
        parser.body_limit(body_bytes_max);
        co_await http::async_read_header(peer, buffer, parser, asio::use_awaitable);
        if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
            http::response<http::empty_body> go_on{http::status::continue_, 11};
            co_await http::async_write(peer, go_on, asio::use_awaitable);
        }
        co_await http::async_read(peer, buffer, parser, asio::use_awaitable);
        const request asked = parser.release();
        const bool scoring = asked.method() == http::verb::post;
        response answer = answer_to(asked);
        if (scoring && options_.latency_ms > 0) {
            asio::steady_timer timer{peer.get_executor(), latency()};
            co_await timer.async_wait(asio::use_awaitable);
        }
        co_await http::async_write(peer, answer, asio::use_awaitable);
        co_return asked.keep_alive();
    }

    response answer_to(const request& asked) {
        const std::string_view target{asked.target().data(), asked.target().size()};
        const std::string trace = trace_of(asked);
        emulator::scored scored = decide(asked, target, trace);
        response answer{static_cast<http::status>(scored.status), asked.version()};
        answer.set(http::field::content_type, "application/json");
        // Seen on IBM's gateways, not documented for scoring: the caller's id, or a new one.
        answer.set(std::string{transaction_field}, trace);
        answer.keep_alive(asked.keep_alive());
        answer.body() = std::move(scored.body);
        answer.prepare_payload();
        return answer;
    }

    emulator::scored decide(const request& asked, std::string_view target, std::string_view trace) {
        const std::string_view path = target.substr(0, target.find('?'));
        if (path == "/healthz" && asked.method() == http::verb::get) {
            return {200, "{\"status\":\"ok\",\"name\":\"" + options_.name + "\"}"};
        }
        if (emulator::deployment_of(path).empty()) {
            return emulator::wml_error(404, "not_found", "There is no such resource.", trace);
        }
        if (asked.method() != http::verb::post) {
            return emulator::wml_error(405, "method_not_allowed", "Scoring is a POST.", trace);
        }
        if (std::uniform_real_distribution<>{}(random_) < options_.error_rate) {
            return emulator::wml_error(500, "internal_server_error", "The model failed.", trace);
        }
        return emulator::score(model_, target, asked.body(), trace);
    }

    /// Log-normal around the median.
    std::chrono::microseconds latency() {
        std::lognormal_distribution<> draw{std::log(options_.latency_ms * 1000.0), latency_spread};
        return std::chrono::microseconds{std::llround(draw(random_))};
    }

    std::string trace_of(const request& asked) {
        const auto given = asked[std::string{transaction_field}];
        if (!given.empty()) {
            return {given.data(), given.size()};
        }
        char text[33];
        std::snprintf(
            text,
            sizeof text,
            "%016llx%016llx",
            static_cast<unsigned long long>(random_()),
            static_cast<unsigned long long>(random_())
        );
        return text;
    }

    options options_;
    emulator::risk_model model_;
    std::mt19937_64 random_;
    tcp::acceptor acceptor_;
};

constexpr const char* usage =
    "usage: wml_model_server --port PORT [--name NAME] [--latency-ms MEDIAN] [--error-rate 0..1]\n"
    "                        [--seed NUMBER]\n";

/// Takes one option; false when it is unknown. Throws std::logic_error for a bad number.
bool take(options& asked, std::string_view key, const std::string& value) {
    if (key == "--port") {
        asked.port = static_cast<std::uint16_t>(std::stoul(value));
    } else if (key == "--name") {
        asked.name = value;
    } else if (key == "--latency-ms") {
        asked.latency_ms = std::stod(value);
    } else if (key == "--error-rate") {
        asked.error_rate = std::stod(value);
    } else if (key == "--seed") {
        asked.seed = std::stoull(value);
    } else {
        return false;
    }
    return true;
}

std::optional<options> parse(int count, char** words) {
    options asked;
    for (int index = 1; index < count; index += 2) {
        if (index + 1 == count || !take(asked, words[index], words[index + 1])) {
            return std::nullopt;
        }
    }
    return asked;
}

void serve_until_signal(const options& asked) {
    asio::io_context context{1};
    asio::signal_set signals{context, SIGINT, SIGTERM};
    signals.async_wait([&context](const boost::system::error_code&, int) { context.stop(); });
    model_server server{context, asked};
    asio::co_spawn(context, server.accept_all(), asio::detached);
    std::printf("listening on %u\n", server.port());
    std::fflush(stdout);
    context.run();
}

}  // namespace

int main(int count, char** words) {
    try {
        const std::optional<options> asked = parse(count, words);
        if (!asked) {
            std::fputs(usage, stderr);
            return 2;
        }
        serve_until_signal(*asked);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "wml_model_server: %s\n%s", error.what(), usage);
        return 1;
    }
}
