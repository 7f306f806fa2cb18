#pragma once

#include "proxy/http/chunked.hpp"
#include "proxy/http/h1_head_parser.hpp"
#include "proxy/http/h1_writer.hpp"
#include "proxy/http/input_buffer.hpp"
#include "proxy/http/streams.hpp"
#include "proxy/http/workspace.hpp"
#include "proxy/net/connection.hpp"

namespace millrace::http {

/// What an HTTP/1 server side needs to know of its listener. Outlives its streams.
struct h1_server_params {
    head_limits limits;
    duration header_timeout = std::chrono::seconds{10};
    duration write_timeout = std::chrono::seconds{30};
};

/// The HTTP/1.1 side towards a client: one per connection, serving one request after the other.
/// Lifetime: the session's; the connection, workspace and params outlive it. Worker-local.
///
///   h1_server_stream client{connection, workspace, params};
///   while (client.can_continue()) { co_await readable...; co_await serve_exchange(context,
///   client); }
class h1_server_stream final : public server_stream, private net::connection::observer {
 public:
    h1_server_stream(net::connection& peer, workspace& memory, const h1_server_params& params);
    ~h1_server_stream();
    h1_server_stream(const h1_server_stream&) = delete;
    h1_server_stream& operator=(const h1_server_stream&) = delete;

    void listen(listener* to) noexcept override { listener_ = to; }

    net::task<errc> read_head(const request_head*& out) override;
    body_part buffered_body() override;
    net::task<body_part> read_body(std::size_t bytes_max, time_point deadline) override;

    const std::vector<field>& trailers() const noexcept override { return trailers_; }

    net::task<errc> write_head(const response_head& head, std::string_view first, bool last)
        override;
    net::task<errc> write_body(
        std::string_view bytes, bool last, const std::vector<field>& trailers
    ) override;
    std::size_t bytes_wanted() const noexcept override;

    bool has_answered() const noexcept override { return answered_; }

    void close_after_answer() noexcept override { keep_alive_ = false; }

    void cancel(errc reason) noexcept override { peer_.cancel(reason); }

    void cut() noexcept override;

    /// True when bytes of a next request are here already.
    [[nodiscard]] bool has_input() const noexcept { return !input_.empty(); }

    /// Gives back what an idle connection does not need.
    void rest() noexcept { input_.rest(); }

    /// True when another request may follow on this connection.
    [[nodiscard]] bool can_continue() const noexcept;

    /// True when the client may still be sending something that nobody will read.
    [[nodiscard]] bool may_have_unread_input() const noexcept;

 private:
    void on_peer_closed(bool broken) override;

    net::task<errc> read_rest_of_head(const request_head*& out);
    [[nodiscard]] errc receive_input();  ///< ok also when nothing has come
    [[nodiscard]] bool may_complete_head(std::size_t before) const noexcept;
    [[nodiscard]] parse_outcome parse_head();
    [[nodiscard]] body_part take_body();
    [[nodiscard]] response_framing frame_answer(const response_head& head) noexcept;

    net::connection& peer_;
    workspace& memory_;
    const h1_server_params& params_;
    input_buffer input_;
    listener* listener_ = nullptr;
    body_length body_;
    chunk_decoder decoder_;
    std::vector<field> trailers_;
    bool keep_alive_ = true;
    bool body_complete_ = true;
    bool failed_ = false;
    bool answered_ = false;
    bool answer_complete_ = true;
    bool is_http10_ = false;
    bool asked_keep_alive_ = false;
    bool is_tunnel_ = false;
    body_framing answer_framing_ = body_framing::none;
};

}  // namespace millrace::http
