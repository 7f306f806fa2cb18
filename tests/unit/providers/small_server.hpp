#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millrace::providers::testing {

/// An HTTP server on loopback that gives every connection the same bytes once it has read a head,
/// and keeps what it read. Its thread serves one connection after the other.
class small_server {
 public:
    /// @param answer  empty: nothing is ever answered
    explicit small_server(std::string answer);
    ~small_server();
    small_server(const small_server&) = delete;
    small_server& operator=(const small_server&) = delete;

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::vector<std::string> heads() const;
    void answer_with(std::string answer);

 private:
    void serve();

    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    mutable std::mutex mutex_;
    std::string answer_;
    std::vector<std::string> heads_;
    std::vector<boost::asio::ip::tcp::socket> silent_;  // kept open
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

/// A whole answer with a JSON body.
[[nodiscard]] std::string answer_of(const std::string& body, int status = 200);

}  // namespace millrace::providers::testing
