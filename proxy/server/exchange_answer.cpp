// The way of the answer: read_answer, relay_answer, finish, record.
#include "proxy/base/log.hpp"
#include "proxy/server/access_log_line.hpp"
#include "proxy/server/exchange.hpp"
#include "proxy/server/forwarding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::server {

namespace {

// More interim answers than this are an attack or a loop.
constexpr unsigned interim_answers_max = 32;

std::string_view reason_phrase(std::uint16_t status) noexcept {
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 408:
            return "Request Timeout";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 417:
            return "Expectation Failed";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Error";
    }
}

}  // namespace

time_point exchange::first_byte_deadline() const noexcept {
    auto const limit = pool_->params().timeouts.first_byte;
    if (limit.count() == 0) {
        return total_deadline_;
    }
    // While the request is still being sent, the upstream owes nothing yet.
    auto const from = request_sent_ ? request_sent_at_ : context_.loop.now();
    return std::min(total_deadline_, from + limit);
}

net::task<errc> exchange::read_answer() {
    for (unsigned interim = 0; interim <= interim_answers_max;) {
        auto const error = co_await upstream_->read_head(answer_, first_byte_deadline());
        if (request_failure_ != errc::ok) {
            co_return request_failure_;
        }
        if (error == errc::upstream_first_byte_timed_out) {
            if (context_.loop.now() < first_byte_deadline()) {
                continue;
            }
            co_return timeout_or(error);
        }
        if (error != errc::ok) {
            co_return error;
        }
        if (!answer_->is_interim()) {
            co_return errc::ok;
        }
        ++interim;
        auto const passed = co_await pass_interim(*answer_);
        if (passed != errc::ok) {
            co_return passed;
        }
    }
    co_return errc::upstream_bad_response;
}

net::task<errc> exchange::pass_interim(const http::response_head& head) {
    // HTTP/1.0 knows none; a 100 that nobody waits for would only confuse.
    if (is_http10_ || (head.status == 100 && !expects_continue_)) {
        return errc::ok;
    }
    expects_continue_ = expects_continue_ && head.status != 100;
    return client_.write_head(head, {}, false);
}

net::task<errc> exchange::relay_answer() {
    observed_.first_byte = context_.loop.precise_now() - start_;
    bool last = false;
    auto head = send_answer_head(*answer_, last);
    return net::then(std::move(head), [this, last](errc sent) {
        return net::then(relay_rest(sent, last), [this](errc relayed) -> net::task<errc> {
            return answer_outcome(relayed);
        });
    });
}

net::task<errc> exchange::relay_rest(errc head_sent, bool last) {
    if (head_sent != errc::ok) {
        return head_sent;
    }
    if (is_tunnel_) {
        return relay_tunnel();
    }
    if (!last) {
        return relay_body();
    }
    return upstream_->trailers().empty() ? net::task<errc>{errc::ok}
                                         : client_.write_body({}, true, upstream_->trailers());
}

errc exchange::answer_outcome(errc relayed) {
    if (relayed == errc::connection_reset || relayed == errc::end_of_stream) {
        return first_failure(errc::downstream_gone);
    }
    if (relayed == errc::timed_out) {
        return first_failure(timeout_or(errc::downstream_stalled));
    }
    return first_failure(relayed == errc::upstream_stalled ? timeout_or(relayed) : relayed);
}

net::task<errc> exchange::send_answer_head(const http::response_head& from, bool& last) {
    is_tunnel_ = from.status == 101;
    observed_.status = from.status;
    context_.values.clear();
    make_answer_head(from);
    auto const first = is_tunnel_ ? http::body_part{} : upstream_->buffered_body();
    if (first.error != errc::ok) {
        observed_.status = 0;
        return first.error;
    }
    observed_.bytes_sent = first.bytes.size();
    if (reader_) {
        reader_->take_body({first.bytes.data(), first.bytes.size()});
    }
    last = first.last;
    // After a refused upgrade nobody knows whether the client's next bytes are HTTP.
    if (context_.draining || (asked_upgrade_ && !is_tunnel_)) {
        client_.close_after_answer();
    }
    return client_.write_head(
        context_.answer,
        {first.bytes.data(), first.bytes.size()},
        last && upstream_->trailers().empty()
    );
}

