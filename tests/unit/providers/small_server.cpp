#include "tests/unit/providers/small_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <utility>

namespace millrace::providers::testing {

namespace asio = boost::asio;
using asio::ip::tcp;

small_server::small_server(std::string answer)
    : acceptor_{context_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
      answer_{std::move(answer)},
      thread_{[this] { serve(); }} {}

small_server::~small_server() {
    ending_ = true;
    boost::system::error_code ignored;
    asio::io_context own;
    tcp::socket wake{own};
    wake.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
}

std::string small_server::url() const {
    return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port());
}

std::vector<std::string> small_server::heads() const {
    std::lock_guard const lock{mutex_};
    return heads_;
}

void small_server::answer_with(std::string answer) {
    std::lock_guard const lock{mutex_};
    answer_ = std::move(answer);
}

void small_server::serve() {
    while (true) {
        tcp::socket peer{context_};
        acceptor_.accept(peer);
        if (ending_) {
            return;
        }
        boost::system::error_code error;
        std::string head;
        asio::read_until(peer, asio::dynamic_buffer(head), "\r\n\r\n", error);
        std::string answer;
        {
            std::lock_guard const lock{mutex_};
            heads_.push_back(head);
            answer = answer_;
        }
        if (answer.empty()) {
            silent_.push_back(std::move(peer));
            continue;
        }
        asio::write(peer, asio::buffer(answer), error);
    }
}

std::string answer_of(const std::string& body, int status) {
    return fmt::format(
        "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        status,
        body.size(),
        body
    );
}

}  // namespace millrace::providers::testing
