#include "proxy/http/h1_writer.hpp"

#include <charconv>

namespace millrace::http {

namespace {

// More than everything that a writer adds beside the fields: framing, Connection, separators.
constexpr std::size_t fixed_room = 160;

std::size_t room_for(const std::vector<field>& fields) noexcept {
    std::size_t bytes = 0;
    for (auto const& field : fields) {
        bytes += field.name.size() + field.value.size() + 4;
    }
    return bytes;
}

void append_field(byte_buffer& out, std::string_view name, std::string_view value) noexcept {
    out.append(name);
    out.append(": ");
    out.append(value);
    out.append("\r\n");
}

/// True when the field still stands in its buffer as it was parsed, line end included.
bool stands_as_written(const field& each) noexcept {
    return each.canonical && each.name.data() + each.name.size() + 2 == each.value.data();
}

void append_fields(byte_buffer& out, const std::vector<field>& fields) noexcept {
    for (std::size_t i = 0; i < fields.size();) {
        auto const* const begin = fields[i].name.data();
        auto const* end = begin;
        while (i < fields.size() && stands_as_written(fields[i]) && fields[i].name.data() == end) {
            end = fields[i].value.data() + fields[i].value.size() + 2;
            ++i;
        }
        if (end != begin) {
            out.append({begin, end});
        } else {
            append_field(out, fields[i].name, fields[i].value);
            ++i;
        }
    }
}

void append_length(byte_buffer& out, std::uint64_t bytes) noexcept {
    out.append("Content-Length: ");
    out.append_decimal(bytes);
    out.append("\r\n");
}

}  // namespace

void append_request_head(byte_buffer& out, const request_head& head) {
    out.reserve_more(
        fixed_room + head.method_name.size() + head.target.size() + head.authority.size() +
        head.upgrade.size() + room_for(head.fields)
    );
    out.append(head.method_name);
    out.append(" ");
    out.append(head.target);
    out.append(" HTTP/1.1\r\n");
    append_field(out, "Host", head.authority);
    append_fields(out, head.fields);
    if (head.body.kind == body_length::kind::known) {
        append_length(out, head.body.bytes);
    } else if (head.body.kind == body_length::kind::unknown) {
        out.append("Transfer-Encoding: chunked\r\n");
    }
    if (head.expects_continue) {
        out.append("Expect: 100-continue\r\n");
    }
    if (!head.upgrade.empty()) {
        out.append("Connection: Upgrade\r\n");
        append_field(out, "Upgrade", head.upgrade);
    }
    out.append("\r\n");
}

void append_response_head(byte_buffer& out, const response_head& head, response_framing framing) {
    out.reserve_more(fixed_room + head.reason.size() + head.upgrade.size() + room_for(head.fields));
    out.append("HTTP/1.1 ");
    out.append_decimal(head.status);
    out.append(" ");
    out.append(head.reason);
    out.append("\r\n");
    append_fields(out, head.fields);
    if (framing.body == body_framing::length) {
        append_length(out, head.body.bytes);
    } else if (framing.body == body_framing::chunked) {
        out.append("Transfer-Encoding: chunked\r\n");
    } else if (head.announced_length) {
        append_length(out, *head.announced_length);
    }
    if (!head.upgrade.empty()) {
        out.append("Connection: Upgrade\r\n");
        append_field(out, "Upgrade", head.upgrade);
    } else if (framing.close) {
        out.append("Connection: close\r\n");
    } else if (framing.keep_alive) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
}

chunk_frame::chunk_frame(std::size_t bytes, bool last, const std::vector<field>& trailers) {
    if (bytes != 0) {
        auto* const end = std::to_chars(before_.data(), before_.data() + 18, bytes, 16).ptr;
        end[0] = '\r';
        end[1] = '\n';
        before_size_ = static_cast<std::size_t>(end + 2 - before_.data());
    }
    if (!last) {
        after_ = bytes != 0 ? "\r\n" : "";
        return;
    }
    after_ = bytes != 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n";
    if (!trailers.empty()) {
        trailer_section_.reserve_more(fixed_room + room_for(trailers));
        trailer_section_.append(after_.substr(0, after_.size() - 2));
        append_fields(trailer_section_, trailers);
        trailer_section_.append("\r\n");
    }
}

}  // namespace millrace::http