void exchange::make_answer_head(const http::response_head& from) {
    auto& answer = context_.answer;
    auto const& ids = context_.ids->params;
    answer.status = from.status;
    answer.reason = from.reason;
    answer.body = from.body;
    answer.announced_length = from.announced_length;
    answer.upgrade = from.upgrade;
    answer.fields.clear();
    for (auto const& field : from.fields) {
        bool const ours = (field.id == field_id::x_request_id && ids.request_id) ||
                          field.id == field_id::x_millrace_id ||
                          field.id == field_id::x_millrace_version;
        if (!ours) {
            answer.fields.push_back(field);
        }
    }
    add_answer_ids(answer);
    begin_labels(from);
    if (!pool_->params().response_headers.empty()) {
        apply_edits(answer.fields, pool_->params().response_headers);
    }
    if (!route_->params->response_headers.empty()) {
        apply_edits(answer.fields, route_->params->response_headers);
    }
}

void exchange::add_answer_ids(http::response_head& answer) {
    auto const& ids = *context_.ids;
    if (request_id_bytes_ != 0) {
        answer.fields.push_back({"x-request-id", request_id()});
    }
    if (!assignment_) {
        return;
    }
    id_ = {
        .incarnation = ids.incarnation,
        .route = route_->name_id,
        .version = route_->version_ids[assignment_->ref],
        .epoch = assignment_->epoch,
        .unit_hash = assignment_->unit_hash,
        .worker = context_.worker_index,
        .sequence = context_.sequence++,
        .unix_seconds = id_.unix_seconds};
    has_sequence_ = true;
    if (context_.labels != nullptr) {
        context_.labels->begin(id_.sequence);
    }
    if (ids.params.millrace_id) {
        auto* const text = context_.values.allocate(id_signer::text_bytes);
        ids.signer.write(text, id_);
        answer.fields.push_back({"x-millrace-id", {text, id_signer::text_bytes}});
    }
    if (ids.params.version) {
        answer.fields.push_back(
            {"x-millrace-version", route_->params->backend_refs[assignment_->ref].backend}
        );
    }
    if (!set_cookie_.empty()) {
        answer.fields.push_back({"Set-Cookie", set_cookie_});
    }
}

void exchange::begin_labels(const http::response_head& from) {
    auto const& asked = route_->params->labels;
    bool const is_answer = from.status >= 200 && from.status < 300;
    if (context_.labels == nullptr || asked.empty() || !is_answer) {
        return;
    }
    reader_ = std::make_unique<answer_reader>(asked);
    reader_->take_head(from);
}

void exchange::end_labels(errc failure) {
    if (reader_ && failure == errc::ok) {
        reader_->tell(id_, *context_.labels);
    }
    if (context_.labels != nullptr && has_sequence_) {
        context_.labels->end(id_.sequence);
    }
}

net::task<errc> exchange::relay_body() {
    while (true) {
        auto const part = co_await upstream_->read_body(
            client_.bytes_wanted(), deadline_after(pool_->params().timeouts.idle)
        );
        if (request_failure_ != errc::ok) {
            co_return request_failure_;
        }
        if (part.error != errc::ok) {
            co_return part.error;
        }
        observed_.bytes_sent += part.bytes.size();
        if (reader_) {
            reader_->take_body({part.bytes.data(), part.bytes.size()});
        }
        auto const error = co_await client_.write_body(
            {part.bytes.data(), part.bytes.size()}, part.last, upstream_->trailers()
        );
        if (error != errc::ok || part.last) {
            co_return error;
        }
    }
}

net::task<errc> exchange::relay_tunnel() {
    auto const idle = pool_->params().timeouts.idle;
    auto part = upstream_->buffered_body();
    auto const early = client_.buffered_body();
    last_activity_ = context_.loop.now();
    // Both may suspend: what the client said early goes out first, for it is in the scratch buffer.
    std::string const early_bytes{early.bytes.data(), early.bytes.size()};
    auto error = co_await client_.write_body({part.bytes.data(), part.bytes.size()}, false, {});
    if (error == errc::ok && !early_bytes.empty()) {
        error = co_await upstream_->write_body(early_bytes, false, {});
    }
    request_sent_ = false;
    pump_.emplace(pump_request());
    while (error == errc::ok) {
        part = co_await upstream_->read_body(client_.bytes_wanted(), deadline_after(idle));
        if (request_failure_ != errc::ok) {
            co_return request_failure_;
        }
        if (part.error == errc::upstream_stalled && last_activity_ + idle > context_.loop.now()) {
            continue;
        }
        if (part.error != errc::ok) {
            co_return part.error;
        }
        last_activity_ = context_.loop.now();
        observed_.bytes_sent += part.bytes.size();
        error = co_await client_.write_body({part.bytes.data(), part.bytes.size()}, part.last, {});
        if (part.last) {
            break;
        }
    }
    if (error == errc::ok) {
        co_await std::move(*pump_);  // the client may go on speaking: half-closed
        pump_.reset();
    }
    co_return error;
}

