#include "proxy/http/h1_client_stream.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/http/h1_writer.hpp"

#include <algorithm>

namespace millrace::http {

h1_client_stream::h1_client_stream(net::connection& peer, workspace& memory, params with)
    : peer_{peer}, memory_{memory}, params_{with}, input_{peer.owner()} {
    peer_.forget_sent();
}

net::task<errc> h1_client_stream::write_head(
    const request_head& head, std::string_view first, bool last
) {
    method_ = head.method;
    asked_upgrade_ = head.upgrade;
    request_is_chunked_ = head.body.kind == body_length::kind::unknown;
    request_complete_ = last;
    auto& out = memory_.head_out;
    out.clear();
    append_request_head(out, head);
    if (!request_is_chunked_) {
        return peer_.write({out.text(), first}, params_.write_timeout);
    }
    static const std::vector<field> no_trailers;
    chunk_frame const frame{first.size(), last, no_trailers};
    return peer_.write({out.text(), frame.before(), first, frame.after()}, params_.write_timeout);
}

net::task<errc> h1_client_stream::write_body(
    std::string_view bytes, bool last, const std::vector<field>& trailers
) {
    request_complete_ = last;
    if (framing_ == framing::tunnel && last) {
        peer_.shutdown_send();
    }
    if (!request_is_chunked_ || framing_ == framing::tunnel) {
        return peer_.write({bytes}, params_.write_timeout);
    }
    chunk_frame const frame{bytes.size(), last, trailers};
    return peer_.write({frame.before(), bytes, frame.after()}, params_.write_timeout);
}

errc h1_client_stream::take_head(const response_head*& out, bool& complete) {
    auto& response = memory_.response;
    auto const parsed = parse_response_head(input_.text(), params_.limits, method_, response);
    complete = parsed.state == parse_outcome::state::complete;
    if (parsed.state == parse_outcome::state::failed) {
        return parsed.error;
    }
    if (!complete) {
        return errc::ok;
    }
    input_.consume(parsed.consumed);
    out = &response.head;
    if (response.head.is_interim()) {
        input_.keep();  // the next head is waited for after this one was passed on
        return errc::ok;
    }
    keep_alive_ = response.keep_alive;
    announced_idle_timeout_ = response.idle_timeout;
    if (response.head.status == 101) {
        framing_ = framing::tunnel;
        // A protocol that nobody asked for cannot be spoken by the client.
        return !asked_upgrade_.empty() && ascii::iequals(asked_upgrade_, response.head.upgrade)
                   ? errc::ok
                   : errc::upstream_bad_response;
    }
    switch (response.head.body.kind) {
        case body_length::kind::none:
            framing_ = framing::none;
            break;
        case body_length::kind::known:
            framing_ = framing::length;
            left_ = response.head.body.bytes;
            break;
        case body_length::kind::unknown:
            framing_ = response.is_chunked ? framing::chunked : framing::until_close;
            break;
    }
    return errc::ok;
}

net::task<errc> h1_client_stream::read_head(const response_head*& out, time_point deadline) {
    bool complete = false;
    if (!input_.empty()) {
        auto const error = take_head(out, complete);
        if (complete || error != errc::ok) {
            co_return error;
        }
    }
    while (true) {
        auto const waited = co_await peer_.readable(deadline);
        if (waited != errc::ok) {
            co_return waited == errc::timed_out ? errc::upstream_first_byte_timed_out : waited;
        }
        auto const error = receive_head(out, complete);
        if (complete || error != errc::ok) {
            co_return error;
        }
        input_.keep();
    }
}

errc h1_client_stream::receive_head(const response_head*& out, bool& complete) {
    auto const got = input_.receive(peer_, input_.bytes_wanted());
    if (got.error == errc::would_block) {
        return errc::ok;
    }
    if (got.error != errc::ok) {
        return answer_began_ ? errc::upstream_cut : errc::upstream_closed;
    }
    answer_began_ = true;
    return take_head(out, complete);
}

body_part h1_client_stream::buffered_body() {
    auto const part = take_body();
    input_.keep();
    return part;
}

body_part h1_client_stream::take_body() {
    auto const received = input_.unread();
    switch (framing_) {
        case framing::none:
            answer_complete_ = true;
            return {{}, true};
        case framing::length: {
            auto const taken =
                static_cast<std::size_t>(std::min<std::uint64_t>(left_, received.size()));
            input_.consume(taken);
            left_ -= taken;
            answer_complete_ = left_ == 0;
            return {received.first(taken), answer_complete_};
        }
        case framing::until_close:
        case framing::tunnel:
            input_.consume(received.size());
            return {received};
        case framing::chunked:
            break;
    }
    auto const step = decoder_.decode(received);
    input_.consume(step.consumed);
    if (step.error != errc::ok ||
        (step.done && !decoder_.trailer_section().empty() &&
         parse_trailers(decoder_.trailer_section(), trailers_) != errc::ok)) {
        return {{}, false, errc::upstream_bad_response};
    }
    answer_complete_ = step.done;
    return {received.subspan(step.payload_begin, step.payload_bytes), step.done};
}

body_part h1_client_stream::end_of_input() noexcept {
    bool const orderly = framing_ == framing::until_close || framing_ == framing::tunnel;
    keep_alive_ = false;
    return {{}, orderly, orderly ? errc::ok : errc::upstream_cut};
}

net::task<body_part> h1_client_stream::read_body(std::size_t bytes_max, time_point deadline) {
    while (true) {
        auto const waited = co_await peer_.readable(deadline);
        if (waited != errc::ok) {
            co_return body_part{
                {}, false, waited == errc::timed_out ? errc::upstream_stalled : waited};
        }
        auto const got = input_.receive(peer_, bytes_max);
        if (got.error == errc::would_block) {
            continue;
        }
        if (got.error == errc::end_of_stream) {
            co_return end_of_input();
        }
        if (got.error != errc::ok) {
            co_return body_part{{}, false, errc::upstream_cut};
        }
        auto const part = take_body();
        input_.keep();
        if (!part.bytes.empty() || part.last || part.error != errc::ok) {
            co_return part;
        }
    }
}

std::size_t h1_client_stream::bytes_wanted() const noexcept {
    return peer_.is_congested() ? net::worker::small_read_bytes : input_.bytes_wanted();
}

bool h1_client_stream::is_reusable() const noexcept {
    return request_complete_ && answer_complete_ && keep_alive_ && input_.empty() &&
           framing_ != framing::tunnel;
}

}  // namespace millrace::http
