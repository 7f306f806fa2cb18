#pragma once

#include "proxy/base/error.hpp"
#include "proxy/base/observation.hpp"
#include "proxy/http/h1_client_stream.hpp"
#include "proxy/http/pinned_request.hpp"
#include "proxy/http/streams.hpp"
#include "proxy/net/task.hpp"
#include "proxy/server/answer_reader.hpp"
#include "proxy/server/worker_context.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::server {

/// One request and its answer: the phases that serve_exchange() walks through, and what they know
/// in common. Lifetime: the frame of serve_exchange; one at a time per server_stream. Worker-local.
class exchange final : private http::server_stream::listener {
 public:
    exchange(worker_context& context, http::server_stream& client, const client_info& from);
    ~exchange();
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;

    // The phases, in order. Each returns ok or why the exchange failed.

    /// Reads the request's head.
    [[nodiscard]] net::task<errc> read_head() { return client_.read_head(request_); }

    /// Counts the request and fixes its id. end_of_stream: the client had no more to ask.
    [[nodiscard]] errc begin(errc read);
    /// Finds the route. Errors: bad_path, no_route, body_too_large.
    [[nodiscard]] errc match_route();
    /// Tosses the coin, or asks the unit's place; counts the assignment. Error: no_backend.
    [[nodiscard]] errc pick_backend();
    /// Takes a connection from the pool or makes one.
    [[nodiscard]] net::task<errc> open_upstream();
    /// Sends the head and what is here of the body; starts the pump for the rest.
    [[nodiscard]] net::task<errc> send_request();
    /// Reads the answer's head; passes interim answers on.
    [[nodiscard]] net::task<errc> read_answer();
    /// True when a pooled connection was dead and the request may go out once more on a new one.
    [[nodiscard]] bool may_replace_connection(errc failure);
    /// Passes the answer on, or opens the tunnel.
    [[nodiscard]] net::task<errc> relay_answer();
    /// Ends both directions; answers `failure` itself if nothing was answered yet.
    [[nodiscard]] net::task<void> finish(errc failure);
    /// Writes the one observation and the access log's line.
    void record(errc failure);

 private:
    void on_client_gone(bool broken) override;

    [[nodiscard]] time_point deadline_after(std::chrono::milliseconds limit) const noexcept;
    [[nodiscard]] errc timeout_or(errc otherwise) const noexcept;
    [[nodiscard]] errc first_failure(errc otherwise) const noexcept;

    // Request side.
    void keep_request_facts(const http::request_head& request);
    void fix_request_id(const http::request_head& request);
    [[nodiscard]] std::uint64_t place_of_unit();
    void begin_evidence();
    void prepare_request(const upstream::endpoint& to);
    [[nodiscard]] errc begin_pump(errc sent);
    [[nodiscard]] net::task<errc> dial(upstream::endpoint& to);
    void pin_request();
    [[nodiscard]] net::task<void> pump_request();
    [[nodiscard]] net::task<errc> pump_once();
    [[nodiscard]] net::task<void> stop_pump();

    // Answer side.
    [[nodiscard]] net::task<errc> pass_interim(const http::response_head& head);
    [[nodiscard]] time_point first_byte_deadline() const noexcept;
    [[nodiscard]] net::task<errc> send_answer_head(const http::response_head& from, bool& last);
    [[nodiscard]] net::task<errc> relay_rest(errc head_sent, bool last);
    [[nodiscard]] errc answer_outcome(errc relayed);
    [[nodiscard]] net::task<errc> relay_body();
    [[nodiscard]] net::task<errc> relay_tunnel();
    [[nodiscard]] net::task<void> end_both(errc failure);
    [[nodiscard]] net::task<void> answer_locally(errc failure);
    void make_answer_head(const http::response_head& from);
    void add_answer_ids(http::response_head& answer);
    void begin_labels(const http::response_head& from);
    void end_labels(errc failure);
    void give_back_connection(bool clean);

    [[nodiscard]] std::string_view request_id() const noexcept {
        return {request_id_.data(), request_id_bytes_};
    }

    worker_context& context_;
    http::server_stream& client_;
    const client_info& from_;
    time_point start_;
    time_point total_deadline_ = no_deadline;

    // Until the first suspension after read_head only.
    const http::request_head* request_ = nullptr;

    // What is kept of the request.
    http::method method_ = http::method::other;
    bool is_http10_ = false;
    bool half_close_ = false;
    bool expects_continue_ = false;
    bool asked_upgrade_ = false;
    std::array<char, 128> request_id_{};
    std::size_t request_id_bytes_ = 0;
    std::uint64_t body_bytes_max_ = 0;
    std::string set_cookie_;
    std::string log_line_;

    // The choice.
    worker_table_ptr table_;
    const routing::route* route_ = nullptr;
    std::optional<routing::assignment> assignment_;
    metrics::version_metrics* version_ = nullptr;
    metrics::evidence_shard* evidence_ = nullptr;  // null: no rollout counts this version
    bool has_unit_ = false;                        // its version is the unit's, not drawn for it
    bool is_unit_told_ = false;                    // and a rollout follows the unit
    time_point assigned_at_;
    exchange_id id_;  // sequence and all: once an answer's head was made
    bool has_sequence_ = false;
    std::unique_ptr<answer_reader> reader_;  // null: the route asks nothing of this answer

    // The upstream. Declared in the order in which they must outlive each other.
    upstream::pool_ptr pool_;
    upstream::endpoint* endpoint_ = nullptr;
    upstream::lease connection_;
    std::optional<http::h1_client_stream> upstream_;
    std::unique_ptr<http::pinned_request> pinned_;
    const http::request_head* outgoing_ = nullptr;
    http::body_part first_part_;
    bool replaced_ = false;

    // The two directions.
    const http::response_head* answer_ = nullptr;  // until the next suspension only
    std::optional<net::task<void>> pump_;
    bool pump_stopped_ = false;
    bool request_sent_ = false;
    bool is_tunnel_ = false;
    errc request_failure_ = errc::ok;  // what the pump or the client's leaving said
    time_point request_sent_at_;
    time_point last_activity_;
    observation observed_;
};

/// Serves one request: read_head -> match_route -> pick_backend -> open_upstream -> send_request ->
/// relay_answer -> record. Knows no protocol: both streams are symmetric. Worker-local.
[[nodiscard]] net::task<void> serve_exchange(
    worker_context& context, http::server_stream& client, const client_info& from
);

}  // namespace millrace::server
