#include "proxy/http/h1_server_stream.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::http {

h1_server_stream::h1_server_stream(
    net::connection& peer, workspace& memory, const h1_server_params& params
)
    : peer_{peer}, memory_{memory}, params_{params}, input_{peer.owner()} {
    peer_.observe(this);
}

h1_server_stream::~h1_server_stream() {
    peer_.observe(nullptr);
}

void h1_server_stream::on_peer_closed(bool broken) {
    if (listener_ != nullptr) {
        listener_->on_client_gone(broken);
    }
}

parse_outcome h1_server_stream::parse_head() {
    auto const outcome = parse_request_head(input_.text(), params_.limits, memory_.request);
    if (outcome.state == parse_outcome::state::failed) {
        failed_ = true;
        keep_alive_ = false;
        is_http10_ = false;
    }
    if (outcome.state == parse_outcome::state::complete) {
        input_.consume(outcome.consumed);
        auto const& request = memory_.request;
        body_ = request.head.body;
        body_complete_ = body_.empty();
        is_http10_ = request.head.is_http10;
        asked_keep_alive_ = request.keep_alive;
        keep_alive_ = keep_alive_ && request.keep_alive;
    }
    return outcome;
}

net::task<errc> h1_server_stream::read_head(const request_head*& out) {
    answered_ = false;
    answer_complete_ = false;
    body_complete_ = false;
    if (input_.empty()) {
        if (auto const error = receive_input(); error != errc::ok) {
            failed_ = true;
            return error;
        }
    }
    auto const parsed = parse_head();
    if (parsed.state == parse_outcome::state::complete) {
        out = &memory_.request.head;
        return errc::ok;
    }
    if (parsed.state == parse_outcome::state::failed) {
        return parsed.error;
    }
    return read_rest_of_head(out);
}

net::task<errc> h1_server_stream::read_rest_of_head(const request_head*& out) {
    auto const deadline = params_.header_timeout == duration::zero()
                              ? no_deadline
                              : peer_.owner().now() + params_.header_timeout;
    while (true) {
        input_.keep();
        auto const before = input_.unread().size();
        auto const waited = co_await peer_.readable(deadline);
        auto const error = waited == errc::ok ? receive_input() : waited;
        if (error != errc::ok) {
            failed_ = true;
            co_return error == errc::timed_out ? errc::request_timed_out : error;
        }
        if (!may_complete_head(before)) {
            continue;
        }
        auto const parsed = parse_head();
        if (parsed.state == parse_outcome::state::complete) {
            out = &memory_.request.head;
            co_return errc::ok;
        }
        if (parsed.state == parse_outcome::state::failed) {
            co_return parsed.error;
        }
    }
}

errc h1_server_stream::receive_input() {
    auto const error = input_.receive(peer_, input_.bytes_wanted()).error;
    return error == errc::would_block ? errc::ok : error;
}

/// Only a line's end can complete a head: a client that sends byte by byte costs no parse each.
bool h1_server_stream::may_complete_head(std::size_t before) const noexcept {
    auto const fresh = input_.unread().subspan(before);
    return std::memchr(fresh.data(), '\n', fresh.size()) != nullptr ||
           input_.unread().size() >= params_.limits.start_line_bytes_max;
}

body_part h1_server_stream::buffered_body() {
    if (body_.kind == body_length::kind::unknown && !is_tunnel_) {
        decoder_ = {};
        trailers_.clear();
    }
    auto const part = take_body();
    input_.keep();
    return part;
}

body_part h1_server_stream::take_body() {
    auto const received = input_.unread();
    if (is_tunnel_) {
        input_.consume(received.size());
        return {received};
    }
    if (body_.kind != body_length::kind::unknown) {
        auto const taken =
            static_cast<std::size_t>(std::min<std::uint64_t>(body_.bytes, received.size()));
        input_.consume(taken);
        body_.bytes -= taken;
        body_complete_ = body_.bytes == 0;
        return {received.first(taken), body_complete_};
    }
    auto const step = decoder_.decode(received);
    input_.consume(step.consumed);
    auto error = step.error;
    if (error == errc::ok && step.done && !decoder_.trailer_section().empty()) {
        error = parse_trailers(decoder_.trailer_section(), trailers_);
    }
    if (error != errc::ok) {
        failed_ = true;
        keep_alive_ = false;
        return {{}, false, error};
    }
    body_complete_ = step.done;
    return {received.subspan(step.payload_begin, step.payload_bytes), step.done};
}

