#include "proxy/server/access_log_line.hpp"

#include "proxy/base/log.hpp"

#include <fmt/format.h>

#include <iterator>

namespace millrace::server {

namespace {

void append_text(std::string& line, std::string_view key, std::string_view value) {
    line += ",\"";
    line += key;
    line += "\":\"";
    log::append_json_escaped(line, value);
    line += '"';
}

double seconds(duration of) {
    return std::chrono::duration<double>(of).count();
}

}  // namespace

std::string begin_access_log_line(std::string_view client_ip, const http::request_head& request) {
    std::string line;
    line.reserve(400 + request.target.size());
    line += "{\"time\":\"";
    line += log::wall_clock_text();
    line += '"';
    append_text(line, "client", client_ip);
    append_text(line, "method", request.method_name);
    append_text(line, "host", request.authority);
    append_text(line, "target", request.target);
    append_text(line, "protocol", request.is_http10 ? "HTTP/1.0" : "HTTP/1.1");
    return line;
}

void end_access_log_line(std::string& line, const exchange_summary& summary) {
    auto const& observed = summary.observed;
    append_text(line, "request_id", summary.request_id);
    append_text(line, "route", summary.route);
    append_text(line, "version", summary.version);
    append_text(line, "endpoint", summary.endpoint);
    append_text(line, "reason", traits_of(observed.failure).reason);
    fmt::format_to(
        std::back_inserter(line),
        ",\"status\":{},\"epoch\":{},\"latency_seconds\":{:.6f},\"first_byte_seconds\":{:.6f},"
        "\"bytes_received\":{},\"bytes_sent\":{}}}\n",
        observed.status,
        summary.epoch,
        seconds(observed.latency),
        seconds(observed.first_byte),
        observed.bytes_received,
        observed.bytes_sent
    );
}

}  // namespace millrace::server
