#pragma once

#include "proxy/base/clock.hpp"
#include "proxy/base/error.hpp"
#include "proxy/http/head.hpp"
#include "proxy/net/task.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

/// The two symmetric seams between an exchange and the protocols: one stream towards the client,
/// one towards the upstream. An exchange never knows which version of HTTP it serves.
namespace millrace::http {

/// Some of a body. `bytes` are valid until the next suspension: write them on at once.
struct body_part {
    std::span<char> bytes;
    bool last = false;      ///< the body is complete with these bytes
    errc error = errc::ok;  ///< then nothing else counts; end_of_stream: cut
};

/// What both sides have in common. Worker-local.
class stream {
 public:
    /// The part of the body that came together with the head, maybe nothing: call it once, right
    /// after the head.
    [[nodiscard]] virtual body_part buffered_body() = 0;

    /// The next part of the body, at least one byte unless `last` or failed.
    /// @param bytes_max  what the receiving side can take without holding much back
    [[nodiscard]] virtual net::task<body_part> read_body(
        std::size_t bytes_max, time_point deadline
    ) = 0;

    /// The allowed trailer fields, once the body is complete.
    [[nodiscard]] virtual const std::vector<field>& trailers() const noexcept = 0;

    /// Sends on some of the body; `trailers` count with `last` only. Returns when the peer's socket
    /// took it all.
    [[nodiscard]] virtual net::task<errc> write_body(
        std::string_view bytes, bool last, const std::vector<field>& trailers
    ) = 0;

    /// How much to read for this side at once: less while its peer is slow.
    [[nodiscard]] virtual std::size_t bytes_wanted() const noexcept = 0;

    /// Ends what waits on this side with `reason`, now and later.
    virtual void cancel(errc reason) noexcept = 0;

 protected:
    ~stream() = default;
};

/// Towards the client. Reads requests, writes answers.
class server_stream : public stream {
 public:
    /// Told when the client leaves while nobody reads from it.
    class listener {
     public:
        /// @param broken  the connection is gone both ways, not only closed from the client's side
        virtual void on_client_gone(bool broken) = 0;

     protected:
        ~listener() = default;
    };

    virtual void listen(listener* to) noexcept = 0;

    /// The next request. The head lives until the next suspension.
    [[nodiscard]] virtual net::task<errc> read_head(const request_head*& out) = 0;

    /// An answer's head, interim or final, with the first part of its body in the same write. With
    /// 101 both directions are raw bytes from then on.
    [[nodiscard]] virtual net::task<errc> write_head(
        const response_head& head, std::string_view first, bool last
    ) = 0;

    /// True when the last answer's head went out, so no other can be sent.
    [[nodiscard]] virtual bool has_answered() const noexcept = 0;

    /// No request after this one.
    virtual void close_after_answer() noexcept = 0;

    /// Ends an answer that cannot be completed, so that the client sees that it is cut.
    virtual void cut() noexcept = 0;

 protected:
    ~server_stream() = default;
};

/// Towards the upstream. Writes a request, reads its answer.
class client_stream : public stream {
 public:
    [[nodiscard]] virtual net::task<errc> write_head(
        const request_head& head, std::string_view first, bool last
    ) = 0;

    /// The next interim or the final answer; lives until the next suspension.
    [[nodiscard]] virtual net::task<errc> read_head(
        const response_head*& out, time_point deadline
    ) = 0;

    /// True when something of the request reached the socket.
    [[nodiscard]] virtual bool has_sent() const noexcept = 0;

 protected:
    ~client_stream() = default;
};

}  // namespace millrace::http