net::task<body_part> h1_server_stream::read_body(std::size_t bytes_max, time_point deadline) {
    while (true) {
        auto const waited = co_await peer_.readable(deadline);
        if (waited != errc::ok) {
            co_return body_part{{}, false, waited};
        }
        auto const got = input_.receive(peer_, bytes_max);
        if (got.error == errc::would_block) {
            continue;
        }
        if (got.error == errc::end_of_stream && is_tunnel_) {
            co_return body_part{{}, true};
        }
        if (got.error != errc::ok) {
            failed_ = true;
            co_return body_part{{}, false, got.error};
        }
        auto const part = take_body();
        input_.keep();
        if (!part.bytes.empty() || part.last || part.error != errc::ok) {
            co_return part;
        }
    }
}

response_framing h1_server_stream::frame_answer(const response_head& head) noexcept {
    response_framing framing;
    switch (head.body.kind) {
        case body_length::kind::none:
            break;
        case body_length::kind::known:
            framing.body = body_framing::length;
            break;
        case body_length::kind::unknown:
            framing.body = is_http10_ ? body_framing::until_close : body_framing::chunked;
            break;
    }
    // What was not read of the request would be taken for the next one.
    keep_alive_ =
        keep_alive_ && !failed_ && body_complete_ && framing.body != body_framing::until_close;
    framing.close = !keep_alive_;
    framing.keep_alive = is_http10_ && asked_keep_alive_ && keep_alive_;
    return framing;
}

net::task<errc> h1_server_stream::write_head(
    const response_head& head, std::string_view first, bool last
) {
    auto& out = memory_.head_out;
    out.clear();
    input_.keep();
    if (head.is_interim()) {
        append_response_head(out, head, {});
        return peer_.write({out.text()}, params_.write_timeout);
    }
    answered_ = true;
    if (head.status == 101) {
        is_tunnel_ = true;
        keep_alive_ = false;
        append_response_head(out, head, {});
        return peer_.write({out.text()}, params_.write_timeout);
    }
    auto const framing = frame_answer(head);
    answer_framing_ = framing.body;
    answer_complete_ = last;
    append_response_head(out, head, framing);
    if (framing.body != body_framing::chunked) {
        return peer_.write({out.text(), first}, params_.write_timeout);
    }
    static const std::vector<field> no_trailers;
    chunk_frame const frame{first.size(), last, no_trailers};
    return peer_.write({out.text(), frame.before(), first, frame.after()}, params_.write_timeout);
}

net::task<errc> h1_server_stream::write_body(
    std::string_view bytes, bool last, const std::vector<field>& trailers
) {
    answer_complete_ = last;
    if (is_tunnel_ && last) {
        peer_.shutdown_send();
    }
    if (answer_framing_ != body_framing::chunked) {
        return peer_.write({bytes}, params_.write_timeout);
    }
    chunk_frame const frame{bytes.size(), last, trailers};
    return peer_.write({frame.before(), bytes, frame.after()}, params_.write_timeout);
}

void h1_server_stream::cut() noexcept {
    keep_alive_ = false;
    if (answer_framing_ == body_framing::until_close) {
        // Here an orderly close would say that the answer is complete.
        peer_.reset_on_close();
    }
}

std::size_t h1_server_stream::bytes_wanted() const noexcept {
    return peer_.is_congested() ? net::worker::small_read_bytes : input_.bytes_wanted();
}

bool h1_server_stream::can_continue() const noexcept {
    return keep_alive_ && !failed_ && body_complete_ && answer_complete_ && !is_tunnel_;
}

bool h1_server_stream::may_have_unread_input() const noexcept {
    return failed_ || !body_complete_ || !input_.empty();
}

}  // namespace millrace::http
