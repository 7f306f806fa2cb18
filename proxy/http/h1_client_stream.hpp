#pragma once

#include "proxy/http/chunked.hpp"
#include "proxy/http/h1_head_parser.hpp"
#include "proxy/http/input_buffer.hpp"
#include "proxy/http/streams.hpp"
#include "proxy/http/workspace.hpp"
#include "proxy/net/connection.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace millrace::http {

/// The HTTP/1.1 side towards an upstream: one per request, on a connection that the pool lends.
/// Lifetime: the exchange's; connection and workspace outlive it. Worker-local.
class h1_client_stream final : public client_stream {
 public:
    struct params {
        head_limits limits;
        duration write_timeout = std::chrono::seconds{60};
    };

    h1_client_stream(net::connection& peer, workspace& memory, params with);
    h1_client_stream(const h1_client_stream&) = delete;
    h1_client_stream& operator=(const h1_client_stream&) = delete;

    net::task<errc> write_head(const request_head& head, std::string_view first, bool last)
        override;
    net::task<errc> read_head(const response_head*& out, time_point deadline) override;
    body_part buffered_body() override;
    net::task<body_part> read_body(std::size_t bytes_max, time_point deadline) override;

    const std::vector<field>& trailers() const noexcept override { return trailers_; }

    net::task<errc> write_body(
        std::string_view bytes, bool last, const std::vector<field>& trailers
    ) override;
    std::size_t bytes_wanted() const noexcept override;

    bool has_sent() const noexcept override { return peer_.has_sent(); }

    void cancel(errc reason) noexcept override { peer_.cancel(reason); }

    /// True when the connection can carry another request: everything sent, everything read,
    /// nothing surprising seen.
    [[nodiscard]] bool is_reusable() const noexcept;

    /// How long the upstream says that it keeps an idle connection, if it does (Keep-Alive:
    /// timeout).
    [[nodiscard]] std::optional<std::chrono::seconds> announced_idle_timeout() const noexcept {
        return announced_idle_timeout_;
    }

 private:
    enum class framing : std::uint8_t { none, length, chunked, until_close, tunnel };

    [[nodiscard]] errc receive_head(const response_head*& out, bool& complete);
    [[nodiscard]] errc take_head(const response_head*& out, bool& complete);
    [[nodiscard]] body_part take_body();
    [[nodiscard]] body_part end_of_input() noexcept;

    net::connection& peer_;
    workspace& memory_;
    params params_;
    input_buffer input_;
    method method_ = method::other;
    std::string asked_upgrade_;
    bool request_is_chunked_ = false;
    bool request_complete_ = false;
    bool answer_began_ = false;
    bool answer_complete_ = false;
    bool keep_alive_ = false;
    std::optional<std::chrono::seconds> announced_idle_timeout_;
    framing framing_ = framing::none;
    std::uint64_t left_ = 0;
    chunk_decoder decoder_;
    std::vector<field> trailers_;
};

}  // namespace millrace::http
