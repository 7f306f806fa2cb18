#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <string>
#include <string_view>

/// A raw connection, to send what no client would.
class raw_client {
 public:
    explicit raw_client(std::uint16_t port) {
        socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
        ::timeval const patience{5, 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    }

    void send(const std::string& bytes) {
        boost::system::error_code ignored;
        boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
    }

    /// Until the server closes.
    std::string rest() {
        std::string all;
        boost::system::error_code error;
        boost::asio::read(socket_, boost::asio::dynamic_buffer(all), error);
        // Closing with unread bytes resets.
        closed_ = error == boost::asio::error::eof || error == boost::asio::error::connection_reset;
        return all;
    }

    [[nodiscard]] bool closed() const { return closed_; }

    /// One answer with a Content-Length.
    std::string one() {
        std::string all;
        std::array<char, 1> byte{};
        while (all.find("\r\n\r\n") == std::string::npos) {
            if (::recv(socket_.native_handle(), byte.data(), 1, 0) != 1) {
                return all;
            }
            all += byte[0];
        }
        constexpr std::string_view name = "Content-Length: ";
        if (auto const at = all.find(name); at != std::string::npos) {
            std::string body(std::stoul(all.substr(at + name.size())), '\0');
            boost::asio::read(socket_, boost::asio::buffer(body));
            all += body;
        }
        return all;
    }

 private:
    boost::asio::io_context context_;
    boost::asio::ip::tcp::socket socket_{context_};
    bool closed_ = false;
};

inline std::string get(const std::string& path, const std::string& fields = {}) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}