net::task<void> exchange::finish(errc failure) {
    if (!pump_) {
        return end_both(failure);
    }
    return net::then(stop_pump(), [this, failure] { return end_both(failure); });
}

net::task<void> exchange::end_both(errc failure) {
    bool const clean = failure == errc::ok && upstream_ && upstream_->is_reusable();
    give_back_connection(clean);
    if (failure == errc::ok) {
        return {};
    }
    if (!client_.has_answered() && traits_of(failure).status != 0) {
        return answer_locally(failure);
    }
    if (client_.has_answered()) {
        client_.cut();
    } else {
        client_.close_after_answer();
    }
    context_.metrics.aborted(failure);
    return {};
}

void exchange::give_back_connection(bool clean) {
    if (endpoint_ != nullptr) {
        upstream::pool::end_request(*endpoint_);
    }
    if (!connection_) {
        return;
    }
    if (clean) {
        pool_->give_back(std::move(connection_), upstream_->announced_idle_timeout());
    }
    upstream_.reset();
    connection_.reset();
}

net::task<void> exchange::answer_locally(errc failure) {
    auto const& traits = traits_of(failure);
    context_.metrics.failure(failure);
    if (request_ != nullptr && client_.buffered_body().last) {
        request_ = nullptr;  // the whole request is here: the connection can go on after it
    }
    if (traits.origin == origin::downstream || context_.draining) {
        client_.close_after_answer();
    }
    std::string body = fmt::format(
        "{{\"error\":\"{}\",\"reason\":\"{}\",\"request_id\":\"", traits.message, traits.reason
    );
    log::append_json_escaped(body, request_id());
    body += "\"}\n";
    auto& answer = context_.answer;
    context_.values.clear();
    answer = {};
    answer.status = traits.status;
    answer.reason = reason_phrase(traits.status);
    answer.fields.push_back({"Content-Type", "application/json"});
    add_answer_ids(answer);
    observed_.status = traits.status;
    bool const is_head = method_ == http::method::head;
    if (is_head) {
        answer.announced_length = body.size();
    } else {
        answer.body = {http::body_length::kind::known, body.size()};
        observed_.bytes_sent = body.size();
    }
    auto const error =
        co_await client_.write_head(answer, is_head ? std::string_view{} : body, true);
    if (error != errc::ok) {
        client_.close_after_answer();
    }
}

void exchange::record(errc failure) {
    observed_.failure = failure;
    auto const now = context_.loop.precise_now();
    observed_.latency = now - start_;
    if (version_ != nullptr) {
        version_->end(observed_);
    }
    if (evidence_ != nullptr) {
        evidence_->end(assigned_at_, now, observed_);
        if (is_unit_told_) {
            evidence_->end_of_unit(assignment_->unit_hash, assigned_at_, now, observed_);
        }
    }
    end_labels(failure);
    context_.metrics.buffered_bytes(context_.loop.bytes_buffered);
    if (log_line_.empty()) {
        return;
    }
    bool const assigned = assignment_.has_value();
    end_access_log_line(
        log_line_,
        {.route = route_ != nullptr ? std::string_view{route_->params->name} : "",
         .version = assigned
                        ? std::string_view{route_->params->backend_refs[assignment_->ref].backend}
                        : "",
         .endpoint = endpoint_ != nullptr ? std::string_view{endpoint_->params().authority} : "",
         .request_id = request_id(),
         .epoch = assigned ? assignment_->epoch : 0,
         .observed = observed_}
    );
    if (!context_.access_log->push(std::move(log_line_))) {
        context_.metrics.access_log_dropped();
    }
}

}  // namespace millrace::server
